import { describe, expect, test } from "@jest/globals";
import {
  arnParts,
  functionArn,
  functionInArn,
  hasArnParts,
  parseArn,
  policyArn,
  roleArn,
} from "../../../src/model/aws/arn.ts";
import { canonicalText, digestOf, digestOfSet, parseDigest } from "../../../src/model/values/digest.ts";
import {
  formatDuration,
  formatSpan,
  formatUpperBound,
  parseDurationMs,
} from "../../../src/model/values/duration.ts";
import {
  parseAccountId,
  parseInstanceName,
  parseNamespace,
  parseObjectName,
  parsePartition,
  parseRegion,
  type AccountId,
  type Partition,
  type Region,
} from "../../../src/model/aws/ids.ts";
import { accountIdOf, formatKey, keyParts, parseKey, type Key } from "../../../src/model/keys/key.ts";
import { DEFAULT_LIMITS, stricterLimits } from "../../../src/model/rules/limits.ts";
import { lowerMode } from "../../../src/model/rules/mode.ts";
import { formatOrigin } from "../../../src/model/values/origin.ts";
import {
  parseRevision,
  revisionParts,
  shortRevision,
  type Revision,
} from "../../../src/model/values/revision.ts";

describe("the parser of a name", () => {
  test.each([
    {
      parse: parseAccountId,
      good: "111122223333",
      bad: ["11112222333", "1111222233334", "11112222333a", ""],
    },
    { parse: parseRegion, good: "us-gov-west-1", bad: ["eu-west", "eu_west_1", "EU-WEST-1", "1"] },
    { parse: parsePartition, good: "aws-us-gov", bad: ["awscn", "AWS", "aws_cn", ""] },
    {
      parse: parseNamespace,
      good: "orders",
      bad: ["Orders", "-orders", "orders-", "a.b", "a".repeat(64), ""],
    },
    { parse: parseObjectName, good: "orders-api.v2", bad: ["orders..api", ".a", "a.", "A", "a".repeat(254)] },
    { parse: parseInstanceName, good: "prod-1", bad: ["Prod", "a".repeat(33), "", "a_b"] },
  ])("accepts $good and rejects similar texts", ({ parse, good, bad }) => {
    expect(parse(good)).toBe(good);
    for (const text of bad) expect(parse(text)).toBeUndefined();
  });
});

