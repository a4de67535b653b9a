import { onlyDocument, permissionDelta } from "../../iam/compare/delta.ts";
import type { StatementOrigin } from "../../iam/attached-document.ts";
import type { DocumentContext, Member } from "../../iam/document.ts";
import { callerSidPrefix, isOtherOwnersSid } from "../../iam/compare/sid.ts";
import { functionArn } from "../../model/aws/arn.ts";
import type { DesiredBinding, DesiredCaller } from "../../model/desired.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { Drift, LeftAloneStatement } from "../../model/drift.ts";
import { joinedLists } from "../../model/values/lists.ts";
import type { LiveFunction } from "../../model/live.ts";
import { documentContext } from "../documents/document-context.ts";
import type { DiffContext } from "../drift/context.ts";
import { originIn } from "../documents/declared-origin.ts";
import { danglingStatement, danglingText, type DanglingStatement } from "./dangling.ts";
import { appliedBinding, driftOf, type Difference } from "../drift/drift.ts";
import { ownerOf } from "../drift/ownership.ts";
import {
  callerText,
  describeStatement,
  isVerbatim,
  readStatements,
  satisfying,
  type LiveStatement,
} from "./statements.ts";

export interface CallersComparison {
  readonly drifts: readonly Drift[];
  readonly leftAlone: readonly LeftAloneStatement[];
  readonly notes: readonly string[];
  readonly unread: readonly string[];
}

/** One qualifier ("" for the unqualified function): each has a policy of its own. */
export interface QualifiedFunction {
  readonly binding: DesiredBinding;
  readonly qualifier: string | null;
  readonly subject: string;
  readonly context: DiffContext;
  readonly dialect: DocumentContext;
}

/** Compares the declared callers with the policies of every declared qualifier and of every other one that was read. */
export function diffCallers(
  binding: DesiredBinding,
  found: LiveFunction,
  context: DiffContext,
): CallersComparison {
  const compared = qualifiersOf(binding, found).map((name) =>
    diffQualifier(name, { binding, found, context }),
  );
  const [first, second] = compared;
  if (first !== undefined && second === undefined) return first;
  return {
    drifts: joinedLists(...compared.map((part) => part.drifts)),
    leftAlone: joinedLists(...compared.map((part) => part.leftAlone)),
    notes: joinedLists(...compared.map((part) => part.notes)),
    unread: joinedLists(...compared.map((part) => part.unread)),
  };
}

const UNQUALIFIED: readonly string[] = [""];

/** Sorted; most functions have none. */
function qualifiersOf({ callers }: DesiredBinding, { policies }: LiveFunction): readonly string[] {
  const isPlain = callers.every(({ qualifier }) => qualifier === null);
  if (isPlain && (policies.size === 0 || (policies.size === 1 && policies.has("")))) return UNQUALIFIED;
  const declared = callers.map(({ qualifier }) => qualifier ?? "");
  return [...new Set(["", ...declared, ...policies.keys()])].sort();
}

interface ComparedFunction {
  readonly binding: DesiredBinding;
  readonly found: LiveFunction;
  readonly context: DiffContext;
}

export const NO_CALLERS: CallersComparison = { drifts: [], leftAlone: [], notes: [], unread: [] };

function diffQualifier(name: string, { binding, found, context }: ComparedFunction): CallersComparison {
  const qualifier = name === "" ? null : name;
  const callers = binding.callers.filter((caller) => (caller.qualifier ?? "") === name);
  if (isVerbatim(found.policies.get(name), callers)) return NO_CALLERS;
  const subject = functionArn(binding, binding.functionName, qualifier);
  const dialect = documentContext(binding, "resource");
  const place: QualifiedFunction = { binding, qualifier, subject, context, dialect };
  const reading = readStatements(found.policies.get(name), dialect);
  if (reading.kind === "unread") return { ...NO_CALLERS, unread: [`${subject}: ${reading.reason}`] };
  const kept = new Set<Member>();
  const missing: MissingCaller[] = [];
  const lasting = reading.members.filter((member) => !isOtherOwners(member, place));
  for (const caller of callers) {
    const own = satisfying(caller, lasting, dialect);
    const member = own ?? satisfying(caller, reading.members, dialect);
    if (own === undefined) missing.push({ caller, isAllowed: member !== undefined });
    if (member !== undefined) kept.add(member);
  }
  const extra = reading.members.filter((member) => !kept.has(member));
  const dangling = reading.members.flatMap((member) => danglingStatement(member) ?? []);
  const compared = joined(missing, extra, place);
  return { ...compared, notes: joinedLists(compared.notes, dangling.map(danglingNote)) };
}

