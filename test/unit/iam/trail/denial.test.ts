import { describe, expect, test } from "@jest/globals";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { isDenial } from "../../../../src/iam/trail/denial.ts";
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
      atMs: Date.parse("2026-11-28T10:32:07Z"),
      call: "kms:Decrypt",
      code: "AccessDenied",
      roleArn: ALICE_SESSION.sessionContext.sessionIssuer.arn,
    });
  });

  test.each([
    { record: { errorCode: "ThrottlingException" }, because: "it failed for another reason" },
    { record: { userIdentity: { type: "IAMUser", userName: "alice" } }, because: "its caller is no role" },
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
});
