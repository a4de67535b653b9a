import { notJudgedOffline } from "../../guard/judge-desired.ts";
import { isAwsManagedPolicy, type ShippedPolicies } from "../../iam/shipped-policies.ts";
import { findingsOffline, offlineFacts, shippedPoliciesOf } from "../project/findings.ts";
import { withPending } from "../../judge/approvals/applied-verdict.ts";
import { isSameDeclaration } from "../../judge/states/same-declaration.ts";
import type { Finding } from "../../model/finding.ts";
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
  const findings = keptFindings(found, { before, base: then, head: now, nowMs: facts.nowMs });
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
    ruleEffects: profileEffects(before, findings),
    gaps: [
      ...problems,
      ...skippedLines(to),
      ...platformProblems(to.compilation.diagnostics, to.service),
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

/** What is declared as before keeps its verdict until an operator approves what only the new profiles refuse. */
function keptFindings(
  found: ReadonlyMap<Key, readonly Finding[]>,
  { before, base, head, nowMs }: Compared,
): ReadonlyMap<Key, readonly Finding[]> {
  const stateOf = ({ bindings, policies }: Desired, key: Key) => bindings.get(key) ?? policies.get(key);
  const kept = [...found].map(([key, findings]) => {
    const [a, b] = [stateOf(base, key), stateOf(head, key)];
    const isKept = a !== undefined && b !== undefined && isSameDeclaration(a, b, nowMs);
    return [key, isKept ? withPending(findings, before.get(key) ?? []) : findings] as const;
  });
  return new Map(kept);
}

/** Which documents the judgement of attached AWS-managed policies rests on. */
function shippedNote({ bindings }: Desired, shipped: ShippedPolicies | null): readonly string[] {
  const attached = [...bindings.values()].flatMap(({ role }) => role.attachments.map(({ arn }) => arn));
  const used = attached.some((arn) => isAwsManagedPolicy(arn) && shipped?.textOf(arn) !== undefined);
  return used && shipped !== null
    ? [`AWS-managed policies: documents of ${shipped.snapshotDate}, AWS was not read`]
    : [];
}
