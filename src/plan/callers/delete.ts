import { describeStatement, readStatements } from "../../diff/callers/statements.ts";
import { formerFunctions } from "../../diff/callers/former.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { callerSidPrefix } from "../../iam/compare/sid.ts";
import { byText } from "../../text/order.ts";
import { functionArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { liveFunction } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { withheldOf } from "../inputs/withheld.ts";
import { DELETION, draftOf, EMPTY_PART, joinParts, withheldPart, type Part } from "../order/draft.ts";
import { keptFor, replacedUntilMs, type RemovalPlace } from "./relied-on.ts";

/**
 * Statements that carry this owner's Sid, on every qualifier that was read, of the function and of those that the manifest
 * named before.
 */
export function removeStatements(binding: DesiredBinding, context: PlanContext): Part {
  const names = [binding.functionName, ...formerFunctions(binding, context.record)];
  return joinParts(
    names.flatMap((name) => {
      const found = liveFunction(context.live, binding.region, name);
      if (found.kind !== "present") return [];
      return [...found.value.policies.keys()]
        .sort(byText)
        .map((qualifier) => removeFrom({ binding, found: found.value, qualifier }, context));
    }),
  );
}

function removeFrom(place: RemovalPlace, context: PlanContext): Part {
  const { binding, found, qualifier } = place;
  const dialect = documentContext(binding, "resource");
  const reading = readStatements(found.policies.get(qualifier), dialect);
  if (reading.kind === "unread") return EMPTY_PART;
  const prefix = callerSidPrefix(context.instance, ownerOf(binding));
  const ours = reading.members
    .map((member) => describeStatement(member, prefix, dialect))
    .filter((statement) => statement.ours);
  const at = qualifier === "" ? null : qualifier;
  const target = functionArn(binding, found.name, at);
  const kept = ours.length === 0 ? null : keptFor(place, context);
  if (kept !== null) {
    const reason = `its statements on ${found.name} are kept: ${kept.reason}`;
    return withheldPart(withheldOf(target)(kept.kind, reason, kept.fix));
  }
  const drafts = ours.map(({ sid, text }) =>
    draftOf({
      ...DELETION,
      call: "lambda:RemovePermission",
      input: removalInput({ functionName: found.name }, sid ?? "", at),
      target,
      before: text,
      notBeforeMs: replacedUntilMs(target, context),
    }),
  );
  return { ...EMPTY_PART, drafts };
}

export function removalInput(
  { functionName }: Pick<DesiredBinding, "functionName">,
  sid: string,
  qualifier: string | null,
): JsonObject {
  const named = { FunctionName: functionName, StatementId: sid };
  return qualifier === null ? named : { ...named, Qualifier: qualifier };
}
