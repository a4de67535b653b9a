import { describe, expect, test } from "@jest/globals";
import { readChangeMessage } from "../../../../src/iam/trail/change-message.ts";
import { documentDigest } from "../../../../src/iam/trail/changes.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";

const ACCOUNTS = new Set(["111122223333"]);
const DOCUMENT = '{"Version": "2012-10-17", "Statement": []}';
const ROLE = { kind: "role", name: "orders-api" };
const POLICY = "arn:aws:iam::111122223333:policy/orders";

function change(eventName: string, requestParameters: object, further: object = {}): unknown {
  const isLambda = "functionName" in requestParameters;
  const record = {
    eventName,
    requestParameters,
    ...(isLambda && { eventSource: "lambda.amazonaws.com", awsRegion: "eu-west-1" }),
    ...further,
  };
  const envelope = isLambda ? { region: "eu-west-1", source: "aws.lambda" } : {};
  const message = readChangeMessage(changeMessage({ envelope, record }), ACCOUNTS);
  return message.kind === "change"
    ? { call: message.event.call, object: message.event.object, aspect: message.event.aspect }
    : message.kind;
}

describe("an event of a call of IAM names what it changed", () => {
  const document = documentDigest(DOCUMENT);
  const policyName = "extra";
  test.each([
    ["CreateRole", {}, { kind: "created", id: null }],
    ["DeleteRole", {}, { kind: "deleted" }],
    [
      "UpdateRole",
      { maxSessionDuration: 7200 },
      { kind: "settings", description: null, maxSessionSeconds: 7200 },
    ],
    [
      "UpdateRoleDescription",
      { description: "x" },
      { kind: "settings", description: "x", maxSessionSeconds: null },
    ],
    ["UpdateAssumeRolePolicy", { policyDocument: DOCUMENT }, { kind: "trust", document }],
    ["UpdateAssumeRolePolicy", { policyDocument: "{" }, { kind: "trust", document: null }],
    ["PutRolePolicy", { policyName, policyDocument: DOCUMENT }, { kind: "inline-set", policyName, document }],
    ["PutRolePolicy", { policyDocument: DOCUMENT }, { kind: "unread" }],
    ["DeleteRolePolicy", { policyName }, { kind: "inline-deleted", policyName }],
    ["AttachRolePolicy", { policyArn: POLICY }, { kind: "attached", arn: POLICY }],
    ["DetachRolePolicy", { policyArn: POLICY }, { kind: "detached", arn: POLICY }],
    ["PutRolePermissionsBoundary", { permissionsBoundary: POLICY }, { kind: "boundary-set", arn: POLICY }],
    ["DeleteRolePermissionsBoundary", {}, { kind: "boundary-deleted" }],
    ["TagRole", { tags: [{ key: "team", value: "" }] }, { kind: "tags-set", tags: { team: "" } }],
    ["TagRole", { tags: [{ key: "team", value: "a" }, 7] }, { kind: "unread" }],
    ["TagRole", { tags: [{ key: "team", value: "x".repeat(600) }] }, { kind: "unread" }],
    ["TagRole", {}, { kind: "unread" }],
    ["UntagRole", { tagKeys: ["team"] }, { kind: "tags-deleted", keys: ["team"] }],
    ["UntagRole", { tagKeys: ["team", 7] }, { kind: "unread" }],
    ["UntagRole", {}, { kind: "unread" }],
    ["UpdateRole", { description: 7 }, { kind: "unread" }],
    ["UpdateRoleDescription", { description: "x".repeat(1_001) }, { kind: "unread" }],
    ["AttachRolePolicy", { policyArn: "x".repeat(600) }, { kind: "unread" }],
    ["DetachRolePolicy", { omitted: true, originalSize: 300_000 }, { kind: "unread" }],
    ["DeleteRole", { omitted: true }, { kind: "unread" }],
    ["AddRoleToInstanceProfile", {}, { kind: "other" }],
  ])("%s %j", (name, parameters, aspect) => {
    expect(change(name, { roleName: "orders-api", ...parameters })).toEqual({
      call: `iam:${name}`,
      object: ROLE,
      aspect,
    });
  });

  test.each([
    ["DeletePolicy", {}, { kind: "deleted" }],
    [
      "CreatePolicyVersion",
      { policyDocument: DOCUMENT, setAsDefault: true },
      { kind: "version-created", document, isDefault: true },
    ],
    ["SetDefaultPolicyVersion", { versionId: "v2" }, { kind: "default-version", versionId: "v2" }],
    ["CreatePolicyVersion", { policyDocument: DOCUMENT, setAsDefault: "true" }, { kind: "unread" }],
    ["SetDefaultPolicyVersion", {}, { kind: "unread" }],
    ["TagPolicy", { tags: [{ key: "team", value: "a" }] }, { kind: "tags-set", tags: { team: "a" } }],
  ])("%s %j of a policy", (name, parameters, aspect) => {
    const found = change(name, { policyArn: POLICY, ...parameters });

    expect(found).toEqual({ call: `iam:${name}`, object: { kind: "policy", arn: POLICY }, aspect });
  });

  const many = Array.from({ length: 51 }, (_, at) => `k${at}`);
  test.each([
    ["TagRole", { tags: many.map((key) => ({ key, value: "v" })) }],
    ["UntagRole", { tagKeys: many }],
  ])("%s of more tags than an object of IAM has names its object only", (name, parameters) => {
    expect(change(name, { roleName: "orders-api", ...parameters })).toMatchObject({
      object: ROLE,
      aspect: { kind: "unread" },
    });
  });

  test("a created role has the id of the answer", () => {
    const further = { responseElements: { role: { roleId: "AROA1" } } };

    expect(change("CreateRole", { roleName: "orders-api" }, further)).toMatchObject({
      aspect: { kind: "created", id: "AROA1" },
    });
  });

  test("a created policy is named by the answer", () => {
    const further = { responseElements: { policy: { arn: POLICY } } };

    expect(change("CreatePolicy", { policyName: "orders" }, further)).toMatchObject({
      object: { kind: "policy", arn: POLICY },
    });
  });
});

