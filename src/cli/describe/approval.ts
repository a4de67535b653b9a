import type { HoldObject, OverviewObject, SourceStatus } from "../../api/overview.ts";
import { keyParts } from "../../model/keys/key.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import { digitsOf, isNamedBy } from "../../model/rules/approval-subject.ts";
import { shortRevision } from "../../model/values/revision.ts";
import {
  ANSWER_KINDS,
  approvalAnswers,
  approvalAnswerText,
  type ApprovalAnswer,
} from "../../wording/approval-answer.ts";
import { shortSubject } from "../../wording/words.ts";
import type { ApiClient } from "../client/client.ts";
import { eventPages } from "../client/recent-events.ts";
import type { AuditEntryAnswer } from "../history/entry.ts";
import { holdLines } from "../resources/holds.ts";
import { hintLines } from "../screen/problem.ts";
import { sourceIn } from "../../wording/rollback.ts";
import type { Answer } from "../screen/print.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { CliError } from "../toolbox/cli-error.ts";
import { type ScreenLine } from "../../text/screen-line.ts";

/** With `-o json`: the pending approval, or the entry of the last answer to one that is no longer pending. */
export type DescribedApproval = HoldObject | AuditEntryAnswer;

/**
 * What a pending approval changes, or who answered one that is no longer pending.
 * @throws CliError when it is not pending and the record has no answer to it
 */
export async function describeApproval(text: string, client: ApiClient, nowMs: number): Promise<Answer> {
  const hold = await heldOr(text, client);
  if (hold instanceof CliError) return answered(text, hold, { client, nowMs });
  const [accounts, overview] = await Promise.all([client.accountNames(), client.overview()]);
  const { accepted, verified } = sourceOf(hold, overview);
  const revision = accepted === null ? "no revision" : shortRevision(accepted);
  const fix = hold.status.code === "revision" ? (verified?.fix ?? null) : null;
  return { value: hold, lines: ({ width }) => holdLines(hold, { nowMs, accounts, revision, fix }, width) };
}

/** A revision begins with the namespace of its source; a plan of one namespace is that of the namespace's source. */
function sourceOf({ status: { subject, keys } }: HoldObject, overview: OverviewObject): SourceStatus {
  const [first, ...others] = new Set(keys.map((key) => keyParts(key).namespace));
  const namespace = prefixOf(subject) ?? (others.length === 0 ? first : undefined);
  return sourceIn(overview.status, namespace);
}

/** The failure of one that is not pending. @throws CliError of any other kind */
async function heldOr(text: string, client: ApiClient): Promise<HoldObject | CliError> {
  const [hold, ...more] = (await client.list("holds")).filter(({ status }) =>
    isNamedBy(status.subject, text),
  );
  if (more.length > 0) throw ambiguous(text, more.length + 1);
  if (hold !== undefined) return hold;
  try {
    // The server knows whether it was the digest of a plan that has changed.
    return await client.get("holds", digitsOf(text) ?? text);
  } catch (error) {
    if (error instanceof CliError && isNotPending(error)) return error;
    throw error;
  }
}

function ambiguous(text: string, count: number): CliError {
  return new CliError(`"${text}" is the beginning of ${count} digests`, "add digits");
}

function isNotPending({ problems }: CliError): boolean {
  return problems.some(({ code }) => code === "NotFound" || code === "Conflict");
}

/** The answer of the record. @throws CliError what the server answered, if no entry answers it */
async function answered(
  text: string,
  failure: CliError,
  { client, nowMs }: { readonly client: ApiClient; readonly nowMs: number },
): Promise<Answer> {
  const answers = await newestAnswers(text, client);
  const subjects = new Set(answers.map(({ subject }) => subject));
  if (subjects.size > 1) throw ambiguous(text, subjects.size);
  const [last] = answers;
  if (last === undefined) throw failure;
  const value: AuditEntryAnswer = { entry: last.entry, related: null };
  return { value, lines: ({ width }) => answeredLines(last, failure, { nowMs, width }) };
}

/** Those of the newest part of the record that has any. */
async function newestAnswers(text: string, client: ApiClient): Promise<readonly ApprovalAnswer[]> {
  for await (const { events } of eventPages(client, { filter: { kind: ANSWER_KINDS } })) {
    const answers = approvalAnswers(events, (subject) => isNamedBy(subject, text));
    if (answers.length > 0) return answers;
  }
  return [];
}

function answeredLines(
  answer: ApprovalAnswer,
  { problems }: CliError,
  { nowMs, width }: { readonly nowMs: number; readonly width: number },
): readonly ScreenLine[] {
  const changed = problems.filter(({ code }) => code === "Conflict");
  const hints = [
    ...changed.flatMap(({ fix }) => fix ?? []),
    `grantkeeper describe entry ${answer.entry.seq}`,
  ];
  return [
    `Approval ${shortSubject(answer.subject)}: not pending`,
    ...wrapped(approvalAnswerText(answer, nowMs), width, HANGING),
    ...changed.flatMap(({ message }) => wrapped(message, width, HANGING)),
    ...hints.flatMap((hint) => hintLines(hint, width)),
  ];
}

const HANGING = { first: "", next: "  " };
