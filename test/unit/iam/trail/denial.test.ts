import { describe, expect, test } from "@jest/globals";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { isDenial, isDeniedCall } from "../../../../src/iam/denial/denial-code.ts";
import { NOTHING_REPORTED } from "../../../../src/model/denials/reported-denial.ts";
import { ALICE_SESSION, changeMessage } from "../../../support/aws/change-message.ts";

const ACCOUNTS = new Set(["111122223333"]);
const DENIED = {
  eventSource: "kms.amazonaws.com",
  eventName: "Decrypt",
  errorCode: "AccessDenied",
  readOnly: true,
};

const deniedIn = (record: Readonly<Record<string, unknown>>) => {
  const message = readChangeMessage(
    changeMessage({ envelope: { source: "aws.kms" }, record: { ...DENIED, ...record } }),
    ACCOUNTS,
  );
  return message.kind === "failed-call" ? message.denied : message.kind;
};

describe("a call that AWS denied", () => {
  test("has the role of its session, its name, the code and the time", () => {
    expect(deniedIn({})).toEqual({
      id: "e0000000-0000-4000-8000-000000000001",
      accountId: "111122223333",
      region: "us-east-1",
      atMs: Date.parse("2026-11-28T10:32:07Z"),
      call: "kms:Decrypt",
      code: "AccessDenied",
      roleArn: ALICE_SESSION.sessionContext.sessionIssuer.arn,
      sessionName: "alice@example.com",
      issuedTo: null,
      reported: {
        ...NOTHING_REPORTED,
        action: "kms:Decrypt",
        operation: "Decrypt",
        region: "us-east-1",
      },
    });
  });

  test("has the function that AWS issued the credentials to", () => {
    const credentialsIssuedTo = "arn:aws:lambda:us-east-1:111122223333:function:orders-api";
    const inScopeOf = { issuerType: "AWS::Lambda::Function", credentialsIssuedTo };
    const other = { issuerType: "AWS::EC2::Instance", credentialsIssuedTo: "i-0123" };

    expect(deniedIn({ userIdentity: { ...ALICE_SESSION, inScopeOf } })).toMatchObject({
      issuedTo: credentialsIssuedTo,
    });
    expect(deniedIn({ userIdentity: { ...ALICE_SESSION, inScopeOf: other } })).toMatchObject({
      issuedTo: null,
    });
  });

  test.each([
    ["a control character", "key/\u001b[31mred"],
    ["a character that is not seen", "key/\u200btable"],
    ["too many characters", `key/${"x".repeat(1_100)}`],
  ])("has no name with %s", (_, name) => {
    const keyId = `arn:aws:kms:us-east-1:111122223333:${name}`;

    expect(deniedIn({ requestParameters: { keyId } })).toMatchObject({
      reported: { action: "kms:Decrypt", resource: null },
    });
  });

  test("has neither a policy nor a context with a name that cannot be shown", () => {
    const policy = `arn:aws:iam::111122223333:policy/${"x".repeat(1_100)}`;
    const action = "User: x is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::b";
    const errorMessage = `${action} with an explicit deny in an identity-based policy: ${policy}`;
    const listed = { eventSource: "s3.amazonaws.com", eventName: "ListObjects", errorMessage };

    expect(deniedIn({ ...listed, requestParameters: { bucketName: "b", prefix: "a\u0007" } })).toMatchObject({
      reported: { action: "s3:ListBucket", policy: null, context: {} },
    });
  });

  test.each([
    { record: { errorCode: "ThrottlingException" }, because: "it failed for another reason" },
    { record: { userIdentity: { type: "IAMUser", userName: "alice" } }, because: "its caller is no role" },
    {
      record: { userIdentity: { ...ALICE_SESSION, accountId: "999999999999" } },
      because: "the record is a copy for the account of the resource",
    },
  ])("is none if $because", ({ record }) => {
    expect(deniedIn(record)).toBeNull();
  });

  test("is not believed if a principal may have sent it", () => {
    const body = changeMessage({ envelope: { source: "orders.events" }, record: DENIED });

    expect(readChangeMessage(body, ACCOUNTS)).toEqual({ kind: "contradictory" });
  });

  test.each([
    ["AccessDenied", true],
    ["AccessDeniedException", true],
    ["Client.UnauthorizedOperation", true],
    ["NotAuthorizedException", true],
    ["AuthorizationErrorException", true],
    ["KMSAccessDeniedException", true],
    ["NoSuchEntity", false],
    ["ThrottlingException", false],
  ])("has the code %s: %s", (code, expected) => {
    expect(isDenial(code)).toBe(expected);
  });

  test.each([
    { errorMessage: "Incorrect username or password.", expected: false },
    { errorMessage: "User: x is not authorized to perform: cognito-idp:AdminInitiateAuth", expected: true },
  ])("of Cognito is denied only by IAM: $errorMessage", ({ errorMessage, expected }) => {
    const eventSource = "cognito-idp.amazonaws.com";

    expect(isDeniedCall({ eventSource, errorCode: "NotAuthorizedException", errorMessage })).toBe(expected);
  });
});
