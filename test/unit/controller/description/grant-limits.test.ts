import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Described } from "./described.ts";

let described: Described;

beforeEach(() => {
  described = new Described();
});

afterEach(() => described.fake.stop());

describe("what limits a grant is part of its line", () => {
  test.each([
    {
      grant: "dynamodb: {table: orders, allow: [read], leadingKeys: [tenant-1]}",
      details: ["if dynamodb:LeadingKeys ForAllValues:StringEquals tenant-1"],
      because: "only items of these keys",
    },
    {
      grant: "s3: {bucket: uploads, prefix: incoming/, allow: [list]}",
      details: ["if s3:prefix StringLike incoming/*"],
      because: "only names below the prefix",
    },
    {
      grant: "events: {bus: orders, allow: [put], source: [orders.api]}",
      details: ["if events:source ForAllValues:StringEquals orders.api"],
      because: "only events of this source",
    },
    {
      grant: "sqs: {queue: orders, allow: [send]}",
      details: [],
      because: "the resource shows everything",
    },
    {
      grant: "metrics: {namespace: Orders}",
      details: [],
      because: "the namespace is shown as the resource",
    },
  ])("$because", async ({ grant, details }) => {
    await described.converged(`  logs: false\n  grants: [{${grant}}]\n`);
    const { declared, effective } = await described.state();

    expect(declared.kind === "declared" && declared.permissions.lines.map((line) => line.details)).toEqual([
      details,
    ]);
    expect(effective.kind === "read" && effective.permissions.lines.map((line) => line.details)).toEqual([
      details,
    ]);
  });
});
