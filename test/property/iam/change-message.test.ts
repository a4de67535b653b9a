import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readChangeMessage } from "../../../src/iam/trail/change-message.ts";
import { changeMessage } from "../../support/aws/change-message.ts";

const ACCOUNTS = new Set(["111122223333"]);

const NAMES = [
  "AttachRolePolicy",
  "TagRole",
  "CreatePolicyVersion",
  "AddPermission20150331v2",
  "UpdateRole",
  "CreatePolicy",
];
const MEMBERS = [
  "eventName",
  "userIdentity",
  "requestParameters",
  "responseElements",
  "eventTime",
  "recipientAccountId",
  "eventID",
];

test("a reader of change events never throws, with any content of a message, and only names accounts of the queue", () => {
  const record = fc.dictionary(fc.constantFrom(...MEMBERS), fc.jsonValue());
  const envelope = fc.dictionary(
    fc.constantFrom("account", "region", "source", "detail-type"),
    fc.jsonValue(),
  );
  const parameters = fc.dictionary(
    fc.constantFrom("roleName", "policyArn", "tags", "tagKeys", "policyDocument", "functionName", "role"),
    fc.jsonValue(),
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ envelope, record, parameters, eventName: fc.constantFrom(...NAMES) })
      .map(({ parameters: requestParameters, eventName, ...rest }) =>
        changeMessage({ ...rest, record: { eventName, requestParameters, ...rest.record } }),
      ),
  );

  fc.assert(
    fc.property(body, (text) => {
      const message = readChangeMessage(text, ACCOUNTS);

      expect(message.kind !== "change" || ACCOUNTS.has(message.event.accountId)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("a document that is nested very deeply is a change of the trust policy", () => {
  const policyDocument = `{"a":${"[".repeat(60_000)}${"]".repeat(60_000)}}`;
  const record = {
    eventName: "UpdateAssumeRolePolicy",
    requestParameters: { roleName: "a", policyDocument },
  };

  expect(readChangeMessage(changeMessage({ record }), ACCOUNTS)).toMatchObject({
    event: { aspect: { kind: "trust" } },
  });
});