describe("an ARN", () => {
  const at = { partition: "aws" as Partition, accountId: "111122223333" as AccountId };
  const place = { ...at, region: "eu-west-1" as Region };

  test("is composed of its parts", () => {
    expect(roleArn(at, "/grantkeeper/", "x")).toBe("arn:aws:iam::111122223333:role/grantkeeper/x");
    expect(policyArn(at, "/grantkeeper/", "p")).toBe("arn:aws:iam::111122223333:policy/grantkeeper/p");
    expect(functionArn(place, "f", null)).toBe("arn:aws:lambda:eu-west-1:111122223333:function:f");
    expect(functionArn(place, "f", "live")).toBe("arn:aws:lambda:eu-west-1:111122223333:function:f:live");
  });

  test("is parsed into its parts, including colons in the resource", () => {
    const parts = arnParts(functionArn(place, "f", "live"));

    expect(parts).toEqual({
      partition: "aws",
      service: "lambda",
      region: "eu-west-1",
      accountId: "111122223333",
      resource: "function:f:live",
    });
    expect(arnParts("arn")).toMatchObject({ partition: "", resource: "" });
  });

  test.each([
    { arn: "arn:aws:lambda:eu-west-1:111122223333:function:f", name: "f", qualifier: null },
    { arn: "arn:aws:lambda:eu-west-1:111122223333:function:f:live", name: "f", qualifier: "live" },
  ])("names a function: $arn", ({ arn, name, qualifier }) => {
    const { partition, ...where } = place;

    expect(functionInArn(arn)).toEqual({ partition, ...where, name, qualifier });
  });

  test.each([
    { text: "arn:aws:lambda:eu-west-1:111122223333:layer:f", because: "it is a layer" },
    { text: "arn:aws:lambda:eu-west-1:111122223333:function:f:live:x", because: "it has a part too many" },
    { text: "arn:aws:lambda:eu-west-1:111122223333:function:", because: "the name is empty" },
    { text: "arn:aws:sqs:eu-west-1:111122223333:function:f", because: "it is of another service" },
    { text: "*", because: "it is not an ARN" },
  ])("names no function: $text, because $because", ({ text }) => {
    expect(functionInArn(text)).toBeNull();
  });

  test.each([
    { text: "arn:aws:s3:::bucket", has: true, because: "parts may be empty" },
    { text: "arn:*:sqs:*:*:*", has: true, because: "a pattern has all parts" },
    { text: "arn:aws:s3:::", has: false, because: "the resource is missing" },
    { text: "arn:aws:s3", has: false, because: "it is too short" },
    { text: "x:aws:s3:::bucket", has: false, because: "it has another beginning" },
  ])("has all parts: $has for $text, because $because", ({ text, has }) => {
    expect(hasArnParts(text)).toBe(has);
  });

  test.each(["arn:aws:s3:::bucket", "arn:aws:iam::aws:policy/AdministratorAccess"])("may be %s", (text) => {
    expect(parseArn(text)).toBe(text);
  });

  test.each(["bucket", "arn:aws:s3", "arn:other:s3:::b", "arn:aws:iam::12:role/x", "arn:aws:s3:::"])(
    "is not %s",
    (text) => {
      expect(parseArn(text)).toBeUndefined();
    },
  );
});

describe("a key", () => {
  test.each([
    "function/111122223333/eu-west-1/orders/orders-api",
    "policy/111122223333/platform/audit-trail",
  ])("is the same after it was parsed and formatted: %s", (text) => {
    const key = parseKey(text);

    expect(key).toBe(text);
    expect(formatKey(keyParts(key as Key))).toBe(text);
    expect(accountIdOf(key as Key)).toBe(keyParts(key as Key).accountId);
  });

  test.each([
    { text: "function/111122223333/orders/orders-api", because: "a function has a region" },
    { text: "function/111122223333/nowhere/orders/orders-api", because: "the region is a region" },
    { text: "policy/111122223333/eu-west-1/orders/x", because: "a policy has no region" },
    { text: "role/111122223333/orders/x", because: "there are two kinds" },
    { text: "function/1/eu-west-1/orders/x", because: "an account has twelve digits" },
    { text: "function/111122223333/eu-west-1/Orders/x", because: "a namespace is a label" },
    { text: "function/111122223333/eu-west-1/orders/X", because: "a name is lower-case" },
    { text: "", because: "a text is not empty" },
  ])("is not $text: $because", ({ text }) => {
    expect(parseKey(text)).toBeUndefined();
  });

  test("is required where a text is asserted to be one, and other texts throw", () => {
    expect(() => keyParts("nonsense" as Key)).toThrow(/not a key/);
  });
});

describe("a revision", () => {
  const sha1 = `main@sha1:${"a".repeat(40)}`;
  const sha256 = `dir@sha256:${"b".repeat(64)}`;

  test.each([
    { text: sha1, ref: "main", algorithm: "sha1", short: "main@aaaaaaa" },
    { text: sha256, ref: "dir", algorithm: "sha256", short: "dir@bbbbbbb" },
    { text: `a@b@sha1:${"c".repeat(40)}`, ref: "a@b", algorithm: "sha1", short: "a@b@ccccccc" },
  ])("$short is split at its last @", ({ text, ref, algorithm, short }) => {
    const revision = parseRevision(text) as Revision;

    expect(revisionParts(revision)).toMatchObject({ ref, algorithm });
    expect(shortRevision(revision)).toBe(short);
  });

  test.each(["main", `main@sha1:${"a".repeat(39)}`, `@sha1:${"a".repeat(40)}`, `main@md5:${"a".repeat(32)}`])(
    "is not %s",
    (text) => {
      expect(parseRevision(text)).toBeUndefined();
    },
  );
});

