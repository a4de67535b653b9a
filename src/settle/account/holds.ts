import { approvalOfPart, type ApprovedPart } from "../../model/approval.ts";
import { type Key, isBindingKey } from "../../model/keys/key.ts";
import { byTextOf, byKey } from "../../text/order.ts";
import type { Pass } from "../../judge/subject.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { AccountWaves } from "../../model/records/wave-record.ts";
import { isEnforcedView } from "../key/enforced-view.ts";
import { partHold, waveHolds, waveNumbers } from "../waves/wave-holds.ts";
import type { AuditFact } from "../../audit/entry.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import { ruleNames } from "../../model/rules/refusal.ts";
import { digestOfSet, parseDigest } from "../../model/values/digest.ts";
import type { StricterVerdict } from "../../model/verdict.ts";
import { counted } from "../../text/phrases.ts";
import type { JudgedView, OutcomeView } from "../outcome/outcome.ts";

type HoldPart = Omit<Hold, "account" | "keys" | "actions" | "sinceMs"> & Partial<Pick<Hold, "sinceMs">>;

/** The pending approvals of an account: one hold for each subject, over all keys that it covers; sorted by subject. */
export function holdsOf(
  pass: Pass,
  views: readonly KeyView[],
  { nowMs, waves }: { readonly nowMs: number; readonly waves: AccountWaves },
): readonly Hold[] {
  const { heldSinceMs, windowSinceMs } = pass.history.record;
  const sinceMs = { ...heldSinceMs, ...windowSinceMs };
  const holds = new Map<string, Hold & { readonly keys: Key[] }>();
  const add = (held: HoldPart, key: Key, actions: number): void => {
    const { subject } = held;
    const before = holds.get(subject);
    // One growing list: a pending approval may cover every function of an account.
    const keys = before?.keys ?? [];
    keys.push(key);
    holds.set(subject, {
      ...held,
      account: pass.account.name,
      keys,
      actions: (before?.actions ?? 0) + actions,
      sinceMs: held.sinceMs ?? sinceMs[subject] ?? nowMs,
    });
  };
  const enforced = views.filter((view) => isEnforcedView(pass, view));
  const numbers = waveNumbers(enforced, waves);
  for (const view of views) {
    if (view.verdict.kind === "hold") {
      const { kind: _, ...held } = view.verdict;
      add(held, view.key, view.plan?.actions.length ?? 0);
    }
    // In observe mode nothing needs an approval, since nothing would be written.
    const parts = isEnforcedView(pass, view) ? (view.plan?.approvable ?? []) : [];
    for (const part of parts.filter((one) => !isAnswered(one, view, nowMs)))
      add(partHold(view, part, numbers), view.key, part.actions.length);
  }
  // Each function of a wave is switched by one call.
  for (const { keys, ...held } of waveHolds(waves)) for (const key of keys) add(held, key, 1);
  for (const { keys, ...held } of stricterHolds(enforced)) for (const key of keys) add(held, key, 0);
  return [...holds.values()]
    .map((hold) => ({ ...hold, keys: hold.keys.toSorted() }))
    .sort(byTextOf(({ subject }) => subject));
}

/** An approval that has ended since the pass of the key is none. */
function isAnswered({ digest }: Pick<ApprovedPart, "digest">, { approved }: KeyView, nowMs: number): boolean {
  const answer = approvalOfPart({ digest }, approved);
  return answer !== null && Date.parse(answer.until) > nowMs;
}

type StricterHold = Pick<Hold, "subject" | "code" | "reason" | "keys" | "sinceMs">;

interface Stricter {
  readonly key: Key;
  readonly verdict: StricterVerdict;
}

/**
 * The stricter verdicts of an upgrade that await an approval: one hold for all keys that the same rules refuse for the
 * same cause. Made from all views of the account, so that a pass over a few keys changes no digest.
 */
function stricterHolds(views: readonly KeyView[]): readonly StricterHold[] {
  const found = views.flatMap(({ key, stricter }) => (stricter === null ? [] : [{ key, verdict: stricter }]));
  const together = Map.groupBy(found, ({ verdict }) => JSON.stringify([rulesOf(verdict), verdict.by]));
  return [...together].sort(byKey).map(([, members]) => ({
    subject: digestOfSet(members.map(({ verdict }) => verdict.digest)),
    code: "verdict-changed",
    reason: reasonOf(members),
    keys: members.map(({ key }) => key).sort(),
    // Its subject changes with its keys: the account's record would begin to count again.
    sinceMs: Math.min(...members.map(({ verdict }) => verdict.sinceMs)),
  }));
}

function rulesOf({ findings }: StricterVerdict): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

/** `RES-001 would refuse 3 functions: stricter in profile production (main@9c1d04e)`. */
function reasonOf(members: readonly Stricter[]): string {
  const [first] = members;
  if (first === undefined) return "";
  const rules = rulesOf(first.verdict).map((rule) => ({ rule }));
  const functions = members.filter(({ key }) => isBindingKey(key)).length;
  const policies = members.length - functions;
  const counts = [
    ...(functions > 0 ? [counted(functions, "function")] : []),
    ...(policies > 0 ? [counted(policies, "ManagedPolicy", "ManagedPolicies")] : []),
  ];
  return `${ruleNames(rules)} would refuse ${counts.join(" and ")}: stricter in ${first.verdict.by.join(" and ")}`;
}

/** The audit fact of a key whose stricter verdict awaits an approval since this pass; none while it lasts. */
export function stricterFacts(view: OutcomeView, holds: readonly Hold[], pass: Pass): readonly AuditFact[] {
  if (view.kind !== "judged" || !isNewlyStricter(view)) return [];
  const { key } = view.subject;
  const hold = holds.find(({ code, keys }) => code === "verdict-changed" && keys.includes(key));
  const subject = parseDigest(hold?.subject ?? "");
  if (hold === undefined || subject === undefined) return [];
  const { reason } = hold;
  const planDigest = view.judged.plan.digest;
  return [{ kind: "plan-held", key, revision: revisionOf(key, pass), planDigest, subject, reason }];
}

/**
 * The audit facts of the parts of plans that await an approval of their own since this pass, next to calls that do not; none
 * while they last. A wave records the switches that it has.
 */
export function partFacts(
  views: readonly OutcomeView[],
  holds: readonly Hold[],
  pass: Pass,
): readonly AuditFact[] {
  const before = pass.history.record.heldSinceMs ?? {};
  const isNew = ({ code, subject }: Hold): boolean =>
    code === "needs-approval" &&
    before[subject] === undefined &&
    !pass.rejections.some((one) => one.subject === subject);
  const reasons = new Map(holds.filter(isNew).map(({ subject, reason }) => [subject, reason]));
  return views.flatMap((view) => {
    if (view.kind !== "judged") return [];
    const { key } = view.subject;
    const { digest: planDigest, approvable } = view.judged.plan;
    return approvable.flatMap(({ digest: subject }): readonly AuditFact[] => {
      const reason = reasons.get(subject);
      if (reason === undefined) return [];
      return [{ kind: "plan-held", key, revision: revisionOf(key, pass), planDigest, subject, reason }];
    });
  });
}

/** A finding that was not pending before. */
function isNewlyStricter({ judged, subject: { record } }: JudgedView): boolean {
  const before = record.appliedVerdict?.pending?.causes ?? {};
  return Object.keys(judged.appliedVerdict?.pending?.causes ?? {}).some((id) => !Object.hasOwn(before, id));
}
