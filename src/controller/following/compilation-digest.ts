import { createHash, type Hash } from "node:crypto";
import type { Digest } from "../../model/values/digest.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { ControllerSettings } from "../settings.ts";
import type { EnforcedState } from "../state/controller-state.ts";

/** Of the operator's file and of the program: what decides, next to the manifests. */
export type DecidingSettings = Pick<ControllerSettings, "mode" | "limits" | "catalogueDigest">;

/**
 * Over all that decides what is written to AWS: two processes with the same digest enforce the same. Texts for people,
 * such as warnings with a time, are not in it.
 */
export function* compilationDigest(
  enforced: EnforcedState,
  { mode, limits, catalogueDigest }: DecidingSettings,
): Steps<Digest> {
  const { compilation, brokenFileKeys, namespaceRevisions = new Map<string, string>() } = enforced;
  const { desired, invalid, mayLackAccountSets, unresolvedPolicies } = compilation;
  const { accounts, bindings, policies, teams, ...rest } = desired;
  const hash = createHash("sha256");
  for (const part of [accounts, bindings, policies, teams]) yield* add(hash, part);
  yield* add(hash, namespaceRevisions);
  const names = [invalid, brokenFileKeys, unresolvedPolicies].map((part) => [...part.keys()].sort());
  hash.update(
    canonicalText({ ...rest, names, mayLackAccountSets, mode, limits, catalogueDigest } as unknown as Json),
  );
  return `sha256:${hash.digest("hex")}` as Digest;
}

/** By key, in the order of the keys. */
function* add(hash: Hash, part: ReadonlyMap<string, unknown>): Steps<void> {
  hash.update(`${part.size}\n`);
  for (const key of [...part.keys()].sort()) {
    hash.update(`${key}\n${canonicalText(part.get(key) as Json)}\n`);
    yield;
  }
}
