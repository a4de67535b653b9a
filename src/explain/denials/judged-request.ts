import { UNWAIVABLE_RULES } from "../../model/rules/guard-rules.ts";
import type { Finding } from "../../model/finding.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { AccessAnswer, ProposedLines, WhyAnswer } from "../../model/answers/why.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { isDeniedByBoundary, isDeniedOutside } from "../why/case.ts";
import {
  requestRisks,
  risksText,
  rowRisksOf,
  type RequestRisk,
  type RequestSurroundings,
} from "./request-risks.ts";
import { bucketOfObject } from "../../model/aws/arn.ts";

/**
 * What can be done about a denied request:
 * - `suggested`: lines of the manifest allow it, and no rule refuses them
 * - `risky`: the same, and what they allow is of use to a caller that chose the resource
 * - `refused`: a guard rule refuses the lines
 * - `boundary`: the boundary denies it, with or without lines
 * - `outside`: a policy denies it that no manifest declares
 * - `allowed`: the manifest allows it now
 * - `by-hand`: a person has to decide what to write
 * - `unknown`: the request is not known well enough
 */
type RequestVerdict =
  "suggested" | "risky" | "refused" | "boundary" | "outside" | "allowed" | "by-hand" | "unknown";

export interface JudgedRequest {
  readonly verdict: RequestVerdict;
  readonly because: string;
  /** Lines that would allow it, as far as the manifest decides; null: there are none to show. */
  readonly lines: ProposedLines | null;
  /** What the caller could do with the lines; empty: no risk is known. */
  readonly risks: readonly RequestRisk[];
}

/** @param reported the request as AWS reported it; `why` answers a question about it */
export function judgedRequest(
  reported: ReportedDenial,
  why: WhyAnswer,
  around: RequestSurroundings,
): JudgedRequest {
  const risks = why.fix === null ? [] : requestRisks(why, why.fix, around);
  const judged = withoutLines(reported, why) ?? withLines(why, risks);
  if (judged.lines === null) return judged;
  const { access } = judged.lines;
  return { ...judged, risks, lines: { ...judged.lines, access: { ...access, risks: rowRisksOf(risks) } } };
}

/** What no change of the manifest's own lines can fix, or what needs none; null: lines may allow it. */
function withoutLines(reported: ReportedDenial, why: WhyAnswer): JudgedRequest | null {
  const { git, live, boundary } = why;
  if (isDeniedOutside({ reported })) return verdict("outside", outsideText(reported));
  if (reported.deniedBy === "permissions boundary" || isDeniedByBoundary(git))
    return verdict("boundary", boundaryText(boundary), why.fix);
  if (git.kind === "denied" && git.cause === "explicit") return verdict("by-hand", denyText(git.by.origin));
  if (reported.how === "explicit") return verdict("outside", outsideText(reported));
  if (git.kind === "allowed") return verdict("allowed", allowedText(reported, live));
  return null;
}

function withLines(why: WhyAnswer, risks: readonly RequestRisk[]): JudgedRequest {
  const { fix, git, notes, boundary, resource, context } = why;
  if (fix === null)
    return git.kind === "unknown"
      ? verdict("unknown", git.reason)
      : verdict("by-hand", notes.at(-1) ?? "no change of the manifest was found that allows it");
  if (isDeniedByBoundary(fix.answer)) return verdict("boundary", boundaryText(boundary), fix);
  if (![resource, ...Object.values(context).flat()].every(isOneName))
    return verdict("by-hand", "its name has *, ? or ${, which would be a pattern in a policy");
  if (fix.edit === null) return verdict("by-hand", fix.what, fix);
  const [breach] = fix.guard.findings;
  if (breach !== undefined) return verdict("refused", refusalText(breach), fix);
  if (risks.length > 0) return verdict("risky", `what the lines allow has a risk: ${risksText(risks)}`, fix);
  return verdict("suggested", suggestedText(fix.answer), fix);
}

function verdict(kind: RequestVerdict, because: string, lines: ProposedLines | null = null): JudgedRequest {
  return { verdict: kind, because, lines, risks: [] };
}

function outsideText({ deniedBy, how, policy }: ReportedDenial): string {
  const by = deniedBy === "unknown" ? "policy" : deniedBy;
  const named = policy === null ? by : `${by} ${policy}`;
  const denies = how === "explicit" ? `an explicit deny in the ${named}` : `no ${by} allows it`;
  return `${denies}: no manifest changes that, ask its owner`;
}

function boundaryText(boundary: string | null): string {
  return `the boundary ${boundary ?? "of the role in AWS"} does not allow it: the platform team changes it`;
}

function denyText(origin: Parameters<typeof formatOrigin>[0] | null): string {
  const at = origin === null ? "" : ` at ${formatOrigin(origin)}`;
  return `a declared Deny${at} overrides every grant`;
}

function allowedText({ action, resource }: ReportedDenial, live: AccessAnswer | null): string {
  if (live?.kind === "denied") return "the manifest allows it, and it is not in effect in AWS";
  const bucket = bucketOfObject(resource ?? "");
  const isRead = action === "s3:GetObject" && bucket !== null && bucket !== resource;
  return isRead
    ? "the manifest allows it; without the list permission, S3 also denies reads of objects that do not exist"
    : "the manifest allows it now";
}

/** Who can lift the rule, apart from the author of the lines. */
export function whoLifts(rule: string): string {
  if (rule.startsWith("TEN-")) return "the platform team allows it in the Team";
  return UNWAIVABLE_RULES.has(rule) ? "no Waiver lifts it" : "a Waiver of the platform team lifts it";
}

function refusalText({ rule, why }: Finding): string {
  return `${rule} refuses the lines: ${why}`;
}

function suggestedText(answer: AccessAnswer): string {
  return answer.kind === "unknown"
    ? `the lines are needed, and may not be enough: ${answer.reason}`
    : "the lines allow it";
}

/** Names of secrets end in six characters that are not known, which is as narrow as it can be. */
function isOneName(name: string): boolean {
  return name === "*" || !/[*?]|\$\{/.test(name.replace(/-\?{6}$/, ""));
}
