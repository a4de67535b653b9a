import { describe, expect, test } from "@jest/globals";
import { explainedPass } from "../../../../src/controller/pass/explain.ts";
import { AwsError } from "../../../../src/model/aws/errors/aws-error.ts";
import { binding, desiredAccount } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { actionOf } from "../../../support/pass/passes.ts";
import type { WriteOutcome } from "../../../../src/settle/outcome/outcome.ts";

const STATE = binding();
const DELETED = "AROA2EXAMPLEDELETED01";
const ACCOUNT_ROLE = "arn:aws:iam::111122223333:role/batch";

function refused(input: Readonly<Record<string, string>>, about = true): WriteOutcome {
  const facts = {
    call: "lambda:AddPermission",
    code: "InvalidParameterValue",
    message: "The provided principal was invalid.",
    disposition: { kind: "retry", deadlineMs: 1 },
    requestId: null,
    lost: false,
    ...(about && { about: "principal" as const }),
  } as const;
  const action = actionOf({
    key: STATE.key,
    call: "lambda:AddPermission",
    input: { FunctionName: STATE.functionName, ...input },
  });
  return { kind: "failed", action, intent: 1, error: new AwsError(facts), isOverdue: false };
}

function messageOf(outcome: WriteOutcome, sid?: string): string {
  const statement = {
    Effect: "Allow",
    Principal: { AWS: DELETED },
    Action: "lambda:InvokeFunction",
    Resource: "*",
  };
  const policy = presentPolicy(sid === undefined ? statement : { ...statement, Sid: sid });
  const policies = new Map([
    ["", policy],
    ["live", policy],
  ]);
  const live = accountWith({ found: liveFunctionOf(STATE, { policies }) });
  const seen = explainedPass(outcome, { account: desiredAccount(), live });
  return seen.kind === "failed" ? seen.error.facts.message : seen.kind;
}

describe("a caller that AWS rejects", () => {
  test("is explained by each statement that names a deleted principal, of the same qualifier", () => {
    const message = messageOf(refused({ Principal: "s3.amazonaws.com", Qualifier: "live" }), "manual");

    expect(message).toBe(
      `The provided principal was invalid. In its policy statement "manual" names ${DELETED}, which was deleted; ` +
        `remove it: aws lambda remove-permission --region eu-west-1 --function-name ${STATE.functionName} ` +
        "--qualifier live --statement-id manual",
    );
  });

  test("names the command for a statement that RemovePermission can't reach", () => {
    expect(messageOf(refused({ Principal: "s3.amazonaws.com" }))).toContain(
      "write the policy without it: aws lambda get-policy --region eu-west-1",
    );
  });

  test("is explained if the principal does not exist", () => {
    expect(messageOf(refused({ Principal: ACCOUNT_ROLE }), "manual")).toContain(
      `The caller ${ACCOUNT_ROLE} does not exist.`,
    );
  });

  test("keeps AWS's message for any other cause", () => {
    expect(messageOf(refused({ Principal: ACCOUNT_ROLE }, false), "manual")).toBe(
      "The provided principal was invalid.",
    );
  });
});
