import type { DocumentContext } from "../iam/document.ts";
import { callerSid } from "../iam/sid.ts";
import { functionArn, type FunctionPlace } from "../model/arn.ts";
import type { AddPermissionInput, DesiredCaller } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { CALLER_ENTRIES } from "./callers/catalogue.ts";
import type { CallerEntry, Permission } from "./callers/entry.ts";
import { statementOf } from "./callers/statement.ts";
import { compareText, errorAt } from "./diagnostics.ts";
import { originOfKey, originOfValue, type ValuePath } from "./located.ts";
import type { Source } from "./permissions.ts";
import type { CallerItem } from "./schema/function-permission.ts";

export interface CallerTarget extends FunctionPlace {
  readonly functionName: string;
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
  source: Source,
): CompiledCallers {
  const byIdentity = new Map<string, DesiredCaller>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, item] of items.entries()) {
    const qualifier = item.qualifier ?? null;
    for (const entry of CALLER_ENTRIES) {
      if (item[entry.caller] === undefined) continue;
      const path = ["spec", "invokedBy", index];
      diagnostics.push(...qualifierProblems(entry, qualifier, path, source));
      const origin = originOfKey(source.located, source.file, [...path, entry.caller]);
      for (const caller of expand(entry, item[entry.caller] as never, qualifier, target)) {
        const identity = `${qualifier ?? ""} ${caller.sid}`;
        if (!byIdentity.has(identity)) byIdentity.set(identity, { ...caller, origin });
      }
    }
  }
  const sorted = [...byIdentity.entries()].sort(([a], [b]) => compareText(a, b));
  return { callers: sorted.map(([, caller]) => caller), diagnostics };
}

function qualifierProblems(
  entry: CallerEntry,
  qualifier: string | null,
  path: ValuePath,
  source: Source,
): readonly Diagnostic[] {
  if (entry.qualifier !== "alias" || qualifier === null || !/^\d+$/.test(qualifier)) return [];
  const origin = originOfValue(source.located, source.file, [...path, "qualifier"]);
  const message = `${entry.caller} stands on an alias, ${qualifier} is a version`;
  return [errorAt(origin, "qualifier", message, "write an alias")];
}

function expand(
  entry: CallerEntry,
  fields: never,
  qualifier: string | null,
  target: CallerTarget,
): readonly Omit<DesiredCaller, "origin">[] {
  const context: DocumentContext = {
    dialect: "resource",
    partition: target.partition,
    accountId: target.accountId,
  };
  return entry.expand(fields, target).map((permission) => {
    const body = statementOf(
      permission,
      functionArn(target, target.functionName, qualifier),
      target.partition,
    );
    const sid = callerSid(target.sidPrefix(), body, context);
    return {
      qualifier,
      sid,
      statement: { Sid: sid, ...body },
      input: inputOf(permission, sid, qualifier, target),
      caller: entry.caller,
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
