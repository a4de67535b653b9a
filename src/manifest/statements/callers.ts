import { callerSid } from "../../iam/compare/sid.ts";
import type { Arn, FunctionPlace } from "../../model/aws/arn.ts";
import type { DesiredCaller } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import { byText } from "../../text/order.ts";
import { CALLER_ENTRIES } from "../callers/catalogue.ts";
import { type Permission, readPermission } from "../../iam/read/add-permission.ts";
import type { CallerEntry } from "../callers/entry.ts";
import { statementOf, withSid } from "../callers/statement.ts";
import { originOfKey, originOfValue, type LocatedFile } from "../../text/located/located.ts";
import type { CallerItem } from "../schema/function-permission.ts";
import { checkStatement } from "../../iam/check/grammar/statement.ts";
import type { JsonObject } from "../../model/values/json.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { authorProblems } from "./compiled-statement.ts";

export interface CallerTarget {
  readonly at: FunctionPlace;
  readonly functionName: string;
  /** The ARN of the function without a qualifier. */
  readonly functionArn: Arn;
  /** The prefix of all Sids of this instance and owner: `gk_<8>_<8>_`. */
  readonly sidPrefix: () => string;
}

interface CompiledCallers {
  /** Sorted by qualifier (none first), then Sid; each once. */
  readonly callers: readonly DesiredCaller[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `spec.invokedBy`, after substitution; its schema has checked that each entry has one caller's key. */
export function compileCallers(
  items: readonly CallerItem[],
  target: CallerTarget,
  source: LocatedFile,
): CompiledCallers {
  const callers: DesiredCaller[] = [];
  const diagnostics: Diagnostic[] = [];
  items.forEach((item, index) => {
    const qualifier = item.qualifier ?? null;
    if (item.statement !== undefined) {
      const path = ["spec", "invokedBy", index, "statement"];
      const raw = compileRawCaller(item.statement, calleeOf(qualifier, target), { path, source });
      const facts = {
        qualifier,
        caller: "statement",
        origin: originOfKey(source, path),
        reason: item.reason,
      };
      callers.push(...raw.permissions.map((one) => callerOf(one, facts, target)));
      diagnostics.push(...raw.diagnostics);
      return;
    }
    // Plain data of the parser has no inherited names, and the loop creates no list of the names.
    for (const name in item) {
      const entry = ENTRIES.get(name);
      if (entry === undefined || item[name] === undefined) continue;
      const path = ["spec", "invokedBy", index];
      if (entry.aliasOnly === true && qualifier !== null && /^\d+$/.test(qualifier)) {
        const message = `${entry.caller} belongs to an alias, and ${qualifier} is a version`;
        const origin = originOfValue(source, [...path, "qualifier"]);
        diagnostics.push(errorAt(origin, "qualifier", { message, fix: "write an alias" }));
      }
      const origin = originOfKey(source, [...path, name]);
      const facts = { qualifier, caller: entry.caller, origin, reason: item.reason };
      for (const permission of entry.expand(item[name] as never, target.at))
        callers.push(callerOf(permission, facts, target));
    }
  });
  return { callers: sortedOnce(callers), diagnostics };
}

const ENTRIES: ReadonlyMap<string, CallerEntry> = new Map(
  CALLER_ENTRIES.map((entry) => [entry.caller, entry]),
);

/** Removes duplicates; of equal callers the first in the file stays. */
function sortedOnce(callers: readonly DesiredCaller[]): readonly DesiredCaller[] {
  if (callers.length < 2) return callers;
  const sorted = callers.toSorted(
    (a, b) => byText(a.qualifier ?? "", b.qualifier ?? "") || byText(a.sid, b.sid),
  );
  return sorted.filter((caller, at) => {
    const before = sorted[at - 1];
    return before?.sid !== caller.sid || before.qualifier !== caller.qualifier;
  });
}

function calleeOf(qualifier: string | null, { functionArn }: CallerTarget): string {
  return qualifier === null ? functionArn : `${functionArn}:${qualifier}`;
}

interface CallerFacts extends Pick<DesiredCaller, "qualifier" | "caller" | "origin"> {
  readonly reason: string | undefined;
}

function callerOf(
  permission: Permission,
  { qualifier, caller, origin, reason }: CallerFacts,
  target: CallerTarget,
): DesiredCaller {
  const { functionName, sidPrefix } = target;
  const { partition, accountId } = target.at;
  const body = statementOf(permission, calleeOf(qualifier, target), partition);
  const sid = callerSid(sidPrefix(), body, { dialect: "resource", partition, accountId });
  const input = { FunctionName: functionName, StatementId: sid, ...permission };
  const compiled: DesiredCaller = {
    qualifier,
    sid,
    statement: withSid(sid, body),
    input: qualifier === null ? input : { ...input, Qualifier: qualifier },
    caller,
    origin,
  };
  return reason === undefined ? compiled : { ...compiled, reason };
}

interface StatementPlace {
  readonly path: ValuePath;
  readonly source: LocatedFile;
}

interface RawCaller {
  readonly permissions: readonly Permission[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A hand-written statement under `invokedBy`, after substitution, as the call that writes it. A form that AddPermission
 * cannot write is an error: Grantkeeper would compare it and never be able to add it.
 */
function compileRawCaller(
  statement: JsonObject,
  resource: string,
  { path, source }: StatementPlace,
): RawCaller {
  const originAt = (below: ValuePath) => originOfValue(source, [...path, ...below]);
  const { Sid: _sid, until: _until, reason: _reason, ...elements } = statement;
  const grammar = checkStatement({ Resource: resource, ...elements }, "resource");
  const diagnostics = [
    ...authorProblems(statement, originAt),
    ...grammar.map((fault) => errorAt(originAt(fault.steps), "statement", fault)),
  ];
  if (diagnostics.length > 0) return { permissions: [], diagnostics };
  const reading = readPermission(elements, resource);
  if (reading.kind === "permission") return { permissions: [reading.permission], diagnostics: [] };
  return {
    permissions: [],
    diagnostics: reading.faults.map((fault) => errorAt(originAt(fault.steps), "caller-form", fault)),
  };
}
