import { statementTexts } from "../../diff/callers/statements.ts";
import { isSwitch, type Action } from "../../model/plan.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";
import { liveFunction, type LiveAccount, type LiveResourcePolicy } from "../../model/live.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { Pass } from "../../judge/subject.ts";
import type { Reads } from "./observe.ts";
import { targetFunction, type TargetFunction } from "./target-function.ts";

/**
 * The revision id that a Lambda call must name: of the resource policy, or of the function. It is read just before the
 * call, since each write changes it. null: the call takes none, or there is no policy yet. A read without an id is a
 * failure: without the id the call would overwrite concurrent changes. It is also a failure if an object that the call
 * would overwrite or remove has changed since it was compared. A function may run on another role than the one that the
 * plan moves it from, or no longer exist. A statement may have been replaced under its Sid, or removed.
 */
export async function readRevisionId(
  pass: Pass,
  action: Action,
  { live, signal }: Reads,
): Promise<Result<string | null, AwsError>> {
  if (!action.call.startsWith("lambda:")) return ok(null);
  const place = targetFunction(action);
  const functions = [
    {
      region: place.region,
      functionName: place.name,
      qualifiers: [place.qualifier],
      versions: false,
      aliases: false,
      switchTo: null,
    },
  ];
  const request = { account: pass.account, pass: pass.id, roleNames: [], policyArns: [], functions };
  const seen = await live.read(request, signal);
  return seen.kind === "err" ? seen : revisionIn(seen.value, action, place);
}

function revisionIn(
  seen: LiveAccount,
  action: Action,
  place: TargetFunction,
): Result<string | null, AwsError> {
  const found = liveFunction(seen, place.region, place.name);
  if (found.kind === "unknown") return err(notRead(action, found.reason));
  if (found.kind === "absent") return isAddition(action) ? ok(null) : err(goneSince(action));
  if (isSwitch(action)) {
    const { revisionId, roleArn } = found.value;
    if (roleArn !== action.before) return err(movedSince(action, roleArn));
    return revisionId === null
      ? err(notRead(action, "AWS returned no revision ID for the function"))
      : ok(revisionId);
  }
  const policy = found.value.policies.get(place.qualifier ?? "") ?? {
    kind: "unknown",
    reason: "the policy was not read",
  };
  if (policy.kind === "unknown") return err(notRead(action, policy.reason));
  if (isAddition(action)) return ok(policy.kind === "present" ? policy.value.revisionId : null);
  return policy.kind === "present" && isStatementAsCompared(policy.value, action)
    ? ok(policy.value.revisionId)
    : err(statementChangedSince(action));
}

/** An addition overwrites nothing: AWS rejects a Sid that exists. */
function isAddition({ call }: Action): boolean {
  return call === "lambda:AddPermission";
}

/** A Sid names a statement, not what it allows: a tool that deploys again removes it and adds another one under it. */
function isStatementAsCompared({ text }: LiveResourcePolicy, action: Action): boolean {
  const { partition, accountId } = arnParts(action.target);
  const texts = statementTexts(text, sidOf(action), { dialect: "resource", partition, accountId });
  return texts.length > 0 && texts.every((one) => one === action.before);
}

function sidOf({ call, input }: Action): string {
  const sid = input["StatementId"];
  if (typeof sid !== "string") throw new Error(`${call} names no statement`);
  return sid;
}

/**
 * The comparison and the approval were about the way from another role: the id of this read would overwrite a
 * deployment.
 */
function movedSince(action: Action, roleArn: string): AwsError {
  return notAsCompared(action, {
    code: "FunctionMoved",
    message: `the function was moved to ${roleArn} since it was compared`,
  });
}

/**
 * A deployer that replaces a function deletes it first. Without an id, the call would overwrite the role of the new one, or
 * remove a statement of it.
 */
function goneSince(action: Action): AwsError {
  return notAsCompared(action, {
    code: "FunctionGone",
    message: "the function was deleted since it was compared",
  });
}

function statementChangedSince(action: Action): AwsError {
  return notAsCompared(action, {
    code: "StatementChanged",
    message: `statement "${sidOf(action)}" was replaced or removed since it was compared`,
  });
}

function notAsCompared(action: Action, fault: Pick<AwsError["facts"], "code" | "message">): AwsError {
  return new AwsError({
    call: `${action.call} ${action.target}`,
    ...fault,
    disposition: { kind: "replan" },
    requestId: null,
    lost: false,
  });
}

function notRead(action: Action, reason: string): AwsError {
  return new AwsError({
    call: `${action.call} ${action.target}`,
    code: "NotRead",
    message: reason,
    disposition: { kind: "throttled" },
    requestId: null,
    lost: false,
  });
}
