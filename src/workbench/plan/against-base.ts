import { notJudgedOffline } from "../../guard/judge-desired.ts";
import { isAwsManagedPolicy, type ShippedPolicies } from "../../iam/shipped-policies.ts";
import { findingsOffline, offlineFacts, shippedPoliciesOf } from "../project/findings.ts";
import { isRefusedIn, withPending } from "../../judge/approvals/applied-verdict.ts";
import { isSameDeclaration } from "../../judge/states/same-declaration.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Desired } from "../../model/desired.ts";
import { type ProjectSettings } from "../project/project.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { isChange } from "../../plan/render/plan-view.ts";
import { modeChange } from "./mode-changes.ts";
import { planOffline } from "./offline.ts";
import { profileEffects } from "./merge/profile-effects.ts";
import { platformChanges } from "./merge/platform-changes.ts";
import { templateChanges } from "./merge/template-changes.ts";
import { authorsByKeyOf, authorsOfRange } from "./authors.ts";
import { atRevision, headOf } from "./checkout.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { isOfService, platformProblems, type ServiceOptions } from "../project/service.ts";
import { pathInRepository } from "../project/repository-path.ts";
import { planProblems, problemLines, rangeText, skippedLines, type PlanReport } from "./report.ts";

interface Compared {
  /** Of the head, by the profiles of the base. */
  readonly before: ReadonlyMap<Key, readonly Finding[]>;
  /** Of the base. */
  readonly earlier: ReadonlyMap<Key, readonly Finding[]>;
  readonly base: Desired;
  readonly head: Desired;
  readonly nowMs: number;
}

interface BaseOptions extends ServiceOptions {
  readonly base: string;
  /** Default: the working tree. */
  readonly head?: string;
}

/** Git against git, without AWS. @throws CliError, SourceError */
export async function againstBase(dir: string, options: BaseOptions, toolbox: Toolbox): Promise<PlanReport> {
  // Both sides by the rules of Git: else a file behind a link would be in one of them only.
  const settings: ProjectSettings = { ...(await serviceSettings(dir, options, toolbox)), rules: "git" };
  const from = await atRevision({ root: dir, revision: options.base }, settings, toolbox);
  const known = { ...settings, knownProfiles: from.compilation.profiles };
  const heads = await headOf({ dir, head: options.head }, known, toolbox);
  const to = heads.head;
  const [then, now] = [from.compilation.desired, to.compilation.desired];
  const range = { root: dir, base: options.base, head: options.head ?? "HEAD" };
  const made = await authorsOfRange(range, heads, { settings, toolbox });
  const facts = await offlineFacts(to.compilation, toolbox, authorsByKeyOf(made, from, to));
  const shipped = facts.shipped ?? (await shippedPoliciesOf([then], toolbox));
  const changed = platformChanges(then, now);
  const found = findingsOffline(to.compilation, facts);
  const asBefore = { ...to.compilation, desired: { ...now, profiles: then.profiles } };
  const before = changed.some((text) => /^(GuardrailProfile|Team) /.test(text))
    ? findingsOffline(asBefore, facts)
    : found;
  const earlier = changed.length === 0 ? found : findingsOffline(from.compilation, facts);
  const sides = { before, earlier, base: then, head: now, nowMs: facts.nowMs };
  const kept = keptFindings(found, sides);
  const { findings, refusedBefore } = newFindings(kept, sides);
  const { unread, views: all, ...offline } = planOffline(from, to, { findings, shipped, facts });
  const views = all.filter((view) => isChange(view) || isOfService(view.key, to.service));
  const skipped = [...notJudgedOffline(), "function requirements", "change limits"];
  const problems = problemLines(to);
  const about = rangeText(from.snapshot.revision, to.snapshot.revision);
  return {
    ...offline,
    views,
    modeChanges: [...now.accounts.values()].flatMap(
      (account) =>
        modeChange(then.accounts.get(account.id) ?? null, account, { ...now, processMode: null }) ?? [],
    ),
    platformChanges: [...changed, ...templateChanges(from, to)],
    ruleEffects: profileEffects(before, kept),
    gaps: [
      ...problems,
      ...skippedLines(to),
      ...platformProblems(to.compilation.diagnostics, to.service, to.paths),
      ...refusedBeforeLines(refusedBefore.filter((key) => isOfService(key, to.service))),
      "Offline: AWS was not read",
      ...unread,
      ...shippedNote(now, shipped),
      `Skipped offline: ${skipped.join(", ")}`,
    ],
    about,
    incomplete: problems.length > 0,
    problems: planProblems(to, views),
    root: to.service === null ? await pathInRepository(dir) : "",
    service: to.service,
  };
}

interface NewFindings {
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  /** Keys that are declared as before, and that the same rule refuses in the base. */
  readonly refusedBefore: readonly Key[];
}

/** What is declared as before keeps its verdict until an operator approves what only the new profiles refuse. */
function keptFindings(
  found: ReadonlyMap<Key, readonly Finding[]>,
  compared: Compared,
): ReadonlyMap<Key, readonly Finding[]> {
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
function newFindings(kept: ReadonlyMap<Key, readonly Finding[]>, compared: Compared): NewFindings {
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

function isKept(key: Key, { base, head, nowMs }: Compared): boolean {
  const [a, b] = [base, head].map(({ bindings, policies }) => bindings.get(key) ?? policies.get(key));
  return a !== undefined && b !== undefined && isSameDeclaration(a, b, nowMs);
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
  return used && shipped !== null
    ? [`AWS-managed policies: documents of ${shipped.snapshotDate}, AWS was not read`]
    : [];
}
