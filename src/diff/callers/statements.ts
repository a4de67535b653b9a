import { memberDanger, type Danger } from "../../iam/risk/access.ts";
import type { DocumentContext, Member } from "../../iam/document.ts";
import { compareStatements, statementFingerprint } from "../../iam/compare/equivalence.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { isOurSid } from "../../iam/compare/sid.ts";
import { readStatement, writtenStatement } from "../../iam/read/statement.ts";
import { stableText } from "../../text/json-values.ts";
import type { DesiredCaller } from "../../model/desired.ts";
import type { LiveResourcePolicy, Reading } from "../../model/live.ts";

/** One statement as a function's policy has it. */
export interface LiveStatement {
  readonly sid: string | null;
  /** Canonical text of the statement as it is in AWS: the value that drift, action and record name. */
  readonly text: string;
  readonly ours: boolean;
  /** Ours, but its Sid does not match its content: a principal in AWS changed it. */
  readonly tampered: boolean;
  readonly danger: Danger;
  readonly effect: "Allow" | "Deny" | "unknown";
  readonly member: Member;
}

export type StatementReading =
  | { readonly kind: "read"; readonly members: readonly Member[] }
  | { readonly kind: "unread"; readonly reason: string };

export function readStatements(
  policy: Reading<LiveResourcePolicy> | undefined,
  context: DocumentContext,
): StatementReading {
  if (policy === undefined) return { kind: "unread", reason: "its policy was not read" };
  if (policy.kind === "unknown") return { kind: "unread", reason: policy.reason };
  if (policy.kind === "absent") return { kind: "read", members: [] };
  const parsed = readDocument(policy.value.text, context);
  if (parsed.kind === "unreadable") return { kind: "unread", reason: parsed.reason };
  return { kind: "read", members: parsed.document.members };
}

function statementText(member: Member): string {
  if (member.kind === "opaque") return member.text;
  return stableText(writtenStatement(member));
}

/** The texts of the statements of this Sid, as drift and actions name them; none if the policy cannot be read. */
export function statementTexts(policyText: string, sid: string, context: DocumentContext): readonly string[] {
  const parsed = readDocument(policyText, context);
  if (parsed.kind === "unreadable") return [];
  return parsed.document.members.filter((member) => member.sid === sid).map(statementText);
}

export function callerText(caller: DesiredCaller): string {
  return stableText(caller.statement);
}

/**
 * True if the policy is the text that AWS makes of the declared callers: the usual case, found without parsing the
 * policy. If it is false, the policy may still match Git.
 */
export function isVerbatim(
  policy: Reading<LiveResourcePolicy> | undefined,
  callers: readonly DesiredCaller[],
): boolean {
  if (policy?.kind === "absent") return callers.length === 0;
  if (policy?.kind !== "present") return false;
  if (policy.value.text === policyText(callers)) return true;
  try {
    const { Statement: statements } = JSON.parse(policy.value.text) as { readonly Statement?: unknown };
    if (!Array.isArray(statements) || statements.length !== callers.length) return false;
    const wanted = new Set(callers.map(callerText));
    return statements.every((statement) => wanted.delete(stableText(statement)));
  } catch {
    return false;
  }
}

/**
 * The policy that Lambda makes of the callers when they are added in our order. If it is the text that is there
 * nothing needs to be parsed, which is most of what comparing a function costs.
 * @see https://docs.aws.amazon.com/cli/latest/reference/lambda/get-policy.html, whose example shows one
 */
function policyText(callers: readonly DesiredCaller[]): string {
  const statements = callers.map(({ statement }) => statement);
  return JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
}

export function describeStatement(
  member: Member,
  ourPrefix: string,
  context: DocumentContext,
): LiveStatement {
  const ours = member.sid !== null && isOurSid(member.sid, ourPrefix);
  return {
    sid: member.sid,
    text: statementText(member),
    ours,
    tampered: ours && !hashAgrees(member, ourPrefix, context),
    danger: memberDanger(member, context),
    effect: member.kind === "opaque" ? "unknown" : member.effect,
    member,
  };
}

function hashAgrees(member: Member, ourPrefix: string, context: DocumentContext): boolean {
  if (member.kind === "opaque" || member.sid === null) return false;
  const content = member.sid.slice(ourPrefix.length);
  return statementFingerprint(writtenStatement(member), context).startsWith(content);
}

/** The live statement that lets this caller in, by meaning: under its own Sid if it can be, else under any. */
export function satisfying(
  caller: DesiredCaller,
  members: readonly Member[],
  context: DocumentContext,
): Member | undefined {
  if (members.length === 0) return undefined;
  const wanted = readStatement(caller.statement, context).structure;
  const under = members.find((member) => member.sid === caller.sid && member.structure === wanted);
  if (under !== undefined) return under;
  const same = members.find((member) => member.structure === wanted);
  return same ?? members.find((member) => meansTheSame(caller, member, context));
}

function meansTheSame(caller: DesiredCaller, member: Member, context: DocumentContext): boolean {
  if (member.kind === "opaque") return false;
  return compareStatements(caller.statement, writtenStatement(member), context) !== "security";
}
