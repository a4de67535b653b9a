import { describe, expect, test } from "@jest/globals";
import type { MappedFunction } from "../../../../src/model/answers/questions/mapped-function.ts";
import type { EffectiveLine } from "../../../../src/model/answers/permission-state.ts";
import type { ReachedStep } from "../../../../src/model/answers/questions/reached.ts";
import { functionsByArn, mapPart, type MapPart } from "../../../../src/explain/reverse/map-part.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import {
  ACCOUNT,
  arn,
  calledBy,
  calls,
  inAws,
  key,
  mapped,
  publishes,
  reach,
  read,
  table,
  topic,
} from "./mapped.ts";

const partsOf = (...functions: readonly MappedFunction[]): readonly MapPart[] => {
  const byArn = functionsByArn(functions);
  return functions.map((one) => mapPart(one, byArn));
};

const reached = (parts: readonly MapPart[], depth: number): readonly ReachedStep[] =>
  reach(parts, { key: key("a"), depth });

const bus = (name: string): string => `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/${name}`;
const rule = (path: string): string => `arn:aws:events:eu-west-1:${ACCOUNT}:rule/${path}`;

describe("reach", () => {
  const runs = (parts: readonly MapPart[], depth = 3): readonly string[] =>
    reached(parts, depth).flatMap((step) => step.runs.map(({ target, cut }) => `${target} ${cut}`));

  test.each([
    { because: "it may call it", lines: calls(arn("b")), of: [], expected: ["orders/b@prod/eu-west-1 null"] },
    {
      because: "a pattern of what it may call matches",
      lines: calls(`${arn("")}*`),
      of: [],
      expected: ["orders/a@prod/eu-west-1 elsewhere", "orders/b@prod/eu-west-1 null"],
    },
    {
      because: "a topic calls it that the function publishes to",
      lines: publishes("t"),
      of: [calledBy(topic("t"))],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "a bucket calls it that the function writes to",
      lines: { actions: ["s3:*"], resources: ["arn:aws:s3:::in/orders/*"] },
      of: [calledBy("arn:aws:s3:::in")],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "it puts events on the bus of a rule that calls it",
      lines: { actions: ["events:PutEvents"], resources: [bus("main")] },
      of: [calledBy(rule("main/on-order"))],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "it puts events on the default bus, whose rules have no name of a bus",
      lines: { actions: ["events:PutEvents"], resources: [bus("default")] },
      of: [calledBy(rule("on-order"))],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "not: the rule is of another bus",
      lines: { actions: ["events:PutEvents"], resources: [bus("main")] },
      of: [calledBy(rule("on-order"))],
      expected: [],
    },
    {
      because: "every topic of a pattern may call it",
      lines: publishes("orders-created"),
      of: [calledBy(topic("orders-*"))],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "both name topics by patterns that have some in common",
      lines: publishes("orders-*"),
      of: [calledBy(topic("orders-*-created"))],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "it writes to a log group whose subscription calls it",
      lines: {
        actions: ["logs:PutLogEvents"],
        resources: [`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app:*`],
      },
      of: [calledBy(`arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/app:*`)],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "its pattern has a wildcard in the partition, which matches the service too",
      lines: { ...publishes("t"), actions: ["*"], resources: ["arn:*:eu-west-1:*"] },
      of: [calledBy(topic("t"))],
      expected: ["orders/a@prod/eu-west-1 elsewhere", "orders/b@prod/eu-west-1 null"],
    },
    {
      because: "it may call it under the name of its newest version",
      lines: calls(`${arn("b")}:$LATEST`),
      of: [],
      expected: ["orders/b@prod/eu-west-1 null"],
    },
    {
      because: "not: the function only reads the topic's attributes",
      lines: { ...publishes("t"), actions: ["sns:GetTopicAttributes"] },
      of: [calledBy(topic("t"))],
      expected: [],
    },
    {
      because: "not: it publishes to another topic",
      lines: publishes("u"),
      of: [calledBy(topic("t"))],
      expected: [],
    },
  ])("follows a function, because $because", ({ lines, of, expected }) => {
    const parts = partsOf(mapped("a", read([inAws(lines)])), mapped("b", read(of.map((one) => inAws(one)))));

    expect(runs(parts)).toEqual(expected);
  });

  test("ends in a circle, and shows each function once", () => {
    const parts = partsOf(
      mapped("a", read([inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("a")))])),
    );

    expect(reached(parts, 100)[0]?.runs[0]?.steps[0]?.runs).toEqual([
      { target: "orders/a@prod/eu-west-1", steps: [], cut: "elsewhere" },
    ]);
  });

  test("follows no further than asked, and shows where it ended", () => {
    const parts = partsOf(
      mapped("a", read([inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("c")))])),
      mapped("c", read([])),
    );

    expect(reached(parts, 1)[0]?.runs[0]?.steps[0]?.runs).toMatchObject([{ cut: "depth" }]);
  });

  test("names at most 20 functions of one permission, and counts the others", () => {
    const others = Array.from({ length: 30 }, (_, at) => mapped(`b${at}`, read([])));
    const [step] = reached(partsOf(mapped("a", read([inAws(calls("*"))])), ...others), 1);

    expect([step?.runs.length, step?.more]).toEqual([20, 11]);
  });

  test("follows the 1,000 nearest functions, and shows which others it does not follow", () => {
    const name = (at: number): string => (at === 0 ? "a" : `f${at}`);
    const tree = Array.from({ length: 1_201 }, (_, at) => {
      const resources = Array.from({ length: 20 }, (_child, nth) => arn(name(20 * at + nth + 1)));
      return mapped(name(at), read([inAws({ actions: ["lambda:InvokeFunction"], resources })]));
    });

    const text = JSON.stringify(reached(partsOf(...tree), 3));

    expect([text.match(/"cut":null/g)?.length, text.match(/"cut":"many"/g)?.length]).toEqual([999, 201]);
    expect(text).toMatch(/"target":"orders\/f20@prod\/eu-west-1","steps":\[\{.*"cut":null/);
  });

  test("shows a function where it is nearest, so that a longer way hides nothing of it", () => {
    const parts = partsOf(
      mapped("a", read([inAws(calls(arn("c"))), inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("d")))])),
      mapped("c", read([inAws(calls(arn("b")))])),
      mapped("d", read([inAws({ what: "s3 read", resources: [table("secret")] })])),
    );

    for (const some of [parts, parts.map((part) => ({ ...part, edges: part.edges.toReversed() }))])
      expect(JSON.stringify(reached(some, 2))).toContain("s3 read");
  });

  const inAccount = (partition: string, lines: readonly EffectiveLine[]): MappedFunction => {
    const other = mapped("b", read(lines));
    const otherKey = "function/444455556666/eu-west-1/orders/b" as Key;
    const functionArn = `arn:${partition}:lambda:eu-west-1:444455556666:function:b`;
    return { ...other, key: otherKey, functionArn, state: { ...other.state, key: otherKey } };
  };

  test.each([
    {
      because: "its policy lets the caller's account in",
      partition: "aws",
      principal: `AWS arn:aws:iam::${ACCOUNT}:root`,
      count: 1,
    },
    { because: "its policy lets everyone in", partition: "aws", principal: "AWS *", count: 1 },
    {
      because: "not: its policy lets a third account in",
      partition: "aws",
      principal: "AWS arn:aws:iam::777788889999:root",
      count: 0,
    },
    { because: "not: it is in another partition", partition: "aws-cn", principal: "AWS *", count: 0 },
  ])("follows a function of another account, because $because", ({ partition, principal, count }) => {
    const other = inAccount(partition, [inAws({ kind: "caller", what: "caller", principal })]);
    const parts = partsOf(
      mapped("a", read([inAws({ ...calls("*"), resources: ["arn:*:lambda:*:444455556666:function:*"] })])),
      other,
    );

    expect(reached(parts, 1)[0]?.runs).toHaveLength(count);
  });

  test("keeps the conditions of a permission", () => {
    const details = ["if aws:SourceVpc StringEquals vpc-1"];
    const parts = partsOf(mapped("a", read([inAws({ resources: [table("t")], details })])));

    expect(reached(parts, 1)).toMatchObject([{ details }]);
  });
});
