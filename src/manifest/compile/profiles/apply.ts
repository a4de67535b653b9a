import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { Key } from "../../../model/keys/key.ts";
import { selects, type Selectable } from "../../../model/rules/selects.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import type { KnownAccount } from "../accounts.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { profileDoubts } from "./doubts.ts";
import { compileProfiles, type UnusableProfile, type UsableProfile } from "./profiles.ts";

interface AppliedProfiles {
  readonly usable: readonly UsableProfile[];
  /** Keys that cannot be judged, since a profile that may apply to them has an error. */
  readonly invalid: readonly (readonly [Key, readonly Diagnostic[]])[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The platform's profiles, and what they mean for the compiled functions and policies. */
export function applyProfiles(
  world: PlacedDocuments,
  accounts: ReadonlyMap<string, KnownAccount>,
  states: readonly (DesiredBinding | DesiredPolicy)[],
): AppliedProfiles {
  const { usable, unusable, diagnostics } = compileProfiles(world, new Set(accounts.keys()));
  if (usable.length + unusable.length === 0) return { usable, invalid: [], diagnostics };
  const names = new Map([...accounts.values()].map(({ id, name }) => [id, name]));
  const judged = states.filter((state) => !("use" in state) || state.use !== "boundary");
  const subjects = judged.map((state): Subject => {
    const { key, namespace, labels, origin } = state;
    return { key, namespace, labels, origin, account: names.get(state.accountId) ?? "" };
  });
  return {
    usable,
    invalid: unusable.length === 0 ? [] : subjects.flatMap((subject) => unjudgeable(unusable, subject)),
    diagnostics: [...diagnostics, ...profileDoubts(usable, subjects)],
  };
}

interface Subject extends Selectable {
  readonly key: Key;
  readonly origin: Origin;
}

function unjudgeable(
  unusable: readonly UnusableProfile[],
  subject: Subject,
): readonly (readonly [Key, readonly Diagnostic[]])[] {
  const found = unusable.find(({ selector }) => selects(selector, subject));
  if (found === undefined) return [];
  const message = `GuardrailProfile ${found.name} may apply here, and can't be used: it has problems`;
  const fix = `see ${formatOrigin(found.origin)}`;
  return [[subject.key, [errorAt(subject.origin, "invalid-profile", { message, fix })]]];
}
