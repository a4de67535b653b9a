import type { FunctionPlace } from "../../../model/aws/arn.ts";
import { beginsLogGroup, ownLogGroup } from "../../../model/aws/log-group.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { originOfValue, type LocatedFile } from "../../../text/located/located.ts";
import type { Expansion } from "../../grants/entry.ts";
import { ownLogs, prefixLogs, type PrefixLogs } from "../../grants/own.ts";
import type { FunctionPermissionSpec } from "../../schema/function-permission.ts";

/** What `spec.logs` means for one function. */
export type DeclaredLogs =
  | { readonly kind: "none" }
  | { readonly kind: "group"; readonly group: string; readonly create: boolean }
  | ({ readonly kind: "prefix" } & PrefixLogs);

export function declaredLogs({ logs }: FunctionPermissionSpec, functionName: string): DeclaredLogs {
  if (logs === false) return { kind: "none" };
  const { group = ownLogGroup(functionName), groupPrefix, create = true, tag = false } = logs ?? {};
  if (groupPrefix === undefined) return { kind: "group", group, create };
  return { kind: "prefix", groupPrefix, create, tag };
}

export function logsExpansions(logs: DeclaredLogs, place: FunctionPlace): readonly Expansion[] {
  switch (logs.kind) {
    case "none":
      return [];
    case "group":
      return ownLogs(logs, place);
    case "prefix":
      return prefixLogs(logs, place);
  }
}

/** null unless it is exactly one. */
export function logGroupOf(logs: DeclaredLogs): string | null {
  return logs.kind === "group" ? logs.group : null;
}

/** A prefix is for the service of the function, so that no function can name the log groups of another service. */
export function logsProblems(
  logs: DeclaredLogs,
  functionName: string,
  source: LocatedFile,
): readonly Diagnostic[] {
  if (logs.kind !== "prefix" || beginsLogGroup(logs.groupPrefix, functionName)) return [];
  const own = ownLogGroup(functionName);
  const message = `"${logs.groupPrefix}" does not begin the function's own log group ${own}, up to a dash`;
  const fix = "remove groupPrefix: by default the function writes to its own log group";
  return [errorAt(originOfValue(source, ["spec", "logs", "groupPrefix"]), "log-group", { message, fix })];
}
