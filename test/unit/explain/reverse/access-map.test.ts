import { describe, expect, test } from "@jest/globals";
import { accessMap, type MappedFunction } from "../../../../src/explain/reverse/access-map.ts";
import { reach } from "../../../../src/explain/reverse/reach.ts";
import type { PermissionLine } from "../../../../src/model/answers/permission-line.ts";
import type { EffectiveLine, PermissionState } from "../../../../src/model/answers/permission-state.ts";
import type { Key } from "../../../../src/model/keys/key.ts";

const ACCOUNT = "111122223333";
const key = (name: string): Key => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key;
const arn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const topic = (name: string): string => `arn:aws:sns:eu-west-1:${ACCOUNT}:${name}`;
const table = (name: string): string => `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/${name}`;

function line(change: Partial<PermissionLine>): PermissionLine {
  return {
    kind: "permission",
    what: "something",
    on: "somewhere",
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place: { kind: "policy", name: "grantkeeper", arn: null },
    ...change,
  };
}

const inAws = (change: Partial<PermissionLine>, isDeclared = true): EffectiveLine => ({
  ...line(change),
  isDeclared,
  wasDeclared: false,
});

const publishes = (name: string): Partial<PermissionLine> => ({
  what: "sns publish",
  on: `topic/${name}`,
  actions: ["sns:Publish"],
  resources: [topic(name)],
});
const calledBy = (source: string): Partial<PermissionLine> => ({
  kind: "caller",
  what: "caller sns",
  principal: "Service sns.amazonaws.com",
  condition: JSON.stringify({ ArnLike: { "aws:sourcearn": source } }),
});
const calls = (resource: string): Partial<PermissionLine> => ({
  what: "lambda invoke",
  on: resource,
  actions: ["lambda:InvokeFunction"],
  resources: [resource, `${resource}:*`],
});

function read(lines: readonly EffectiveLine[], more = 0): PermissionState["effective"] {
  return {
    kind: "read",
    readAt: "2026-10-01T12:00:00.000Z",
    failing: null,
    role: { kind: "declared", arn: "arn:aws:iam::111122223333:role/a" },
    permissions: { lines, more },
    boundary: null,
    settings: [],
    withoutEffect: { lines: [], more: 0 },
    unknown: [],
  };
}

function mapped(
  name: string,
  effective: PermissionState["effective"],
  change: Partial<PermissionState> = {},
) {
  const state: PermissionState = {
    key: key(name),
    declared: { kind: "not-declared", revision: null },
    effective,
    pending: [],
    comparisons: [],
    references: [],
    ...change,
  };
  return { key: key(name), target: `orders/${name}@prod/eu-west-1`, functionArn: arn(name), state };
}

const mapOf = (...functions: readonly MappedFunction[]) => accessMap(functions, functions);

describe("a map", () => {
  test("has an arrow from a function to what it may use, and not to the indexes of a table", () => {
    const { nodes, edges } = mapOf(
      mapped("a", read([inAws({ resources: [table("orders"), `${table("orders")}/index/*`] })])),
    );

    expect(nodes.map(({ id, kind }) => [id, kind])).toEqual([
      [table("orders"), "resource"],
      [key("a"), "function"],
    ]);
    expect(edges).toMatchObject([{ from: key("a"), to: table("orders"), state: "effective" }]);
  });

  test("has one node for a topic that one function publishes to and another is called by", () => {
    const { edges } = mapOf(
      mapped("a", read([inAws(publishes("t"))])),
      mapped("b", read([inAws(calledBy(topic("t")))])),
    );

    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      [topic("t"), key("b")],
      [key("a"), topic("t")],
    ]);
  });

  test("has a function's own node for its ARN with or without a qualifier", () => {
    const { nodes } = mapOf(
      mapped("a", read([inAws(calls(arn("b"))), inAws(calls(`${arn("b")}:live`))])),
      mapped("b", read([])),
    );

    expect(nodes.map(({ id }) => id)).toEqual([key("a"), key("b")]);
  });

  test("keeps apart what is undeclared, pending and not read", () => {
    const { edges } = mapOf(
      mapped("a", read([inAws({ resources: [table("debug")] }, false)]), {
        pending: [
          {
            reason: { kind: "applying" },
            add: { lines: [line({ resources: [table("new")] })], more: 0 },
            remove: { lines: [], more: 0 },
            settings: [],
            other: [],
            hint: null,
          },
        ],
      }),
      mapped(
        "b",
        { kind: "unknown", reason: "AWS was not read yet" },
        {
          declared: {
            kind: "declared",
            revision: "main@sha1:0" as never,
            file: "b.yaml",
            permissions: { lines: [line({ resources: [table("orders")] })], more: 0 },
          },
        },
      ),
    );

    expect(edges.map(({ to, state }) => [to, state])).toEqual([
      [table("debug"), "undeclared"],
      [table("new"), "pending"],
      [table("orders"), "unknown"],
    ]);
  });

  test("draws no arrow for a denial, and reports that it lacks it", () => {
    const { edges, unknown } = mapOf(
      mapped("a", read([inAws({ kind: "denial", resources: ["*"] }), inAws({ kind: "unknown" })], 7)),
    );

    expect(edges).toEqual([]);
    expect(unknown.map(({ reason }) => reason)).toEqual([
      "more permissions than are listed",
      "statements that are not understood",
      "statements that deny",
    ]);
  });

  test("keeps two principals with different conditions apart", () => {
    const caller = { kind: "caller", principal: "AWS *", what: "caller anyone" } as const;
    const { nodes } = mapOf(
      mapped("a", read([inAws(caller), inAws({ ...caller, condition: '{"StringEquals":{"aws:x":"1"}}' })])),
    );

    expect(nodes.filter(({ kind }) => kind === "caller")).toHaveLength(2);
  });
});

