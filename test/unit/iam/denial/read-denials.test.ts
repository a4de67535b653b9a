import { describe, expect, test } from "@jest/globals";
import { readDenials } from "../../../../src/iam/denial/read-denials.ts";

const ACCOUNT = "111122223333";
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api-eu-west-1/orders-api`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api-eu-west-1`;

function event(fields: object = {}): object {
  return {
    eventVersion: "1.09",
    userIdentity: {
      type: "AssumedRole",
      arn: SESSION,
      accountId: ACCOUNT,
      sessionContext: { sessionIssuer: { type: "Role", arn: ROLE } },
    },
    eventSource: "dynamodb.amazonaws.com",
    eventName: "GetItem",
    awsRegion: "eu-west-1",
    errorCode: "AccessDenied",
    errorMessage: `User: ${SESSION} is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders because no identity-based policy allows the dynamodb:GetItem action`,
    requestParameters: null,
    recipientAccountId: ACCOUNT,
    ...fields,
  };
}

const FACTS = {
  caller: SESSION,
  role: ROLE,
  action: "dynamodb:GetItem",
  resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`,
  region: "eu-west-1",
  deniedBy: "identity policy",
};

describe("a CloudTrail event", () => {
  test.each([
    { as: "alone", text: JSON.stringify(event()) },
    {
      as: "in a file of records",
      text: JSON.stringify({ Records: [event({ errorCode: undefined }), event()] }),
    },
    { as: "in a list", text: JSON.stringify([event()], null, 2) },
    {
      as: "as text in what lookup-events lists",
      text: JSON.stringify({ Events: [{ CloudTrailEvent: JSON.stringify(event()) }] }),
    },
    {
      as: "in EventBridge's envelope",
      text: JSON.stringify({ "detail-type": "AWS API Call via CloudTrail", detail: event() }),
    },
    { as: "one a line", text: `${JSON.stringify(event())}\n${JSON.stringify(event())}\nend` },
  ])("$as is read once", ({ text }) => {
    expect(readDenials(text)).toEqual([expect.objectContaining(FACTS)]);
  });

  test.each([
    ["Client.UnauthorizedOperation", 1],
    ["AccessDeniedException", 1],
    ["AuthorizationErrorException", 1],
    ["ThrottlingException", 0],
  ])("with errorCode %s is a denial if the code means one", (errorCode, denials) => {
    expect(readDenials(JSON.stringify(event({ errorCode })))).toHaveLength(denials);
  });

  test.each([
    {
      because: "a call that was not refused is no denial",
      fields: { errorCode: undefined, errorMessage: undefined },
    },
    {
      because: "a call that failed otherwise is no denial",
      fields: { errorCode: "ResourceNotFoundException" },
    },
  ])("$because", ({ fields }) => {
    expect(readDenials(JSON.stringify(event(fields)))).toEqual([]);
  });

  test.each([
    {
      because: "the message's action takes precedence over the event's name",
      fields: { eventName: "TransactWriteItems" },
      facts: { action: "dynamodb:GetItem", operation: "TransactWriteItems" },
    },
    {
      because: "without a message, the name and the parameters identify the request",
      fields: { errorMessage: "Access Denied", requestParameters: { tableName: "orders" } },
      facts: { action: "dynamodb:GetItem", resource: FACTS.resource, deniedBy: "unknown" },
    },
    {
      because: "a name with several possible actions identifies none",
      fields: {
        eventName: "TransactWriteItems",
        errorMessage: "",
        requestParameters: { tableName: "orders" },
      },
      facts: { action: null, resource: null },
    },
    {
      because: "a version of an object has an action of its own",
      fields: {
        eventSource: "s3.amazonaws.com",
        eventName: "HeadObject",
        errorMessage: "Access Denied",
        requestParameters: { bucketName: "b", key: "k", versionId: "v1" },
      },
      facts: { action: "s3:GetObjectVersion", resource: "arn:aws:s3:::b/k" },
    },
    {
      because: "a bucket is listed by its prefix",
      fields: {
        eventSource: "s3.amazonaws.com",
        eventName: "ListObjects",
        errorMessage: "Access Denied",
        requestParameters: { bucketName: "b", prefix: "orders/" },
      },
      facts: { action: "s3:ListBucket", resource: "arn:aws:s3:::b", context: { "s3:prefix": ["orders/"] } },
    },
    {
      because: "a key that a service uses for the function is denied for that service",
      fields: {
        eventSource: "kms.amazonaws.com",
        eventName: "Decrypt",
        errorMessage: "",
        sourceIPAddress: "s3.amazonaws.com",
      },
      facts: { action: "kms:Decrypt", context: { "kms:ViaService": ["s3.eu-west-1.amazonaws.com"] } },
    },
    {
      because: "a key that the function uses itself has no service",
      fields: {
        eventSource: "kms.amazonaws.com",
        eventName: "Decrypt",
        errorMessage: "",
        sourceIPAddress: "203.0.113.7",
      },
      facts: { action: "kms:Decrypt", context: {} },
    },
    {
      because: "a key in a region that is not known has no service",
      fields: {
        eventSource: "kms.amazonaws.com",
        eventName: "Decrypt",
        errorMessage: "",
        awsRegion: undefined,
        sourceIPAddress: "s3.amazonaws.com",
      },
      facts: { action: "kms:Decrypt", context: {} },
    },
    {
      because: "the list of resources replaces missing parameters",
      fields: {
        eventSource: "textract.amazonaws.com",
        eventName: "DetectDocumentText",
        errorMessage: "",
        resources: [{ ARN: "arn:aws:textract:eu-west-1:111122223333:x/y" }],
      },
      facts: {
        action: "textract:DetectDocumentText",
        resource: "arn:aws:textract:eu-west-1:111122223333:x/y",
      },
    },
    {
      because: "an event with a code only still names the call",
      fields: {
        eventSource: "x",
        userIdentity: null,
        errorMessage: 7,
        awsRegion: null,
        recipientAccountId: null,
      },
      facts: { caller: null, role: null, action: null, operation: "GetItem", resource: null, region: null },
    },
    {
      because: "the caller may be named in the message only",
      fields: { userIdentity: { accountId: ACCOUNT } },
      facts: { caller: SESSION, role: null },
    },
  ])("$because", ({ fields, facts }) => {
    expect(readDenials(JSON.stringify(event(fields)))).toEqual([expect.objectContaining(facts)]);
  });

  test("without account and region, a composed ARN lacks them", () => {
    const bare = {
      userIdentity: {},
      errorMessage: "",
      awsRegion: "",
      recipientAccountId: "",
      requestParameters: { tableName: "t" },
    };

    expect(readDenials(JSON.stringify(event(bare)))).toEqual([
      expect.objectContaining({ caller: null, resource: "arn:aws:dynamodb:::table/t" }),
    ]);
  });
});

describe("a decoded authorization message", () => {
  const decoded = {
    allowed: false,
    explicitDeny: false,
    matchedStatements: { items: [] },
    context: {
      principal: { id: "AROAEXAMPLE:orders-api", arn: SESSION },
      action: "RunInstances",
      resource: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/*`,
      conditions: {
        items: [
          { key: "ec2:Tenancy", values: { items: [{ value: "default" }, { value: 1 }] } },
          { values: {} },
          3,
        ],
      },
    },
  };
  const facts = {
    caller: SESSION,
    action: "ec2:RunInstances",
    operation: "RunInstances",
    how: "implicit",
    context: { "ec2:Tenancy": ["default"] },
  };

  test.each([
    { as: "as the command answers", value: { DecodedMessage: JSON.stringify(decoded) } },
    { as: "by itself", value: decoded },
  ])("$as has the request's context", ({ value }) => {
    expect(readDenials(JSON.stringify(value))).toEqual([expect.objectContaining(facts)]);
  });

  test.each([
    { because: "a Deny is reported", value: { ...decoded, explicitDeny: true }, denial: { how: "explicit" } },
    {
      because: "an action with a prefix is unchanged",
      value: { ...decoded, context: { ...decoded.context, action: "ec2:RunInstances" } },
      denial: { action: "ec2:RunInstances" },
    },
    {
      because: "a name without a resource identifies no action",
      value: { ...decoded, context: { action: "RunInstances", principal: 1 } },
      denial: { action: null, caller: null, resource: null, context: {} },
    },
    {
      because: "an empty message has no facts",
      value: { allowed: false, context: {} },
      denial: { action: null },
    },
  ])("$because", ({ value, denial }) => {
    expect(readDenials(JSON.stringify(value))).toEqual([expect.objectContaining(denial)]);
  });
});

describe("any other text", () => {
  test.each([
    { of: "nothing", text: "" },
    { of: "JSON that is no event", text: '{"eventSource": 1, "Records": [null, 3, {}], "Events": "x"}' },
    { of: "JSON that is allowed", text: '{"allowed": true, "context": {}}' },
    { of: "a list of nothing", text: "[null, [], 1]" },
    { of: "half JSON", text: '{"Records": [' },
    { of: "deep JSON", text: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` },
    { of: "a DecodedMessage that is none", text: '{"DecodedMessage": "{"}' },
  ])("of $of has no denial", ({ text }) => {
    expect(readDenials(text)).toEqual([]);
  });

  test("of JSON with a message in it is read as text", () => {
    const line = JSON.stringify({
      level: "ERROR",
      message: `User: ${SESSION} is not authorized to perform: sqs:SendMessage`,
    });

    expect(readDenials(`${line}\n{"level":"INFO"}`)).toEqual([
      expect.objectContaining({ caller: SESSION, action: "sqs:SendMessage" }),
    ]);
  });
});
