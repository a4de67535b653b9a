import type { PendingChange, PendingReason } from "../model/answers/permission-state.ts";
import { ruleAt, whyText } from "../model/rules/refusal.ts";
import { policyName } from "../plan/render/words.ts";
import { deadline } from "./time.ts";
import { shortSubject } from "./words.ts";

/** Each rule and each kept statement is a text of its own. */
export function reasonTexts(reason: PendingReason, nowMs: number): readonly string[] {
  if (reason.kind === "refused") return refusedTexts(reason);
  if (reason.kind === "stricter-verdict") return stricterTexts(reason);
  if (reason.kind === "kept")
    return reason.statements.map((sid) => `kept: ${statementText(sid)} (undeclaredCallers: report)`);
  return [reasonText(reason, (until) => deadline(until, nowMs))];
}

function reasonText(
  reason: Exclude<PendingReason, { readonly kind: "refused" | "kept" | "stricter-verdict" }>,
  at: (until: string) => string,
): string {
  switch (reason.kind) {
    case "awaiting-approval":
      return `awaiting approval ${shortSubject(reason.digest)}: ${reason.reason}`;
    case "change-window":
    case "account-order":
    case "depends-on":
      return reason.reason;
    case "approved":
      return `waits: ${reason.reason}`;
    case "rejected":
      return `rejected ${shortSubject(reason.digest)} by ${reason.by}: "${reason.reason}"`;
    case "observe-only":
      return "observe only: Grantkeeper compares and does not write";
    case "not-deployed":
      return "not deployed: the function does not exist in AWS";
    case "suspended":
      return `suspended until ${at(reason.until)} by ${reason.by}: "${reason.reason}"`;
    case "broken":
      return `broken manifest: ${reason.message}`;
    case "propagation":
      return reason.until === null
        ? "propagation: removed after the additions have reached AWS"
        : `propagation until ${at(reason.until)}`;
    case "unconfirmed":
      return `not confirmed: the last read shows a difference, possibly from before Grantkeeper's last write${reason.until === null ? "" : `; decided by ${at(reason.until)}`}`;
    case "drift":
      return reason.revertsAt === null
        ? "drift: Grantkeeper reverts it now"
        : `drift: Grantkeeper reverts it at ${at(reason.revertsAt)}`;
    case "withheld":
    case "failed":
      return `not applied: ${reason.reason}`;
    case "unreadable":
      return `unreadable: ${reason.reason}; nothing is written until AWS can be read`;
    case "not-compared":
      return reason.revision === null
        ? "not compared: no revision was read yet"
        : `not compared: ${shortSubject(reason.revision)} was not compared with AWS yet`;
    case "applying":
      return "applying";
    case "policies-differ":
      return `differs from Git: ${reason.policies.map((arn) => `policy "${policyName(arn)}"`).join(", ")}, which its role has`;
    case "differs":
      return reason.isManaged
        ? "differs, and Grantkeeper changes it when nothing is against it any more:"
        : "differs, and Grantkeeper does not change it:";
  }
}

function statementText(sid: string): string {
  return sid === "" ? "a statement without Sid" : `statement "${sid}"`;
}

function refusedTexts({
  rules,
  reason,
}: Extract<PendingReason, { readonly kind: "refused" }>): readonly string[] {
  if (rules.length === 0) return [`refused: ${reason}`];
  return rules.map((rule) => `refused by ${ruleAt(rule)}: ${whyText(rule)}`);
}

function stricterTexts({
  by,
  digest,
  rejected,
  rules,
}: Extract<PendingReason, { readonly kind: "stricter-verdict" }>): readonly string[] {
  const name = shortSubject(digest);
  const state =
    rejected === null
      ? `awaiting approval ${name}: stricter in ${by.join(" and ")}`
      : `rejected ${name} by ${rejected.by}: "${rejected.reason}"`;
  return [state, ...rules.map((rule) => `would be refused by ${ruleAt(rule)}: ${whyText(rule)}`)];
}

/** Each of several rules has its own hint. */
export function hintTexts({ reason, hint }: PendingChange): readonly string[] {
  const rules = reason.kind === "refused" ? reason.rules : [];
  if (rules.length <= 1) return hint === null ? [] : [hint];
  return [...new Set(rules.map((rule) => `${rule.rule}: ${rule.hint}`))];
}
