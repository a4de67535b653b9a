import { whoLifts } from "../../explain/denials/judged-request.ts";
import type { DeniedRequest, FunctionDenials } from "../../model/denials/denied-request.ts";
import type { ReportedDenial } from "../../model/denials/reported-denial.ts";
import type { ProposedLines } from "../../model/answers/why.ts";
import { keyParts, targetText, type Key } from "../../model/keys/key.ts";
import type { AnsweredRequest } from "./folder-answers.ts";
import type { TrailReport } from "./trail.ts";

/** Lines for the manifest, as `why` proposes them. */
export interface ReportedLines extends Pick<
  ProposedLines,
  "file" | "line" | "column" | "path" | "what" | "lines" | "notes" | "also"
> {
  /** What they newly allow; the worst risk first. */
  readonly access: ProposedLines["access"];
  /** The rules that refuse them; who can lift each. Empty: none does, without the rules that need live state. */
  readonly refusedBy: readonly {
    readonly rule: string;
    readonly why: string;
    readonly fix: string;
    readonly lift: string;
  }[];
}

export interface ReportedRequest extends Pick<
  ReportedDenial,
  "action" | "operation" | "resource" | "deniedBy" | "how" | "policy"
> {
  readonly hasOtherObjects: boolean;
  readonly calls: number;
  /** ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly verdict: AnsweredRequest["verdict"];
  readonly because: string;
  readonly lines: ReportedLines | null;
  /** What a caller that chose the resource could do with the lines, each with its reason. */
  readonly risks: AnsweredRequest["risks"];
  /** The manifest with the suggested lines allows it. Of a running controller always false. */
  readonly isMerged: boolean;
}

export interface ReportedFunction {
  readonly target: string;
  readonly key: Key;
  /** The most frequent first. */
  readonly requests: readonly ReportedRequest[];
  /** Denied calls of further kinds, which are only counted. */
  readonly otherCalls: number;
}

export interface CommittedBranch {
  readonly name: string;
  readonly commits: readonly {
    readonly namespace: string;
    readonly id: string;
    readonly files: readonly string[];
  }[];
}

/** What `denials -o json` prints. */
export interface DenialsReport {
  /** null: the running controller has the denied calls. */
  readonly trail: TrailReport | null;
  /** Sorted by key. */
  readonly functions: readonly ReportedFunction[];
  /** Denied calls that are not in it, one sentence each. */
  readonly notSeen: readonly string[];
  /** null: none was asked for, or nothing is suggested. */
  readonly branch: CommittedBranch | null;
}

export interface FunctionAnswers extends FunctionDenials {
  readonly account: string;
  /** In the order of the requests. */
  readonly answers: readonly AnsweredRequest[];
}

export function reportedFunction(one: FunctionAnswers): ReportedFunction {
  const { key, requests, otherCalls, answers } = one;
  return {
    target: targetText(one),
    key,
    requests: requests.flatMap((request, at) => {
      const answer = answers[at];
      return answer === undefined ? [] : [reportedRequest(request, answer)];
    }),
    otherCalls,
  };
}

function reportedRequest(request: DeniedRequest, answer: AnsweredRequest): ReportedRequest {
  const { action, operation, resource, deniedBy, how, policy } = request.reported;
  const { lines, ...judged } = answer;
  return {
    action,
    operation,
    resource,
    deniedBy,
    how,
    policy,
    hasOtherObjects: request.hasOtherObjects,
    calls: request.calls,
    firstAt: new Date(request.firstMs).toISOString(),
    lastAt: new Date(request.lastMs).toISOString(),
    ...judged,
    lines: lines === null ? null : reportedLines(lines),
  };
}

function reportedLines(proposed: ProposedLines): ReportedLines {
  const { file, line, column, path, what, lines, notes, also, access, guard } = proposed;
  // A rule may find the same in several accounts of the manifest.
  const breaches = new Map(guard.findings.map((finding) => [`${finding.rule} ${finding.why}`, finding]));
  const refusedBy = [...breaches.values()].map(({ rule, why, fix }) => ({
    rule,
    why,
    fix,
    lift: whoLifts(rule),
  }));
  return { file, line, column, path, what, lines, notes, also, access, refusedBy };
}

export function namespaceOfCall({ key }: Pick<ReportedFunction, "key">): string {
  return keyParts(key).namespace;
}

/** `dynamodb:GetItem on arn:…, and other objects of the bucket`; a call whose action is not known by its name. */
export function requestText({ action, operation, resource, hasOtherObjects }: ReportedRequest): string {
  const call = action ?? `the call ${operation ?? ""}, whose action is not known,`;
  const on = resource === null ? "a resource that is not known" : resource;
  return `${call} on ${on}${hasOtherObjects ? " and other objects of the bucket" : ""}`;
}
