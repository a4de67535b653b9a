import { expect, test } from "@jest/globals";
import { actorOf } from "../../../../src/iam/trail/actor.ts";
import { trailRecord } from "../../../../src/iam/trail/trail-record.ts";
import type { Actor } from "../../../../src/model/changes/change-event.ts";
import { ALICE_SESSION, changeMessage } from "../../../support/aws/change-message.ts";

function actor(userIdentity: object, further: object = {}): Actor {
  const body = changeMessage({ record: { userIdentity, ...further } });
  const record = trailRecord((JSON.parse(body) as { readonly detail: unknown }).detail);
  if (record === null) throw new Error("not a record");
  return actorOf(record);
}

test("a session of IAM Identity Center is the person, with the role that they chose", () => {
  expect(actor(ALICE_SESSION)).toEqual({
    kind: "role-session",
    name: "alice@example.com",
    role: "AWSReservedSSO_Admin",
    roleArn: ALICE_SESSION.sessionContext.sessionIssuer.arn,
    service: null,
    accountId: null,
    sourceAddress: "203.0.113.7",
    accessKeyId: "ASIAEXAMPLE0000000001",
    usedMfa: true,
  });
});

const arn = (resource: string) => `arn:aws:iam::111122223333:${resource}`;

test.each([
  [
    "a user",
    { type: "IAMUser", userName: "dana", arn: arn("user/dana"), accountId: "111122223333" },
    { kind: "user", name: "dana", role: null, accountId: null, usedMfa: null },
  ],
  ["a user without a name", { type: "IAMUser", arn: arn("user/x/dana") }, { kind: "user", name: "dana" }],
  ["the root of the account", { type: "Root", arn: arn("root") }, { kind: "root", name: "root" }],
  [
    "a federated user",
    { type: "FederatedUser", arn: "arn:aws:sts::111122223333:federated-user/eve" },
    { kind: "federated-user", name: "eve" },
  ],
  [
    "a federated user, with the user that made its session",
    {
      type: "FederatedUser",
      arn: "arn:aws:sts::111122223333:federated-user/dana",
      sessionContext: { sessionIssuer: { type: "IAMUser", arn: arn("user/eve"), userName: "eve" } },
    },
    { kind: "federated-user", name: "dana", issuer: "user eve" },
  ],
  [
    "a federated user of the root",
    {
      type: "FederatedUser",
      arn: "arn:aws:sts::111122223333:federated-user/dana",
      sessionContext: { sessionIssuer: { type: "Root", arn: arn("root") } },
    },
    { kind: "federated-user", name: "dana", issuer: "root" },
  ],
  [
    "a service",
    { type: "AWSService", invokedBy: "autoscaling.amazonaws.com" },
    { kind: "service", name: "autoscaling.amazonaws.com", service: null },
  ],
  [
    "a caller of another account",
    { type: "AWSAccount", accountId: "444455556666", principalId: "AROA2:mallory" },
    { kind: "unknown", name: "AROA2:mallory", accountId: "444455556666" },
  ],
  ["a type of the future", { type: "Agent", userName: "a1" }, { kind: "unknown", name: "a1" }],
  [
    "a session whose role is not recorded",
    { type: "AssumedRole", arn: "arn:aws:sts::111122223333:assumed-role/x/bob" },
    { kind: "unknown", name: "bob" },
  ],
  [
    "a session without a name",
    { ...ALICE_SESSION, principalId: "AROAEXAMPLEADMIN0000A" },
    { kind: "role-session", name: "AWSReservedSSO_Admin" },
  ],
  [
    "a session without multi-factor authentication",
    {
      ...ALICE_SESSION,
      sessionContext: { ...ALICE_SESSION.sessionContext, attributes: { mfaAuthenticated: "false" } },
    },
    { usedMfa: false },
  ],
])("%s is recognised", (_, identity, expected) => {
  expect(actor(identity)).toMatchObject(expected);
});

test("a call that CloudFormation makes for a person names both, and has no address", () => {
  const sourceIPAddress = "cloudformation.amazonaws.com";

  expect(actor(ALICE_SESSION, { sourceIPAddress })).toMatchObject({
    name: "alice@example.com",
    service: "cloudformation.amazonaws.com",
    sourceAddress: null,
  });
  expect(actor({ ...ALICE_SESSION, invokedBy: "cloudformation.amazonaws.com" })).toMatchObject({
    service: "cloudformation.amazonaws.com",
    sourceAddress: "203.0.113.7",
  });
});
