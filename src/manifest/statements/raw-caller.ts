import { checkStatement } from "../../iam/check/grammar/statement.ts";
import { readPermission, type Permission } from "../../iam/read/add-permission.ts";
import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { originOfValue, type LocatedFile } from "../../text/located/located.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { authorProblems } from "./compiled-statement.ts";

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
export function compileRawCaller(
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
