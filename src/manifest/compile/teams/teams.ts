import {
  namePattern,
  ownsPattern,
  namePatternsMeet,
  resourcePattern,
} from "../../../iam/names/name-pattern.ts";
import { parseNamespace, type Namespace, PLATFORM } from "../../../model/aws/ids.ts";
import { errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import type {
  AllowedGrants,
  BorrowedShare,
  DesiredTeam,
  TeamFence,
  Tenancy,
} from "../../../model/rules/team.ts";
import { definedMembers } from "../../../model/values/lists.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import { byKey, byText, byTextOf } from "../../../text/order.ts";
import { type Paths, mayHoldPlatform } from "../../folder-owner.ts";
import type { InvalidDocument, TeamManifest } from "../../parse/parsed.ts";
import type { KnownAccount } from "../accounts/accounts.ts";
import type { PlacedDocument } from "../placed.ts";
import type { PlacedDocuments } from "../placed-documents.ts";

interface CompiledTeams {
  readonly teams: ReadonlyMap<Namespace, DesiredTeam>;
  readonly tenancy: Tenancy;
  readonly diagnostics: readonly Diagnostic[];
}

interface TeamsContext extends Paths {
  readonly accounts: ReadonlyMap<string, KnownAccount>;
  readonly earlierTenancy: EarlierTenancy;
  /** Names of the operator's alert routes; missing: not known, as in a command without the operator's file. */
  readonly alertRoutes?: readonly string[];
}

/** A Team before the fences of all Teams are compared. */
interface OwnFence {
  readonly document: TeamManifest;
  readonly fence: TeamFence;
}

/**
 * The fence of each namespace. A Team whose document has an error, or that claims functions of another one, allows nothing.
 * A wrong account, boundary or share is left out, which only narrows the fence.
 */
export function compileTeams(world: PlacedDocuments, context: TeamsContext): CompiledTeams {
  const platform = world.teams.filter((placed) => placed.namespace === PLATFORM);
  const invalid = world.invalid.filter(
    ({ document, namespace }) => document.of === "Team" && namespace === PLATFORM,
  );
  const usable = platform.filter(isUsable).map(({ document }) => ({ document, fence: fenceOf(document) }));
  const overlaps = overlapProblems(usable);
  const own = usable.filter(({ document }) => !overlaps.has(document));
  const names = new Set([...platform, ...invalid].map(({ document }) => document.name ?? ""));
  const shares = own.flatMap((each) => sharesOf(each, names));
  const broken = [...platform, ...invalid].filter(
    ({ document }) => !own.some((each) => each.document === document),
  );
  const teams = [...broken.flatMap(brokenTeam), ...own.map(({ fence }) => withShares(fence, shares))];
  return {
    teams: new Map(teams.map((team) => [team.namespace, team] as const).sort(byKey)),
    tenancy: tenancyOf(platform.length + invalid.length > 0, world, context),
    diagnostics: [
      ...platform.flatMap(({ document }) => platformName(document)),
      ...[...overlaps.values()].flat(),
      ...usable.flatMap(({ document }) => nameProblems(document, context)),
      ...usable.flatMap((each) => sharesOf(each, names)).flatMap(({ problems }) => problems),
    ],
  };
}

function isUsable({ document, problems }: PlacedDocument<TeamManifest>): boolean {
  return problems.length === 0 && platformName(document).length === 0;
}

function brokenTeam({ document }: PlacedDocument<TeamManifest | InvalidDocument>): readonly DesiredTeam[] {
  const namespace = parseNamespace(document.name ?? "");
  return namespace === undefined ? [] : [{ kind: "broken", namespace, origin: originOfValue(document, []) }];
}

function platformName(document: TeamManifest): readonly Diagnostic[] {
  if (document.name !== PLATFORM) return [];
  const message = `${PLATFORM} is the namespace of the platform, and no team`;
  const fix = "name the namespace of a team's folder";
  return [errorAt(originOfValue(document, ["metadata", "name"]), "team-name", { message, fix })];
}

function fenceOf(document: TeamManifest): TeamFence {
  const { spec, name } = document;
  return {
    kind: "fence",
    namespace: name as Namespace,
    accounts: spec.accounts.includes("*") ? null : spec.accounts.toSorted(byText),
    functions: spec.functions.toSorted(byText).map(namePattern),
    resources: (spec.resources ?? []).toSorted(byText).map(resourcePattern),
    grants: allowedGrants(spec.grants),
    statements: spec.statements ?? spec.grants === undefined,
    boundaries: (spec.boundaries ?? []).toSorted(byText),
    limits: definedMembers(spec.limits ?? {}),
    profile: spec.profile ?? null,
    alerts: (spec.alerts ?? []).toSorted(byText),
    references: (spec.references ?? []).toSorted(byText).map(namePattern),
    borrowed: [],
    origin: originOfValue(document, []),
  };
}

export function allowedGrants(grants: TeamManifest["spec"]["grants"]): AllowedGrants | null {
  if (grants === undefined) return null;
  const entries = Object.entries<readonly string[]>(definedMembers(grants));
  return Object.fromEntries(entries.sort(byKey).map(([grant, verbs]) => [grant, verbs.toSorted(byText)]));
}

/** Two Teams in one account whose functions may have the same name: neither is used until one gives way. */
function overlapProblems(teams: readonly OwnFence[]): ReadonlyMap<TeamManifest, readonly Diagnostic[]> {
  const found = new Map<TeamManifest, Diagnostic[]>();
  for (const one of teams) {
    for (const other of teams) {
      if (one === other || !shareAccount(one.fence, other.fence)) continue;
      const problems = overlapsWith(one.document, other.document);
      if (problems.length > 0) found.set(one.document, [...(found.get(one.document) ?? []), ...problems]);
    }
  }
  return found;
}

function shareAccount(a: TeamFence, b: TeamFence): boolean {
  if (a.accounts === null || b.accounts === null) return true;
  return a.accounts.some((account) => b.accounts?.includes(account) === true);
}

function overlapsWith(one: TeamManifest, other: TeamManifest): readonly Diagnostic[] {
  return one.spec.functions.flatMap((text, index) => {
    const at = other.spec.functions.findIndex((theirs) =>
      namePatternsMeet(namePattern(text), namePattern(theirs)),
    );
    const theirs = other.spec.functions[at];
    if (theirs === undefined) return [];
    const origin = originOfValue(other, ["spec", "functions", at]);
    const label = `Team ${other.name}`;
    const message = `functions ${text} overlap with ${theirs} of ${label} (${formatOrigin(origin)}) in an account of both`;
    const fix = "narrow one of them; until then neither Team is used, and what was applied stays";
    const here = originOfValue(one, ["spec", "functions", index]);
    return [{ ...errorAt(here, "team-overlap", { message, fix }), related: [{ label, origin }] }];
  });
}

/** Names of accounts, boundaries and alert routes that do not exist. */
function nameProblems(
  document: TeamManifest,
  { accounts, alertRoutes }: Pick<TeamsContext, "accounts" | "alertRoutes">,
): readonly Diagnostic[] {
  const { accounts: named, boundaries = [], alerts = [] } = document.spec;
  const choices = [...new Set([...accounts.values()].flatMap((known) => known.boundaries))].sort();
  return [
    ...unknownNames(document, { field: "accounts", names: named.filter((name) => name !== "*") }, [
      ...accounts.keys(),
    ]),
    ...unknownNames(document, { field: "boundaries", names: boundaries }, choices),
    ...(alertRoutes === undefined
      ? []
      : unknownNames(document, { field: "alerts", names: alerts }, alertRoutes)),
  ];
}

const WHAT = {
  accounts: { code: "unknown-account", what: "account", fix: "name an AwsAccount of the platform's folder" },
  boundaries: { code: "boundary", what: "boundary", fix: "name a boundary that an AwsAccount lists" },
  alerts: {
    code: "unknown-route",
    what: "alert route",
    fix: "name a route of the operator's file (alerts[].name), or ask the operator to add it there",
  },
} as const;

function unknownNames(
  document: TeamManifest,
  { field, names }: { readonly field: keyof typeof WHAT; readonly names: readonly string[] },
  known: readonly string[],
): readonly Diagnostic[] {
  const { code, what, fix } = WHAT[field];
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const index = (document.spec[field] ?? []).indexOf(name);
    const message = `unknown ${what} "${name}"${didYouMean(name, known)}`;
    return [errorAt(originOfValue(document, ["spec", field, index]), code, { message, fix })];
  });
}

