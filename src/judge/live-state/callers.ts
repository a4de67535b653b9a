import { documentContext } from "../../diff/documents/document-context.ts";
import { readStatement, writtenStatement } from "../../iam/read/statement.ts";
import type { DesiredBinding, DesiredCaller } from "../../model/desired.ts";
import type { Drift, LeftAloneStatement } from "../../model/drift.ts";
import { notUnderstood } from "./statements.ts";

interface CallersInAws {
  readonly callers: readonly DesiredCaller[];
  readonly unread: readonly string[];
}

/** The callers that AWS lets in: the declared ones that are there, and those that Git does not declare. */
export function callersInAws(
  binding: DesiredBinding,
  drifts: readonly Drift[],
  leftAlone: readonly LeftAloneStatement[],
): CallersInAws {
  const changes = drifts.map(({ change }) => change);
  const missing = changes.filter((change) => change.kind === "statement-missing");
  const extra = drifts.flatMap(({ change, live }): readonly LeftAloneStatement[] =>
    change.kind === "statement-extra" && live !== null ? [{ qualifier: change.qualifier, text: live }] : [],
  );
  const undeclared = [...extra, ...leftAlone].map((statement) => callerInAws(statement, binding));
  if (missing.length === 0 && undeclared.length === 0) return { callers: binding.callers, unread: [] };
  const isThere = ({ sid, qualifier }: DesiredCaller): boolean =>
    !missing.some((change) => change.sid === sid && change.qualifier === qualifier);
  return {
    callers: [...binding.callers.filter(isThere), ...undeclared.flatMap(({ callers }) => callers)],
    unread: undeclared.flatMap(({ unread }) => unread),
  };
}

/** A Deny lets no one in, so that no rule about callers is for it. */
function callerInAws({ qualifier, text }: LeftAloneStatement, binding: DesiredBinding): CallersInAws {
  const member = readStatement(JSON.parse(text), documentContext(binding, "resource"));
  const unread = notUnderstood(`the policy of ${binding.functionName}`, member);
  if (member.kind === "opaque" || member.effect === "Deny") return { callers: [], unread };
  const statement = writtenStatement(member);
  const sid = member.sid ?? "";
  const input = { FunctionName: binding.functionName, StatementId: sid, Action: "", Principal: "" };
  const origin = binding.functionOrigin;
  return { callers: [{ qualifier, sid, statement, input, caller: "statement", origin }], unread };
}