describe("an event of a call of Lambda names the function, without the version of the API", () => {
  const ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
  test.each([
    ["AddPermission20150331v2", "orders", "AddPermission", null],
    ["AddPermission20150331", ARN, "AddPermission", null],
    ["AddPermission20150331v2", `${ARN}:live`, "AddPermission", "live"],
    ["AddPermission20150331v2", "111122223333:function:orders:live", "AddPermission", "live"],
    ["AddPermission", "orders:7", "AddPermission", "7"],
    ["PublishVersion20150331", "orders", "PublishVersion", null],
    ["UpdateFunctionConfiguration20150331v2", "orders", "UpdateFunctionConfiguration", null],
    ["PutResourcePolicy20260709", "orders", "PutResourcePolicy", null],
    ["DeleteFunction20150331", "orders", "DeleteFunction", null],
  ])("%s of %s", (eventName, functionName, call, qualifier) => {
    expect(change(eventName, { functionName })).toMatchObject({
      call: `lambda:${call}`,
      object: { kind: "function", region: "eu-west-1", name: "orders", qualifier },
    });
  });

  test("new code is a change only if a version is published with it", () => {
    const updated = (parameters: object) =>
      change("UpdateFunctionCode20150331v2", { functionName: "orders", ...parameters });

    expect(updated({ publish: true })).toMatchObject({
      call: "lambda:UpdateFunctionCode",
      aspect: { kind: "other" },
    });
    expect([updated({ publish: false }), updated({})]).toEqual(["other-write", "other-write"]);
  });

  test("the parameter names the qualifier before the name does, and a call names its statement and role", () => {
    expect(
      change("RemovePermission20150331v2", { functionName: "orders", qualifier: "live", statementId: "s" }),
    ).toEqual({
      call: "lambda:RemovePermission",
      object: { kind: "function", region: "eu-west-1", name: "orders", qualifier: "live" },
      aspect: { kind: "statement-removed", sid: "s" },
    });
    expect(change("AddPermission20150331v2", { functionName: "orders", statementId: "s" })).toMatchObject({
      aspect: { kind: "statement-added", sid: "s" },
    });
    for (const name of ["CreateFunction20150331", "UpdateFunctionConfiguration20150331v2"])
      expect(
        change(name, { functionName: "orders", role: "arn:aws:iam::111122223333:role/x" }),
      ).toMatchObject({
        aspect: { kind: "function-role", roleArn: "arn:aws:iam::111122223333:role/x" },
      });
  });

  test.each([
    ["arn:aws:lambda:us-east-1:111122223333:function:orders", "another region"],
    ["", "no name"],
    ["a b", "no name of a function"],
  ])("a function %j (%s) may be any function of the region", (functionName) => {
    expect(change("AddPermission20150331v2", { functionName })).toMatchObject({
      object: { kind: "not-named", service: "lambda", region: "eu-west-1", names: [] },
      aspect: { kind: "unread" },
    });
  });

  test("a deleted alias is named, and a call without a role changes none", () => {
    expect(change("DeleteAlias20150331", { functionName: "orders", name: "live" })).toMatchObject({
      object: { name: "orders", qualifier: null },
      aspect: { kind: "alias-deleted", alias: "live" },
    });
    expect(
      change("UpdateFunctionConfiguration20150331v2", { functionName: "orders", timeout: 3 }),
    ).toMatchObject({ aspect: { kind: "other" } });
    expect(
      change("UpdateFunctionConfiguration20150331v2", { functionName: "orders", role: 7 }),
    ).toMatchObject({ aspect: { kind: "unread" } });
  });

  test.each([
    "arn:aws:lambda:eu-west-1:444455556666:function:orders",
    "444455556666:function:orders",
    "444455556666:orders:live",
  ])(
    "a function of another account, %j, changes nothing here: its own account has the event, too",
    (functionName) => {
      expect(change("AddPermission20150331v2", { functionName })).toBe("other-write");
    },
  );
});

