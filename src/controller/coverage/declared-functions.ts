import { placeName, type DeclaredFunction } from "../../adopt/coverage/coverage-inputs.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { isBinding, type DesiredAccount, type DesiredBinding } from "../../model/desired.ts";
import { keyParts } from "../../model/keys/key.ts";
import { lowerMode, type Mode } from "../../model/rules/mode.ts";
import type { EnforcedNow } from "../state/controller-state.ts";

interface Declarations {
  readonly enforced: EnforcedNow;
  /** The mode of the process. */
  readonly ceiling: Mode;
  /** Of the account, after its last pass. */
  readonly views: Iterable<KeyView>;
}

/**
 * The functions of an account that manifests name, by place. A manifest with an error counts with the state that was last
 * applied, which is what its key falls back to.
 */
export function declaredFunctions(
  account: DesiredAccount,
  { enforced, ceiling, views }: Declarations,
): ReadonlyMap<string, DeclaredFunction> {
  const { desired, invalid } = enforced.compilation;
  const bound = new Map<string, DeclaredFunction>();
  const ceilingHere = lowerMode(ceiling, account.mode);
  const add = (binding: DesiredBinding): void => {
    const mode = lowerMode(ceilingHere, binding.mode);
    bound.set(placeName(binding.region, binding.functionName), { kind: "bound", binding, mode });
  };
  for (const { desired: state } of views) if (state !== null && isBinding(state)) add(state);
  for (const binding of desired.bindings.values()) if (binding.accountId === account.id) add(binding);
  return new Map([...brokenFunctions(account.id, invalid), ...bound]);
}

/** The name of the manifest is that of its function, unless the manifest names another: then that function stays uncovered. */
function brokenFunctions(
  accountId: AccountId,
  invalid: EnforcedNow["compilation"]["invalid"],
): readonly (readonly [string, DeclaredFunction])[] {
  return [...invalid].flatMap(([key, reasons]) => {
    const parts = keyParts(key);
    if (parts.kind !== "function" || parts.accountId !== accountId) return [];
    const reason = `its manifest has an error: ${reasons[0]?.message ?? key}`;
    return [[placeName(parts.region, parts.name), { kind: "broken", key, reason }] as const];
  });
}
