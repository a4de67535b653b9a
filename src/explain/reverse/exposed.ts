import { documentContext } from "../../diff/documents/document-context.ts";
import { readStatements, satisfying } from "../../diff/callers/statements.ts";
import type { DocumentContext, Member } from "../../iam/document.ts";
import { documentText } from "../../iam/read/print.ts";
import { writtenStatement } from "../../iam/read/statement.ts";
import { memberDanger } from "../../iam/risk/access.ts";
import {
  OUTSIDERS,
  type ExposedFunctions,
  type ExposedFunction,
  type ExposingStatement,
} from "../../model/answers/questions/who-can.ts";
import type { DesiredCaller } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveFunction, Reading } from "../../model/live.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byText } from "../../text/order.ts";
import { callerTextLines } from "../state/declared.ts";
import type { AskingFunction } from "../why/question.ts";
import { GroupedTargets, mergedTargets } from "./grouped-targets.ts";

/** A function whose policies may let outsiders in. */
export interface CheckedFunction {
  readonly target: string;
  readonly key: Key | null;
  readonly function: AskingFunction;
  /** Those that Git declares. */
  readonly callers: readonly DesiredCaller[];
  readonly found: Reading<LiveFunction>;
  /** When its policies were read. */
  readonly readAtMs: number;
}

type ExposedPart = Omit<ExposedFunctions, "unread">;

/** Looks at every function, with a pause after each. */
export function* exposed(functions: Iterable<CheckedFunction>, nowMs: number): Steps<ExposedPart> {
  const open: ExposedFunction[] = [];
  const unknown = new GroupedTargets();
  let closed = 0;
  let oldestMs = Infinity;
  for (const one of functions) {
    const { statements, doubts } = statementsOf(one);
    if (one.found.kind === "present") oldestMs = Math.min(oldestMs, one.readAtMs);
    for (const doubt of doubts) unknown.add(doubt, one.target);
    if (statements.length > 0) open.push(exposedFunction(one, statements));
    else if (doubts.length === 0 && one.found.kind === "present") closed += 1;
    yield;
  }
  return {
    askedAt: new Date(nowMs).toISOString(),
    functions: open.toSorted(worstFirst),
    closed,
    oldestReadAt: oldestMs === Infinity ? null : new Date(oldestMs).toISOString(),
    unknown: unknown.list(),
  };
}

function worstFirst(a: ExposedFunction, b: ExposedFunction): number {
  return worstOf(a) - worstOf(b) || byText(a.target, b.target);
}

/** The answer about all functions from the answers about some of them each. */
export function mergedExposed([first, ...others]: readonly [ExposedPart, ...ExposedPart[]]): ExposedPart {
  const parts = [first, ...others];
  const [oldest = null] = parts.flatMap(({ oldestReadAt }) => oldestReadAt ?? []).toSorted();
  return {
    ...first,
    functions: parts.flatMap(({ functions }) => functions).toSorted(worstFirst),
    closed: parts.reduce((sum, { closed }) => sum + closed, 0),
    oldestReadAt: oldest,
    unknown: mergedTargets(parts.map(({ unknown }) => unknown)),
  };
}

function exposedFunction(
  { target, key, readAtMs }: CheckedFunction,
  statements: readonly ExposingStatement[],
): ExposedFunction {
  const readAt = new Date(readAtMs).toISOString();
  return { target, key, readAt, statements: statements.toSorted((a, b) => rankOf(a) - rankOf(b)) };
}

function rankOf({ outsider }: ExposingStatement): number {
  return OUTSIDERS.indexOf(outsider);
}

function worstOf({ statements }: ExposedFunction): number {
  return Math.min(...statements.map(rankOf));
}

interface ExposureReading {
  readonly statements: readonly ExposingStatement[];
  /** Parts without a conclusion, one sentence each. */
  readonly doubts: readonly string[];
}

const UNREAD = "its policy was not read";

function statementsOf(one: CheckedFunction): ExposureReading {
  if (one.found.kind === "absent") return { statements: [], doubts: [] };
  if (one.found.kind === "unknown") return { statements: [], doubts: [one.found.reason] };
  const { policies } = one.found.value;
  const parts = [...policies].map(([qualifier, policy]) => ofPolicy(one, qualifier, policy));
  return {
    statements: parts.flatMap(({ statements }) => statements),
    doubts: [...new Set([...(policies.has("") ? [] : [UNREAD]), ...parts.flatMap(({ doubts }) => doubts)])],
  };
}

function ofPolicy(
  one: CheckedFunction,
  name: string,
  policy: Parameters<typeof readStatements>[0],
): ExposureReading {
  const context = documentContext(one.function, "resource");
  const reading = readStatements(policy, context);
  const where = name === "" ? "its policy" : `the policy of ${name}`;
  if (reading.kind === "unread") return { statements: [], doubts: [`${where}: ${reading.reason}`] };
  const qualifier = name === "" ? null : name;
  const statements = reading.members.flatMap((member) => exposing(member, { one, qualifier, context }));
  const unclear = reading.members.some(({ kind }) => kind === "opaque");
  return { statements, doubts: unclear ? [`${where} has a statement that is not understood`] : [] };
}

function exposing(
  member: Member,
  {
    one,
    qualifier,
    context,
  }: { readonly one: CheckedFunction; readonly qualifier: string | null; readonly context: DocumentContext },
): readonly ExposingStatement[] {
  const outsider = memberDanger(member, context);
  if (outsider === "none" || member.kind === "opaque") return [];
  const { sid } = member;
  const declaring = one.callers.find(
    (caller) => caller.qualifier === qualifier && satisfying(caller, [member], context) !== undefined,
  );
  const declaredAt =
    declaring === undefined ? null : { file: declaring.origin.file, line: declaring.origin.line };
  const text = documentText([writtenStatement(member)]);
  return callerTextLines(one.function, { qualifier, text }, () => ({ kind: "statement", sid })).map(
    ({ what, on, details }) => ({ outsider, qualifier, sid, what, on, details, declaredAt }),
  );
}