describe("a call whose record names no object", () => {
  const ARN = "arn:aws:iam::111122223333:role/orders-api";
  test.each<[string, object, readonly string[]]>([
    ["has null as parameters", { requestParameters: null }, []],
    ["has no parameters", { requestParameters: undefined }, []],
    ["has omitted parameters", { requestParameters: { omitted: true, originalSize: 300_000 } }, []],
    ["is truncated itself", { omitted: true, requestParameters: {} }, []],
    ["has neither role nor policy", { requestParameters: { userName: "a" } }, []],
    ["has no answer", { eventName: "CreatePolicy", requestParameters: { policyName: "orders" } }, []],
    ["lists its objects", { requestParameters: null, resources: [{ ARN, type: "AWS::IAM::Role" }] }, [ARN]],
    ["lists its objects in lower case", { requestParameters: null, resources: [{ arn: ARN }] }, [ARN]],
    ["lists no ARN", { requestParameters: null, resources: [{ ARN }, { ARN: "AROA1" }] }, []],
    [
      "lists too many",
      { requestParameters: null, resources: Array.from({ length: 21 }, () => ({ ARN })) },
      [],
    ],
    ["lists none", { requestParameters: null, resources: [] }, []],
  ])("is one of unknown effect on those that it may be: it %s", (_, record, names) => {
    expect(readChangeMessage(changeMessage({ record: { ...record } }), ACCOUNTS)).toMatchObject({
      kind: "change",
      event: {
        object: { kind: "not-named", service: "iam", region: "us-east-1", names },
        aspect: { kind: "unread" },
        actor: { name: "alice@example.com" },
      },
    });
  });

  test("may publish a version, if it updates code", () => {
    const record = {
      eventSource: "lambda.amazonaws.com",
      awsRegion: "eu-west-1",
      eventName: "UpdateFunctionCode20150331v2",
      requestParameters: null,
    };
    const envelope = { region: "eu-west-1", source: "aws.lambda" };

    expect(readChangeMessage(changeMessage({ envelope, record }), ACCOUNTS)).toMatchObject({
      event: { object: { kind: "not-named", service: "lambda" }, aspect: { kind: "unread" } },
    });
  });
});

describe("a message that reports no change", () => {
  test.each([
    ["other-write", "another call of IAM", { record: { eventName: "CreateUser" } }],
    ["other-write", "a call with no readOnly", { record: { eventName: "CreateUser", readOnly: undefined } }],
    ["other-write", "a name that every object has", { record: { eventName: "constructor" } }],
    ["contradictory", "another service", { record: { eventSource: "s3.amazonaws.com" } }],
    ["foreign", "another kind of event", { envelope: { "detail-type": "Scheduled Event" } }],
    ["failed-call", "a refused call", { record: { errorCode: "AccessDenied" } }],
    [
      "failed-call",
      "a refused call whose parameters are not recorded",
      { record: { errorCode: "AccessDenied", requestParameters: null } },
    ],
    ["foreign", "a call that reads", { record: { readOnly: true } }],
    ["foreign", "a read by its name", { record: { eventName: "GenerateCredentialReport", readOnly: false } }],
    ["contradictory", "an envelope of another account", { envelope: { account: "444455556666" } }],
    ["contradictory", "a record of another account", { record: { recipientAccountId: "444455556666" } }],
    ["contradictory", "an envelope of another region", { envelope: { region: "eu-west-1" } }],
    ["contradictory", "a source that principals may send", { envelope: { source: "orders.events" } }],
    ["contradictory", "the source of another service", { envelope: { source: "aws.lambda" } }],
    [
      "other-account",
      "an event of an account that the queue is not for",
      { envelope: { account: "444455556666" }, record: { recipientAccountId: "444455556666" } },
    ],
    ["malformed", "no record", { envelope: { detail: null }, record: { eventTime: 7 } }],
    ["malformed", "no id", { record: { eventID: undefined } }],
    ["malformed", "no region", { record: { awsRegion: "somewhere" } }],
    ["malformed", "no source", { envelope: { source: undefined } }],
  ])("%s: %s", (kind, _, changed) => {
    expect(readChangeMessage(changeMessage(changed), ACCOUNTS).kind).toBe(kind);
  });

  test.each([
    ["malformed", "no JSON"],
    ["malformed", "[]"],
    ["oversized", "x".repeat(262_145)],
  ])("%s", (kind, body) => {
    expect(readChangeMessage(body, ACCOUNTS)).toEqual({ kind });
  });
});

describe("the user agent claims an intent", () => {
  test.each([
    ["aws-sdk-js/3.0 gk-intent/42", 42],
    ["gk-intent/42 aws-sdk-js/3.0", 42],
    ["aws-sdk-js/3.0", null],
    ["not-gk-intent/42", null],
    ["gk-intent/99999999999999999999", null],
  ])("%s: %s", (userAgent, intent) => {
    const message = readChangeMessage(changeMessage({ record: { userAgent } }), ACCOUNTS);

    expect(message).toMatchObject({ event: { intent } });
  });
});
