import type { ValuePath } from "../../text/located/value-path.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { callerSid } from "../../iam/compare/sid.ts";
import type { Arn, FunctionPlace } from "../../model/aws/arn.ts";
import type { AddPermissionInput, DesiredCaller } from "../../model/desired.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import { byText } from "../../text/order.ts";
import { CALLER_ENTRIES } from "../callers/catalogue.ts";
import type { CallerEntry, Permission } from "../callers/entry.ts";
import { statementOf } from "../callers/statement.ts";
import { originOfKey, originOfValue } from "../../text/located/located.ts";
import type { LocatedFile } from "./permissions.ts";
import type { CallerItem } from "../schema/function-permission.ts";

export interface CallerTarget {
  readonly at: FunctionPlace;
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: Arn;
  /** Of the instance and the owner: `gk_<8>_<8>_`. */
  readonly sidPrefix: () => string;
}

export interface CompiledCallers {
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
  if (items.length === 0) return NONE;
  const callers: DesiredCaller[] = [];
  const diagnostics: Diagnostic[] = [];
  items.forEach((item, index) => {
    const qualifier = item.qualifier ?? null;
    for (const name of Object.keys(item)) {
      const entry = ENTRIES.get(name);
      if (entry === undefined || item[name] === undefined) continue;
      const path = ["spec", "invokedBy", index];
      diagnostics.push(...qualifierProblems(entry, qualifier, path, source));
      const origin = originOfKey(source, [...path, name]);
      callers.push(...expand(entry, item[name] as never, { qualifier, origin }, target));
    }
  });
  return { callers: sortedOnce(callers), diagnostics };
}

const NONE: CompiledCallers = { callers: [], diagnostics: [] };
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

function qualifierProblems(
  entry: CallerEntry,
  qualifier: string | null,
  path: ValuePath,
  source: LocatedFile,
): readonly Diagnostic[] {
  if (entry.qualifier !== "alias" || qualifier === null || !/^\d+$/.test(qualifier)) return [];
  const origin = originOfValue(source, [...path, "qualifier"]);
  const message = `${entry.caller} stands on an alias, ${qualifier} is a version`;
  return [errorAt(origin, "qualifier", { message, fix: "write an alias" })];
}

function expand(
  entry: CallerEntry,
  fields: never,
  { qualifier, origin }: Pick<DesiredCaller, "qualifier" | "origin">,
  target: CallerTarget,
): readonly DesiredCaller[] {
  const { at, functionArn: arn } = target;
  const { partition, accountId } = at;
  const context: DocumentContext = { dialect: "resource", partition, accountId };
  const callee = qualifier === null ? arn : `${arn}:${qualifier}`;
  return entry.expand(fields, at).map((permission) => {
    const body = statementOf(permission, callee, partition);
    const sid = callerSid(target.sidPrefix(), body, context);
    return {
      qualifier,
      sid,
      statement: { Sid: sid, ...body },
      input: inputOf(permission, sid, qualifier, target),
      caller: entry.caller,
      origin,
    };
  });
}

function inputOf(
  permission: Permission,
  sid: string,
  qualifier: string | null,
  target: CallerTarget,
): AddPermissionInput {
  return {
    FunctionName: target.functionName,
    StatementId: sid,
    ...permission,
    ...(qualifier === null ? {} : { Qualifier: qualifier }),
  };
}
