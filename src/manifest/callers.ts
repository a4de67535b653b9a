import type { DocumentContext } from "../iam/document.ts";
import { callerSid } from "../iam/sid.ts";
import { functionArn, type FunctionPlace } from "../model/arn.ts";
import type { AddPermissionInput, DesiredCaller } from "../model/desired.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import { CALLERS, callerEntry } from "./callers/catalogue.ts";
import type { CallerEntry, Permission } from "./callers/entry.ts";
import { statementOf } from "./callers/statement.ts";
import { compareText, errorAt } from "./diagnostics.ts";
import { originOfKey, originOfValue } from "./located.ts";
import type { Source } from "./permissions.ts";
import type { CallerItem } from "./schema/function-permission.ts";

export interface CallerTarget extends FunctionPlace {
  readonly functionName: string;
  /** Of the instance and the owner: `gk_<8>_<8>_`. */
  readonly sidPrefix: string;
}

export interface CompiledCallers {
  /** Sorted by qualifier (none first), then Sid; each once. */
  readonly callers: readonly DesiredCaller[];
  readonly diagnostics: readonly Diagnostic[];
}

const NAMES = Object.keys(CALLERS);

/** `spec.invokedBy`, after substitution. */
export function compileCallers(
  items: readonly CallerItem[],
  target: CallerTarget,
  source: Source,
): CompiledCallers {
  const bySid = new Map<string, DesiredCaller>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, item] of items.entries()) {
    const name = NAMES.find((caller) => item[caller] !== undefined) ?? "";
    const entry = callerEntry(name);
    // oneOf has checked that there is one.
    if (entry === undefined) continue;
    const path = ["spec", "invokedBy", index];
    const qualifier = item.qualifier ?? null;
    if (entry.qualifier === "alias" && qualifier !== null && /^\d+$/.test(qualifier)) {
      const origin = originOfValue(source.located, source.file, [...path, "qualifier"]);
      diagnostics.push(
        errorAt(
          origin,
          "qualifier",
          `${name} stands on an alias, ${qualifier} is a version`,
          "write an alias",
        ),
      );
    }
    const origin = originOfKey(source.located, source.file, [...path, name]);
    for (const caller of expand(entry, item[name] as never, qualifier, target)) {
      const identity = `${qualifier ?? ""} ${caller.sid}`;
      if (!bySid.has(identity)) bySid.set(identity, { ...caller, origin });
    }
  }
  const sorted = [...bySid.entries()].sort(([a], [b]) => compareText(a, b));
  return { callers: sorted.map(([, caller]) => caller), diagnostics };
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
    const sid = callerSid(target.sidPrefix, body, context);
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