const bus = (name: string): string => `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/${name}`;
const rule = (path: string): string => `arn:aws:events:eu-west-1:${ACCOUNT}:rule/${path}`;

describe("reach", () => {
  const runs = (map: ReturnType<typeof mapOf>, depth = 3): readonly string[] =>
    reach(map, key("a"), depth).flatMap((step) => step.runs.map(({ target, cut }) => `${target} ${cut}`));

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
    const map = mapOf(mapped("a", read([inAws(lines)])), mapped("b", read(of.map((one) => inAws(one)))));

    expect(runs(map)).toEqual(expected);
  });

  test("ends in a circle, and shows each function once", () => {
    const map = mapOf(
      mapped("a", read([inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("a")))])),
    );

    expect(reach(map, key("a"), 100)[0]?.runs[0]?.steps[0]?.runs).toEqual([
      { target: "orders/a@prod/eu-west-1", steps: [], cut: "elsewhere" },
    ]);
  });

  test("follows no further than asked, and shows where it ended", () => {
    const map = mapOf(
      mapped("a", read([inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("c")))])),
      mapped("c", read([])),
    );

    expect(reach(map, key("a"), 1)[0]?.runs[0]?.steps[0]?.runs).toMatchObject([{ cut: "depth" }]);
  });

  test("names at most 20 functions of one permission, and counts the others", () => {
    const others = Array.from({ length: 30 }, (_, at) => mapped(`b${at}`, read([])));
    const [step] = reach(mapOf(mapped("a", read([inAws(calls("*"))])), ...others), key("a"), 1);

    expect([step?.runs.length, step?.more]).toEqual([20, 11]);
  });

  test("shows a function where it is nearest, so that a longer way hides nothing of it", () => {
    const map = mapOf(
      mapped("a", read([inAws(calls(arn("c"))), inAws(calls(arn("b")))])),
      mapped("b", read([inAws(calls(arn("d")))])),
      mapped("c", read([inAws(calls(arn("b")))])),
      mapped("d", read([inAws({ what: "s3 read", resources: [table("secret")] })])),
    );

    for (const edges of [map.edges, map.edges.toReversed()])
      expect(JSON.stringify(reach({ ...map, edges }, key("a"), 2))).toContain("s3 read");
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
    const map = mapOf(
      mapped("a", read([inAws({ ...calls("*"), resources: ["arn:*:lambda:*:444455556666:function:*"] })])),
      other,
    );

    expect(reach(map, key("a"), 1)[0]?.runs).toHaveLength(count);
  });

  test("keeps the conditions of a permission", () => {
    const details = ["if aws:SourceVpc StringEquals vpc-1"];
    const map = mapOf(mapped("a", read([inAws({ resources: [table("t")], details })])));

    expect(reach(map, key("a"), 1)).toMatchObject([{ details }]);
  });
});
