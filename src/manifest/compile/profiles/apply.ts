import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { errorAt, type Diagnostic, warningAt } from "../../../model/diagnostic.ts";
import type { Key } from "../../../model/keys/key.ts";
import {
  type DesiredProfile,
  type KnownProfile,
  type ProfileSelector,
  groupExample,
  UNKNOWN_GROUP,
} from "../../../model/rules/guardrail-profile.ts";
import type { DesiredTeam } from "../../../model/rules/team.ts";
import { selects, type Selectable } from "../../../model/rules/selects.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { byTextOf } from "../../../text/order.ts";
import type { KnownAccount } from "../accounts/accounts.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { withTeams, compileProfiles, type UnusableProfile, type UsableProfile } from "./profiles.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import type { Paths } from "../../folder-owner.ts";
import { unreadPlaces } from "../unread-places.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";

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

interface ApplyContext {
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  readonly teams: ReadonlyMap<string, DesiredTeam>;
  readonly lost: readonly LostProfile[];
  readonly approverGroups?: readonly string[] | undefined;
}

/** The platform's profiles, and what they mean for the compiled functions and policies. */
export function applyProfiles(
  world: PlacedDocuments,
  { accounts, teams, lost, approverGroups }: ApplyContext,
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
  const subjects = judged.map((state): ProfileSubject => {
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

interface ProfileSubject extends Selectable {
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
  subjects: readonly ProfileSubject[],
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

/** A profile of the revision before that is not declared any more, and may be in a document that can't be read. */
interface LostProfile extends KnownProfile {
  /** The first document or file of the platform that can't be read. */
  readonly origin: Origin;
}

interface LostContext extends Paths {
  readonly knownProfiles?: readonly KnownProfile[] | undefined;
}

/**
 * A kind that is misspelt, or a file that is no YAML, must not switch the rules of a profile off. Where such a document
 * is in the platform's folder, no profile counts as removed: it may also have been moved or renamed into it.
 */
export function lostProfiles(world: PlacedDocuments, context: LostContext): readonly LostProfile[] {
  const declared = new Set(declaredNames(world));
  const missing = (context.knownProfiles ?? []).filter(({ name }) => !declared.has(name));
  if (missing.length === 0) return [];
  const [origin] = unreadPlaces(world, context);
  return origin === undefined ? [] : missing.map(({ name, selector }) => ({ name, selector, origin }));
}

function declaredNames({ profiles, invalid }: PlacedDocuments): readonly (string | null)[] {
  const broken = invalid.filter(({ document }) => document.of === "GuardrailProfile");
  return [...profiles, ...broken]
    .filter(({ namespace }) => namespace === PLATFORM)
    .map(({ document }) => document.name);
}

/** Reported once, at the document, and not for each function. */
function lostReport({ name, origin }: LostProfile): Diagnostic {
  const message = `GuardrailProfile ${name} was declared before, and this document can't be read: what the profile selects keeps its last applied state`;
  const fix = "correct the document; then a profile that is really removed no longer applies";
  return errorAt(origin, "lost-profile", { message, fix });
}

/** Of a function or policy that the profile selected. */
function lostReason({ name, origin: unread }: LostProfile, origin: Origin): Diagnostic {
  const label = `GuardrailProfile ${name}`;
  const message = `${label} applied here, and is no longer declared; ${unread.file} can't be read and may hold it`;
  const fix = `correct ${formatOrigin(unread)}`;
  return { ...errorAt(origin, "invalid-profile", { message, fix }), causedBy: { label, origin: unread } };
}

/** Profiles that select nothing, and profiles with one selector that contradict each other. */
function profileDoubts(
  profiles: readonly UsableProfile[],
  subjects: readonly Selectable[],
): readonly Diagnostic[] {
  const idle = profiles.filter(
    ({ profile }) => !subjects.some((subject) => selects(profile.selector, subject)),
  );
  return [
    ...idle.map(({ manifest }) =>
      warningAt(originOfKey(manifest, ["spec", "selector"]), "selects-nothing", {
        message: "the selector matches no function and no policy",
        fix: "correct it, or remove the profile",
      }),
    ),
    ...contradictions(profiles),
  ];
}

/** What such a profile holds, no one could approve. */
function unknownGroups(
  profiles: readonly UsableProfile[],
  known: readonly string[] | undefined,
): readonly Diagnostic[] {
  if (known === undefined) return [];
  return profiles.flatMap(({ manifest }) => {
    const group = manifest.spec.approval?.group;
    if (group === undefined || known.includes(group)) return [];
    const near = nearestName(group, known);
    const message = `no one can approve what the profile holds: the operator's file has no group "${group}"`;
    const fix = `${near === undefined ? "" : `write group: ${near}, or `}add it to grantkeeper.yaml: ${groupExample(group)}`;
    return [
      warningAt(originOfValue(manifest, ["spec", "approval", "group"]), UNKNOWN_GROUP, { message, fix }),
    ];
  });
}

function contradictions(profiles: readonly UsableProfile[]): readonly Diagnostic[] {
  const alike = Map.groupBy(
    profiles,
    ({ profile }) => `${String(profile.agent)} ${canonicalSelector(profile.selector)}`,
  );
  return [...alike.values()].flatMap((group) => {
    const strictest = new Map<string, UsableProfile>();
    for (const one of group)
      for (const [rule, severity] of Object.entries(one.profile.rules))
        if (severity === "block" && !strictest.has(rule)) strictest.set(rule, one);
    return group.flatMap(({ manifest, profile }) =>
      Object.entries(profile.rules).flatMap(([rule, severity]) => {
        const other = strictest.get(rule);
        if (severity !== "off" || other === undefined) return [];
        const where = formatOrigin(originOfKey(other.manifest, ["spec", "rules", rule]));
        const message = `${rule}: off has no effect: the same selector has block in ${where}`;
        const origin = originOfKey(manifest, ["spec", "rules", rule]);
        return [warningAt(origin, "contradiction", { message, fix: "keep one of the two lines" })];
      }),
    );
  });
}

function canonicalSelector({ namespaces, accounts, labels }: ProfileSelector): string {
  const sorted = { namespaces: namespaces?.toSorted() ?? null, accounts: accounts?.toSorted() ?? null };
  return canonicalText({ ...sorted, labels: { ...labels } });
}
