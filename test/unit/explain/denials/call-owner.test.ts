import { describe, expect, test } from "@jest/globals";
import { DeclaredCallers } from "../../../../src/explain/denials/call-owner.ts";
import type { CallDenial } from "../../../../src/model/denials/call-denial.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { call } from "./calls.ts";

const OTHER_ACCOUNT = "999999999999" as AccountId;
const OTHER_REGION = "us-east-2" as Region;
/** The same function in another region, on the same role. */
const SIBLING: DesiredBinding = {
  ...BINDING,
  key: BINDING.key.replace(BINDING.region, OTHER_REGION) as Key,
  region: OTHER_REGION,
  functionArn: BINDING.functionArn.replace(BINDING.region, OTHER_REGION) as Arn,
};

const ownerOf = (change: Partial<CallDenial>, bindings = [BINDING]) =>
  new DeclaredCallers(bindings).ownerOf(call(change));

describe("a denied call", () => {
  test.each<{ readonly because: string; readonly change: Partial<CallDenial> }>([
    { because: "its session has the function's name", change: {} },
    { because: "it called a service of another region", change: { region: OTHER_REGION } },
    { because: "AWS issued the credentials to it", change: { issuedTo: BINDING.functionArn } },
    { because: "AWS issued them to a version of it", change: { issuedTo: `${BINDING.functionArn}:7` } },
  ])("is of the function on its declared role, as $because", ({ change }) => {
    expect(ownerOf(change)).toEqual({ kind: "function", key: BINDING.key });
  });

  test.each<{ readonly because: string; readonly change: Partial<CallDenial> }>([
    { because: "its session has another name", change: { sessionName: "alice@example.com" } },
    {
      because: "its credentials were issued to another function, and its session has the name of this one",
      change: { issuedTo: `${BINDING.functionArn}-other` },
    },
  ])("on the role of a function is not its own: $because", ({ change }) => {
    expect(ownerOf(change)).toEqual({ kind: "other-session", key: BINDING.key });
  });

  test("of the function on a role that its manifest does not declare is of another role", () => {
    const roleArn = "arn:aws:iam::111122223333:role/former";

    expect(ownerOf({ roleArn })).toEqual({ kind: "other-role", key: BINDING.key });
  });

  test.each<{ readonly because: string; readonly change: Partial<CallDenial> }>([
    {
      because: "no manifest declares its role or function",
      change: { roleArn: "arn:aws:iam::111122223333:role/x", sessionName: "x" },
    },
    { because: "it is of another account", change: { accountId: OTHER_ACCOUNT } },
  ])("is not of a managed function if $because", ({ change }) => {
    expect(ownerOf(change)).toEqual({ kind: "not-managed" });
  });

  test("of functions in several regions on one role is of the one in the region of the call", () => {
    const both = [BINDING, SIBLING];

    expect(ownerOf({ region: OTHER_REGION }, both)).toEqual({ kind: "function", key: SIBLING.key });
    expect(ownerOf({ region: "eu-north-1" }, both)).toEqual({ kind: "other-session", key: BINDING.key });
    expect(ownerOf({ region: "eu-north-1", issuedTo: SIBLING.functionArn }, both)).toEqual({
      kind: "function",
      key: SIBLING.key,
    });
  });
});
