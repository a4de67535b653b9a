import { describeStatement, readStatements } from "../../diff/callers/statements.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { callerSidPrefix } from "../../iam/compare/sid.ts";
import { byText } from "../../text/order.ts";
import { functionArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { liveFunction } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { DELETION, draftOf, EMPTY_PART, type Draft, type Part } from "../order/draft.ts";

/** Statements that carry this owner's Sid, on every qualifier that was read. */
export function removeStatements(binding: DesiredBinding, context: PlanContext): Part {
  const found = liveFunction(context.live, binding.region, binding.functionName);
  if (found.kind !== "present") return EMPTY_PART;
  const dialect = documentContext(binding, "resource");
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const drafts = [...found.value.policies]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([qualifier, policy]): readonly Draft[] => {
      const reading = readStatements(policy, dialect);
      if (reading.kind === "unread") return [];
      const ours = reading.members.map((member) => describeStatement(member, prefix, dialect));
      return ours
        .filter((statement) => statement.ours)
        .map(({ sid, text }) => {
          const at = qualifier === "" ? null : qualifier;
          return draftOf({
            ...DELETION,
            call: "lambda:RemovePermission",
            input: removalInput(binding, sid ?? "", at),
            target: functionArn(binding, binding.functionName, at),
            before: text,
          });
        });
    });
  return { ...EMPTY_PART, drafts };
}

export function removalInput(
  { functionName }: DesiredBinding,
  sid: string,
  qualifier: string | null,
): JsonObject {
  const named = { FunctionName: functionName, StatementId: sid };
  return qualifier === null ? named : { ...named, Qualifier: qualifier };
}
