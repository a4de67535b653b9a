import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { Key } from "../../../model/keys/key.ts";
import type {
  DesiredProfile,
  KnownProfile,
  ProfileSelector,
} from "../../../model/rules/guardrail-profile.ts";
import type { DesiredTeam } from "../../../model/rules/team.ts";
import { selects, type Selectable } from "../../../model/rules/selects.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { byTextOf } from "../../../text/order.ts";
import type { KnownAccount } from "../accounts/accounts.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { lostReason, lostReport, type LostProfile } from "./lost.ts";
import { profileDoubts, unknownGroups } from "./doubts.ts";
import { withTeams } from "./of-teams.ts";
import { compileProfiles, type UnusableProfile, type UsableProfile } from "./profiles.ts";

interface AppliedProfiles {
  /** Sorted by name. */
  readonly profiles: readonly DesiredProfile[];
  readonly usable: readonly UsableProfile[];
  /** Keys that cannot be judged, since a profile that may apply to them has an error. */
  readonly invalid: readonly (readonly [Key, readonly Diagnostic[]])[];
  readonly diagnostics: readonly Diagnostic[];
  /** Every profile that applies or may apply; sorted by name. */
  readonly known: readonly KnownProfile[];
}

interface ProfileContext {
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  readonly teams: ReadonlyMap<string, DesiredTeam>;
  readonly lost: readonly LostProfile[];
  readonly approverGroups?: readonly string[] | undefined;
}

/** The platform's profiles, and what they mean for the compiled functions and policies. */
export function applyProfiles(
  world: PlacedDocuments,
  { accounts, teams, lost, approverGroups }: ProfileContext,
  states: readonly (DesiredBinding | DesiredPolicy)[],
): AppliedProfiles {
  const compiled = compileProfiles(world, new Set(accounts.keys()));
  const { usable, unusable, builtIn, diagnostics } = withTeams(compiled, world, teams);
  const profiles = [...usable.map(({ profile }) => profile), ...builtIn].sort(byTextOf(({ name }) => name));
  const known = [...usable.map(({ profile }) => profile), ...unusable, ...lost]
    .flatMap(({ name, selector }) => (name === null ? [] : [{ name, selector }]))
    .sort(byTextOf(({ name }) => name));
  if (known.length + profiles.length === 0) return { profiles, usable, invalid: [], diagnostics, known };
  const names = new Map([...accounts.values()].map(({ id, name }) => [id, name]));
  const judged = states.filter((state) => !("use" in state) || state.use !== "boundary");
  const subjects = judged.map((state): Subject => {
    const { key, namespace, labels, origin } = state;
    return { key, namespace, labels, origin, account: names.get(state.accountId) ?? "" };
  });
  return {
    profiles,
    usable,
    invalid: [...unusable.map(reasonOfUnusable), ...lost.map(reasonOfLost)].flatMap((one) =>
      unjudgeable(one, subjects),
    ),
    diagnostics: [
      ...diagnostics,
      ...profileDoubts(usable, subjects),
      ...unknownGroups(usable, approverGroups),
      ...lost.map(lostReport),
    ],
    known,
  };
}

interface Subject extends Selectable {
  readonly key: Key;
  readonly origin: Origin;
}

/** A profile that can't be applied, with the reason for what it selects. */
interface Unapplied {
  readonly selector: ProfileSelector;
  readonly reasonAt: (origin: Origin) => Diagnostic;
}

function unjudgeable(
  { selector, reasonAt }: Unapplied,
  subjects: readonly Subject[],
): readonly (readonly [Key, readonly Diagnostic[]])[] {
  const selected = subjects.filter((subject) => selects(selector, subject));
  return selected.map(({ key, origin }) => [key, [reasonAt(origin)]]);
}

function reasonOfUnusable({ name, selector, origin }: UnusableProfile): Unapplied {
  const label = `GuardrailProfile ${name ?? "without a name"}`;
  const message = `${label} may apply here, and can't be used: it has problems`;
  const fix = `see ${formatOrigin(origin)}`;
  const causedBy = { label, origin };
  return { selector, reasonAt: (at) => ({ ...errorAt(at, "invalid-profile", { message, fix }), causedBy }) };
}

function reasonOfLost(lost: LostProfile): Unapplied {
  return { selector: lost.selector, reasonAt: (at) => lostReason(lost, at) };
}