interface CheckedShare {
  readonly to: string;
  readonly share: BorrowedShare;
  readonly problems: readonly Diagnostic[];
}

/** Each share of a Team with the entries that it may share, and what is wrong with the others. */
function sharesOf({ document, fence }: OwnFence, teams: ReadonlySet<string>): readonly CheckedShare[] {
  return (document.spec.shares ?? []).map((share, index) => {
    const path: ValuePath = ["spec", "shares", index];
    const report = (at: ValuePath, mistake: Mistake): Diagnostic =>
      errorAt(originOfValue(document, [...path, ...at]), "share", mistake);
    const patterns = share.resources.map(resourcePattern);
    const foreign = patterns.flatMap((pattern, at) =>
      ownsPattern(fence, pattern) ? [] : [report(["resources", at], notOwned(pattern.text, document.name))],
    );
    const borrower = borrowerProblem(share.with, document.name, teams);
    return {
      to: borrower === null ? share.with : "",
      share: {
        from: fence.namespace,
        resources: patterns.filter((pattern) => ownsPattern(fence, pattern)),
        grants: allowedGrants(share.grants),
        origin: originOfKey(document, path),
      },
      problems: [...foreign, ...(borrower === null ? [] : [report(["with"], borrower)])],
    };
  });
}

function notOwned(text: string, owner: string): Mistake {
  return {
    message: `${text} is not a resource of Team ${owner}, which can share only its own`,
    fix: "name a part of its spec.resources, or add the resource there",
  };
}