describe("a duration", () => {
  test.each([
    { text: "30s", ms: 30_000 },
    { text: "5m", ms: 300_000 },
    { text: "24h", ms: 86_400_000 },
    { text: "7d", ms: 604_800_000 },
    { text: "0s", ms: 0 },
    { text: "5", ms: undefined },
    { text: "1.5h", ms: undefined },
    { text: "-1s", ms: undefined },
    { text: "5 m", ms: undefined },
    { text: "5w", ms: undefined },
    { text: "36500d", ms: 36_500 * 86_400_000 },
    { text: "36501d", ms: undefined },
    { text: "999999999d", ms: undefined },
  ])("$text is $ms ms", ({ text, ms }) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each([
    { ms: 34_900, text: "34s" },
    { ms: 12 * 60_000, text: "12m" },
    { ms: 3 * 3_600_000, text: "3h" },
    { ms: 47 * 3_600_000, text: "47h" },
    { ms: 41 * 86_400_000, text: "41d" },
  ])("is printed as $text", ({ ms, text }) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test.each([
    { ms: 0, text: "0s" },
    { ms: 312_900, text: "5m 12s" },
    { ms: 900_000, text: "15m" },
    { ms: 4_320_000, text: "1h 12m" },
    { ms: 273_600_000, text: "3d 4h" },
  ])("of $ms ms is printed with two units at most: $text", ({ ms, text }) => {
    expect(formatSpan(ms)).toBe(text);
  });

  test.each([
    { ms: 0, text: "0s" },
    { ms: 1, text: "1s" },
    { ms: 312_000, text: "5m 12s" },
    { ms: 312_001, text: "5m 13s" },
    { ms: 3_599_001, text: "1h" },
    { ms: 4_320_001, text: "1h 13m" },
    { ms: 273_600_001, text: "3d 5h" },
  ])("of $ms ms as an upper bound is never shown as less: $text", ({ ms, text }) => {
    expect(formatUpperBound(ms)).toBe(text);
  });
});

describe("a digest", () => {
  test("does not depend on the order of members", () => {
    expect(digestOf({ a: 1, b: [2] })).toBe(digestOf({ b: [2], a: 1 }));
    expect(parseDigest(digestOf({}))).toBe(digestOf({}));
  });

  test("of a set does not depend on its order and differs from a member's", () => {
    const [one, two] = [digestOf(1), digestOf(2)];

    expect(digestOfSet([one, two])).toBe(digestOfSet([two, one]));
    expect(digestOfSet([one])).not.toBe(one);
  });

  test("has exactly 64 hex digits", () => {
    expect(parseDigest("sha256:abc")).toBeUndefined();
    expect(parseDigest("a".repeat(64))).toBeUndefined();
  });

  test("of a value that JSON can't represent throws", () => {
    expect(() => canonicalText(undefined as never)).toThrow(/no canonical JSON/);
  });
});

describe("the more cautious of two", () => {
  test.each([
    { a: "observe", b: "enforce", lower: "observe" },
    { a: "enforce", b: "observe", lower: "observe" },
    { a: "enforce", b: "enforce", lower: "enforce" },
  ] as const)("modes $a and $b is $lower", ({ a, b, lower }) => {
    expect(lowerMode(a, b)).toBe(lower);
  });

  test("limits is the smaller of each", () => {
    const other = { deletes: 1, changedCount: 50, changedShare: 0.5 };

    expect(stricterLimits(DEFAULT_LIMITS, other)).toEqual({ ...DEFAULT_LIMITS, deletes: 1 });
  });
});

test("a place is printed as file:line:column", () => {
  expect(formatOrigin({ file: "teams/a.yaml", line: 3, column: 5, path: "spec" })).toBe("teams/a.yaml:3:5");
});
