import type { DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Mode } from "../../model/rules/mode.ts";

/**
 * By key of a ManagedPolicy: `enforce` if at least one function that attaches it enforces, else `observe`. A policy that
 * no function attaches is not in it.
 */
export function attachingModes(bindings: Iterable<DesiredBinding>): ReadonlyMap<Key, Mode> {
  const modes = new Map<Key, Mode>();
  for (const { mode, role, released } of bindings) {
    if (released === true) continue;
    for (const { policy } of role.attachments)
      if (policy !== null && (mode === "enforce" || !modes.has(policy))) modes.set(policy, mode);
  }
  return modes;
}