function borrowerProblem(borrower: string, owner: string, teams: ReadonlySet<string>): Mistake | null {
  if (borrower === owner) return { message: `Team ${owner} shares with itself`, fix: "name another Team" };
  if (teams.has(borrower)) return null;
  const message = `unknown Team "${borrower}"${didYouMean(borrower, [...teams])}`;
  return { message, fix: "name a Team, or declare one" };
}

function withShares(fence: TeamFence, shares: readonly CheckedShare[]): TeamFence {
  const borrowed = shares.filter(({ to }) => to === fence.namespace).map(({ share }) => share);
  return {
    ...fence,
    borrowed: borrowed.sort(byTextOf(({ from, origin }) => `${from} ${formatOrigin(origin)}`)),
  };
}

/** Whether an earlier revision of the source had a Team; `unknown` without a record of one. */
export type EarlierTenancy = "open" | "closed" | "unknown";

/**
 * With one Team, tenancy is closed. Without any it is open only if nothing of the platform could hide one: a syntax error
 * in the file of the Teams, or a Team with the `kind` of another document, must not open every namespace. A platform
 * that had no Team before has none to hide.
 */
function tenancyOf(
  hasTeams: boolean,
  world: PlacedDocuments,
  { earlierTenancy, ...paths }: Paths & { readonly earlierTenancy: EarlierTenancy },
): Tenancy {
  if (hasTeams) return { kind: "closed" };
  if (earlierTenancy === "open") return { kind: "open" };
  const document = world.invalid.find(({ namespace }) => namespace === PLATFORM);
  if (document !== undefined) return { kind: "unknown", origin: originOfValue(document.document, []) };
  const [file] = [...world.brokenFiles].filter((path) => mayHoldPlatform(path, paths)).sort();
  if (file !== undefined) return { kind: "unknown", origin: { file, line: 1, column: 1, path: "" } };
  return { kind: "open" };
}