/** A declared caller without a lasting statement of its own. */
interface MissingCaller {
  readonly caller: DesiredCaller;
  /** The statement of another manifest allows it as long as that manifest keeps it, as before a handover. */
  readonly isAllowed: boolean;
}

function isOtherOwners({ sid }: Member, { binding, context }: QualifiedFunction): boolean {
  return sid !== null && isOtherOwnersSid(sid, callerSidPrefix(context.instance, ownerOf(binding)));
}

function danglingNote(statement: DanglingStatement): string {
  return `${danglingText(statement)}: AWS refuses further callers while it is there`;
}

function joined(
  missing: readonly MissingCaller[],
  extra: readonly Member[],
  place: QualifiedFunction,
): CallersComparison {
  const { binding, context, dialect } = place;
  if (missing.length === 0 && extra.length === 0) return NO_CALLERS;
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const statements = extra.map((member) => describeStatement(member, prefix, dialect));
  const counted = statements.filter((statement) => isDrift(statement, binding));
  const alone = statements.filter((statement) => !isDrift(statement, binding));
  const differences = [
    ...missing.map((each) => missingStatement(each, place)),
    ...counted.map((statement) => extraStatement(statement, place)),
  ];
  return {
    drifts: differences.map((difference) => driftOf(binding.key, difference, context)),
    leftAlone: alone.map(({ text }) => ({ qualifier: place.qualifier, text })),
    notes: alone.length === 0 ? [] : [leftAloneNote(alone.length, place)],
    unread: [],
  };
}

/** With `report`, undeclared statements are left alone unless they open the function to others. */
function isDrift(statement: LiveStatement, binding: DesiredBinding): boolean {
  return binding.undeclaredCallers === "remove" || statement.ours || statement.danger !== "none";
}

function leftAloneNote(count: number, { qualifier }: QualifiedFunction): string {
  const where = qualifier === null ? "" : ` on ${qualifier}`;
  const what = count === 1 ? "1 statement" : `${count} statements`;
  return `${what}${where} not in Git, left alone`;
}

function missingStatement({ caller, isAllowed }: MissingCaller, place: QualifiedFunction): Difference {
  const applied = appliedBinding(place.context)?.callers ?? [];
  const text = callerText(caller);
  const isApplied = applied.some((each) => each.sid === caller.sid && each.qualifier === caller.qualifier);
  return {
    subject: place.subject,
    change: { kind: "statement-missing", qualifier: place.qualifier, sid: caller.sid },
    tier: isAllowed ? "metadata" : "security",
    live: null,
    desired: text,
    delta: isAllowed
      ? NO_DELTA
      : statementDelta(text, { side: "before", origin: () => caller.origin }, place),
    origin: caller.origin,
    unchangedInGit: isApplied && !isAllowed,
  };
}

export function extraStatement(statement: LiveStatement, place: QualifiedFunction): Difference {
  const { sid, ours, danger } = statement;
  return {
    subject: place.subject,
    change: { kind: "statement-extra", qualifier: place.qualifier, sid, ours, danger },
    tier: "security",
    live: statement.text,
    desired: null,
    delta: statementDelta(statement.text, { side: "after", origin: callerOrigin(place) }, place),
    origin: null,
    // Ours and unchanged: Git declared it before and declares it no more.
    unchangedInGit: !ours || statement.tampered,
  };
}

/** The origin of a caller; the last applied state has the origin of one that left Git. */
function callerOrigin({ binding, context }: QualifiedFunction): StatementOrigin {
  const callers = [...binding.callers, ...(appliedBinding(context)?.callers ?? [])];
  return originIn(callers, documentContext(binding, "resource"));
}

interface StatementPlace {
  /** The side of the change on which the statement exists. */
  readonly side: "before" | "after";
  readonly origin: StatementOrigin;
}

/** The effect of one statement of the function's policy, whose ARN or name is `subject`. */
function statementDelta(
  statement: string,
  { side, origin }: StatementPlace,
  { binding, context, subject }: QualifiedFunction,
): Delta {
  const from = { kind: "other", name: subject } as const;
  const dialect = documentContext(binding, "resource");
  const text = `{"Version":"2012-10-17","Statement":[${statement}]}`;
  const present = onlyDocument({ from, text, origin }, dialect);
  const absent = onlyDocument({ from, text: null, origin }, dialect);
  return side === "before"
    ? permissionDelta(present, absent, context.comparer)
    : permissionDelta(absent, present, context.comparer);
}
