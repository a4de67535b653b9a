import { rulesSkippedOffline } from "../../guard/judge-desired.ts";
import { isAwsManagedPolicy, type ShippedPolicies } from "../../iam/shipped-policies.ts";
import { offlineFacts, shippedPoliciesOf, type OfflineFacts, findingsOffline } from "../project/findings.ts";
import type { Authors } from "../../model/authors.ts";
import { type Finding, isBlocking } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Desired } from "../../model/desired.ts";
import { checkExists, type Project, type ProjectSettings } from "../project/project.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { isChange } from "../../plan/render/plan-view.ts";
import { modeChange, type ModeChange } from "./mode-changes.ts";
import { planOffline } from "./offline.ts";
import { platformChanges, type PlatformChange } from "./merge/platform-changes.ts";
import { plannedReferences } from "./references/planned.ts";
import { unreadReferences } from "./references/unread.ts";
import { templateChanges } from "./merge/template-changes.ts";
import { authorsByKeyOf, authorsOfPlan } from "./authors.ts";
import { atRevision, headOf } from "./checkout.ts";
import { isOfService, platformProblems } from "../project/service.ts";
import { pathInRepository } from "../project/repository-path.ts";
import { manifestErrors, planProblems, rangeText, skippedLines, type PlanReport } from "./report.ts";
import { isRefusedIn, withPending } from "../../judge/approvals/applied-verdict.ts";
import { isSameDeclaration } from "../../judge/states/same-declaration.ts";
import { profileEffects } from "./merge/profile-effects.ts";

export interface RevisionNames {
  /** In the syntax of Git. */
  readonly base: string;
  /** Missing: the working tree. */
  readonly head?: string | undefined;
  readonly settings: ProjectSettings;
}

/** Two revisions and what differs between them. */
export interface BaseComparison {
  readonly report: PlanReport;
  readonly from: Project;
  readonly to: Project;
  /** With what the rules judge the head. */
  readonly facts: OfflineFacts;
  /** Of the head, also where nothing changes. */
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
}

/** Git against git, without AWS. @throws CliError, SourceError */
export async function againstBase(
  dir: string,
  names: RevisionNames,
  toolbox: Toolbox,
): Promise<BaseComparison> {
  const { from, to, authors } = await readSides(dir, names, toolbox);
  const [then, now] = [from.compilation.desired, to.compilation.desired];
  const facts = await offlineFacts(to.compilation, toolbox, authors);
  const shipped = facts.shipped ?? (await shippedPoliciesOf([then], toolbox));
  const changed = platformChanges(from.compilation, to.compilation);
  const {
    all: everyFinding,
    findings,
    refusedBefore,
    ruleEffects,
  } = findingsSinceBase({ from, to, changed }, facts);
  const { unread, views: planned, ...offline } = planOffline(from, to, { findings, shipped, facts });
  const withoutValue = unreadReferences(from, to);
  const views = planned.filter(
    (view) => !withoutValue.keys.has(view.key) && (isChange(view) || isOfService(view.key, to.service)),
  );
  const errors = manifestErrors(to);
  const report = {
    ...offline,
    views,
    modeChanges: modeChangesOf(then, now),
    platformChanges: [...changed.map(({ text }) => text), ...templateChanges(from, to)],
    ruleEffects,
    errors,
    references: plannedReferences(to, views, null),
    gaps: [
      ...skippedLines(to),
      ...platformProblems(to.compilation.diagnostics, to.service, to.paths),
      ...refusedBeforeLines(refusedBefore.filter((key) => isOfService(key, to.service))),
      NOT_READ,
      ...unread,
      ...withoutValue.lines,
      ...shippedNote(now, shipped),
      `Not checked without AWS: ${[...rulesSkippedOffline(), "function requirements", "change limits"].join(", ")}`,
    ],
    about: rangeText(from.snapshot.revision, to.snapshot.revision),
    incomplete: errors.length > 0 || withoutValue.hasChanged,
    problems: planProblems(to, views),
    root: to.service === null ? await pathInRepository(dir) : "",
    service: to.service,
  };
  return { report, from, to, facts, findings: everyFinding };
}

/** A comparison of manifests alone has this. */
export const NOT_READ = "Offline: AWS was not read";

interface Sides {
  readonly from: Project;
  readonly to: Project;
  /** Who made what differs between them. */
  readonly authors: ReadonlyMap<Key, Authors>;
}

