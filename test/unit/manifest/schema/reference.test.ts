import { describe, expect, test } from "@jest/globals";
import { didYouMean, nearestName } from "../../../../src/text/nearest-name.ts";
import {
  callerReference,
  catalogueDigest,
  grantReference,
  ownReference,
} from "../../../../src/manifest/schema/reference.ts";
import { jsonSchema } from "../../../../src/manifest/schema/json-schema.ts";
import {
  ACCOUNT_ID,
  NAMESPACE,
  OBJECT_NAME,
  PARTITION,
  REGION,
} from "../../../../src/manifest/fields/names.ts";
import {
  parseAccountId,
  parseNamespace,
  parseObjectName,
  parsePartition,
  parseRegion,
} from "../../../../src/model/aws/ids.ts";

interface Shape {
  readonly title?: string;
  readonly pattern?: string;
  readonly oneOf?: readonly Shape[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly additionalProperties?: unknown;
}

function specOf(kind: string): Readonly<Record<string, Shape>> {
  const schema = jsonSchema() as unknown as Shape;
  const found = schema.oneOf?.find(({ title }) => title === kind);
  return found?.properties?.["spec"]?.properties ?? {};
}

describe("the JSON Schema for editors", () => {
  test("contains every kind and rejects unknown fields", () => {
    const schema = jsonSchema() as unknown as Shape;

    expect(schema.oneOf?.map(({ title }) => title)).toEqual([
      "FunctionPermission",
      "AwsAccount",
      "AccountSet",
      "ManagedPolicy",
      "Team",
      "Waiver",
      "Exclusion",
      "GuardrailProfile",
      "GrantTemplate",
      "ChangeWindow",
    ]);
    expect(schema.oneOf?.every(({ additionalProperties }) => additionalProperties === false)).toBe(true);
  });

  test("accepts only entries of the catalogue in grants and in invokedBy", () => {
    const spec = specOf("FunctionPermission");

    expect(spec["grants"]?.items?.oneOf).toContainEqual({ required: ["dynamodb"] });
    expect(spec["invokedBy"]?.items?.oneOf).toContainEqual({ required: ["functionUrl"] });
  });

  test.each([
    { text: "orders-api", fits: true },
    { text: "${namespace}-api", fits: true },
    { text: "orders api", fits: false },
  ])("has a template pattern that accepts $text: $fits", ({ text, fits }) => {
    const pattern = specOf("FunctionPermission")["function"]?.pattern ?? "";

    expect(new RegExp(pattern, "u").test(text)).toBe(fits);
  });

  test("has only patterns that are regular expressions for an editor", () => {
    const patterns = [...JSON.stringify(jsonSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text ?? '""') as string,
    );

    expect(patterns.length).toBeGreaterThan(50);
    for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });
});

describe("the reference", () => {
  test("shows every grant and caller with complete examples, sorted", () => {
    const grants = grantReference().map(({ grant }) => grant);
    const callers = callerReference().map(({ caller }) => caller);

    expect(grants).toEqual([...grants].sort());
    expect(grants.length).toBe(24);
    expect(callers.length).toBe(22);
    expect(
      grantReference().every(({ examples }) => examples.every(({ expansions }) => expansions.length > 0)),
    ).toBe(true);
    expect(ownReference().map(({ field }) => field)).toEqual(["logs", "logs.groupPrefix", "tracing", "vpc"]);
  });

  test("has one digest for one catalogue", () => {
    expect(catalogueDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe("the nearest name", () => {
  const KNOWN = ["dynamodb", "events", "s3", "sns", "sqs", "enforce", "observe"];

  test.each([
    { written: "dynamo", name: "dynamodb", because: "a beginning is enough" },
    { written: "DynamoDB", name: "dynamodb", because: "the case differs" },
    { written: "enfroce", name: "enforce", because: "two letters are exchanged" },
    { written: "sq", name: "sqs", because: "one letter is missing" },
    { written: "snss", name: "sns", because: "one letter is too many" },
    { written: "s4", name: "s3", because: "one letter is wrong" },
    { written: "zebra", name: undefined, because: "no name is near" },
    { written: "x".repeat(65), name: undefined, because: "the text is too long for a typing error" },
  ])("of $written is found or not: $because", ({ written, name }) => {
    expect(nearestName(written, KNOWN)).toBe(name);
    expect(didYouMean(written, KNOWN)).toBe(name === undefined ? "" : `, did you mean ${name}?`);
  });

  test("is the first in text order among equals", () => {
    expect(nearestName("sxs", ["sqs", "sns"])).toBe("sns");
  });
});

describe("the schema's patterns and the model's parsers agree", () => {
  const TEXTS = [
    "a",
    "a-b",
    "a.b",
    "-a",
    "a-",
    "A",
    "",
    "a..b",
    "a".repeat(63),
    "a".repeat(64),
    "eu-west-1",
    "us-gov-west-1",
    "eu-west",
    "eu-west-123",
    "aws",
    "aws-cn",
    "aws-",
    "AWS",
    "123456789012",
    "12345678901",
    "1234567890123",
    "a\n",
    "aws\n",
    "eu-west-1\n",
    "123456789012\n",
  ];

  test.each([
    { name: "name", syntax: OBJECT_NAME, parse: parseObjectName },
    { name: "namespace", syntax: NAMESPACE, parse: parseNamespace },
    { name: "region", syntax: REGION, parse: parseRegion },
    { name: "partition", syntax: PARTITION, parse: parsePartition },
    { name: "account id", syntax: ACCOUNT_ID, parse: parseAccountId },
  ])("$name", ({ syntax, parse }) => {
    for (const text of TEXTS)
      expect([text, syntax.pattern.test(text)]).toEqual([text, parse(text) !== undefined]);
  });
});
