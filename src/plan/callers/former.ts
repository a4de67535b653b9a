import { isAtEdge } from "../../diff/function/edge.ts";
import { functionInArn } from "../../model/aws/arn.ts";
import { turnedDelta } from "../../model/delta.ts";
import { liveFunction } from "../../model/live.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";
import { withheldOf } from "../inputs/withheld.ts";
import { draftOf, EMPTY_PART, joinParts, withheldPart, type Part } from "../order/draft.ts";
import { removalInput, keptFor, replacedUntilMs } from "./delete.ts";

type FormerDrift = ReturnType<typeof driftsOf<"former-statement">>[number];

/** What the plan does at the function that is declared now. */
interface PlannedFunction {
  readonly callers: Part;
  /** The function's role. */
  readonly ofFunction: Part;
}

/**
 * Removes our statements from functions that the manifest named before. First the function that it names now has its
 * role and all of its callers; the step then waits until AWS shows them everywhere.
 */
export function planFormerFunctions(scope: BindingScope, planned: PlannedFunction): Part {
  const drifts = driftsOf(scope.drifts, "former-statement");
  if (drifts.length === 0) return EMPTY_PART;
  const missing = notInPlace(scope, planned);
  if (missing !== null) {
    const kept = drifts.map(({ subject }) =>
      withheldOf(subject)("waiting", `${keptText(subject)}: ${missing}`),
    );
    return withheldPart(...kept);
  }
  return joinParts(drifts.map((drift) => planFormer(drift, scope)));
}

/** Why the declared function does not have its role and its callers after this plan; null: it does. */
function notInPlace(
  { binding, found, drifts, context }: BindingScope,
  { callers, ofFunction }: PlannedFunction,
): string | null {
  const { functionName } = binding;
  if (found === null) {
    const reading = liveFunction(context.live, binding.region, functionName);
    return reading.kind === "unknown" ? reading.reason : `function ${functionName} does not exist yet`;
  }
  const unread = binding.callers.find(({ qualifier }) => {
    const policy = found.policies.get(qualifier ?? "");
    return policy === undefined || policy.kind === "unknown";
  });
  if (unread !== undefined) return `the policy of ${functionName} was not read`;
  if (ofFunction.withheld.length + ofFunction.approvable.length > 0)
    return `the role of ${functionName} is not set yet`;
  const added = callers.drafts.filter(({ call }) => call === "lambda:AddPermission").length;
  const isComplete = added === driftsOf(drifts, "statement-missing").length;
  return isComplete ? null : `a caller of ${functionName} cannot be added yet`;
}

function planFormer(drift: FormerDrift, scope: BindingScope): Part {
  const { binding, context } = scope;
  const { sid, qualifier } = drift.change;
  const { subject } = drift;
  const name = functionInArn(subject)?.name ?? "";
  const found = liveFunction(context.live, binding.region, name);
  const held = withheldOf(subject);
  // A function that is not there has no statement to remove.
  if (found.kind === "absent") return EMPTY_PART;
  if (found.kind === "unknown")
    return withheldPart(held("unreadable", `${keptText(subject)}: ${found.reason}`, null));
  if (isAtEdge(binding, found.value, context.live)) {
    const reason = `${keptText(subject)}: ${name} runs at Lambda@Edge, which is not supported`;
    return withheldPart(held("unmodifiable", reason, "remove the statement by hand"));
  }
  const kept = keptFor({ binding, found: found.value, qualifier: qualifier ?? "" }, context);
  if (kept !== null) return withheldPart(held(kept.kind, `${keptText(subject)}: ${kept.reason}`, kept.fix));
  const draft = draftOf({
    step: "remove",
    call: "lambda:RemovePermission",
    input: removalInput({ functionName: name }, sid, qualifier),
    target: subject,
    before: drift.live,
    after: null,
    cause: drift.cause,
    destructive: true,
    delta: turnedDelta(drift.delta),
    notBeforeMs: replacedUntilMs(subject, context),
  });
  return { ...EMPTY_PART, drafts: [draft] };
}

function keptText(subject: string): string {
  return `a statement on the former function ${functionInArn(subject)?.name ?? subject} is kept`;
}