async function readSides(dir: string, names: RevisionNames, toolbox: Toolbox): Promise<Sides> {
  await checkExists(dir);
  // Both sides by the rules of Git: else a file behind a link would be in one of them only.
  const settings: ProjectSettings = { ...names.settings, rules: "git" };
  const from = await atRevision({ root: dir, revision: names.base }, settings, toolbox);
  const { profiles: knownProfiles, windows: knownWindows, functions: knownFunctions } = from.compilation;
  const known = { ...settings, knownProfiles, knownWindows, knownFunctions, knownFiles: from.parsed };
  const heads = await headOf({ dir, head: names.head }, known, toolbox);
  const range = { root: dir, base: names.base, head: names.head ?? "HEAD" };
  const made = await authorsOfPlan(range, heads, { settings, toolbox });
  return { from, to: heads.head, authors: authorsByKeyOf(made, from, heads.head) };
}

function modeChangesOf(then: Desired, now: Desired): readonly ModeChange[] {
  return [...now.accounts.values()].flatMap(
    (account) =>
      modeChange(then.accounts.get(account.id) ?? null, account, { ...now, processMode: null }) ?? [],
  );
}

function refusedBeforeLines(keys: readonly Key[]): readonly string[] {
  if (keys.length === 0) return [];
  const what = keys.length === 1 ? "1 function or policy is" : `${keys.length} functions and policies are`;
  return [`${what} refused as in the base: grantkeeper validate names why`];
}

/** Which documents the judgement of attached AWS-managed policies rests on. */
function shippedNote({ bindings }: Desired, shipped: ShippedPolicies | null): readonly string[] {
  const attached = [...bindings.values()].flatMap(({ role }) => role.attachments.map(({ arn }) => arn));
  const used = attached.some((arn) => isAwsManagedPolicy(arn) && shipped?.textOf(arn) !== undefined);
  return used && shipped !== null ? [`AWS-managed policies: documents of ${shipped.snapshotDate}`] : [];
}

type Findings = ReadonlyMap<Key, readonly Finding[]>;

/** Two revisions, and what of the platform differs between them. */
interface Revisions {
  readonly from: Project;
  readonly to: Project;
  readonly changed: readonly PlatformChange[];
}

interface ComparedRevisions extends Pick<Revisions, "from" | "to"> {
  /** Of the head, by the profiles of the base. */
  readonly before: Findings;
  /** Of the base. */
  readonly earlier: Findings;
  readonly nowMs: number;
}

interface NewFindings {
  readonly findings: Findings;
  /** Keys that are declared as before, and that the same rule refuses in the base. */
  readonly refusedBefore: readonly Key[];
}

interface AllFindings extends NewFindings {
  /** What the rules find in the head. */
  readonly all: Findings;
  readonly ruleEffects: readonly string[];
}

/** Profiles decide about each function; a Team names the profiles of its namespace. */
const DECIDING: ReadonlySet<PlatformChange["kind"]> = new Set(["GuardrailProfile", "Team"]);

/** What the rules find in the head and not in the base, and what changed profiles alone cause. */
function findingsSinceBase({ from, to, changed }: Revisions, facts: OfflineFacts): AllFindings {
  const found = findingsOffline(to.compilation, facts);
  const { profiles } = from.compilation.desired;
  const asBefore = { ...to.compilation, desired: { ...to.compilation.desired, profiles } };
  const before = changed.some(({ kind }) => DECIDING.has(kind)) ? findingsOffline(asBefore, facts) : found;
  const earlier = changed.length === 0 ? found : findingsOffline(from.compilation, facts);
  const compared = { from, to, before, earlier, nowMs: facts.nowMs };
  const kept = keptFindings(found, compared);
  return { all: kept, ...newFindings(kept, compared), ruleEffects: profileEffects(before, kept) };
}

/**
 * A binding that is declared as before keeps its verdict until an operator approves the refusals of the new profiles.
 */
function keptFindings(found: Findings, compared: ComparedRevisions): Findings {
  const kept = [...found].map(
    ([key, findings]) =>
      [
        key,
        isKept(key, compared) ? withPending(findings, compared.before.get(key) ?? []) : findings,
      ] as const,
  );
  return new Map(kept);
}

/** Without what refuses the same declaration in the base too: that is no change. */
function newFindings(kept: Findings, compared: ComparedRevisions): NewFindings {
  const refusedBefore: Key[] = [];
  const added = [...kept].map(([key, findings]) => {
    if (!isKept(key, compared)) return [key, findings] as const;
    const earlier = compared.earlier.get(key) ?? [];
    const others = findings.filter((finding) => !isBlocking(finding) || !isRefusedIn(earlier, finding));
    if (others.length < findings.length) refusedBefore.push(key);
    return [key, others] as const;
  });
  return { findings: new Map(added), refusedBefore };
}

function isKept(key: Key, { from, to, nowMs }: ComparedRevisions): boolean {
  const [a, b] = [from, to].map(
    ({ compilation: { desired } }) => desired.bindings.get(key) ?? desired.policies.get(key),
  );
  return a !== undefined && b !== undefined && isSameDeclaration(a, b, nowMs);
}
