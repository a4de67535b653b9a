import { describe, expect, test } from "@jest/globals";
import {
  arn,
  calledBy,
  calls,
  inAws,
  key,
  line,
  mapOf,
  mapped,
  publishes,
  read,
  table,
  topic,
} from "./mapped.ts";

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

  test("draws no change that was found before Git changed, and reports that it lacks it", () => {
    const none = { lines: [], more: 0 };
    const add = { lines: [line({ resources: [table("new")] })], more: 0 };
    const change = { add, remove: none, settings: [], other: [], hint: null, isOutdated: true } as const;

    const { edges, unknown } = mapOf(
      mapped("a", read([]), { pending: [{ reason: { kind: "applying" }, ...change }] }),
    );

    expect(edges).toEqual([]);
    expect(unknown.map(({ reason }) => reason)).toEqual(["changes that were found before Git changed"]);
  });

  test("draws what is declared once, also if only the role was not read", () => {
    const caller = { kind: "caller", principal: "AWS *", what: "caller anyone" } as const;
    const role = {
      kind: "unknown",
      arn: "arn:aws:iam::111122223333:role/a",
      reason: "AccessDenied",
    } as const;
    const declared = {
      kind: "declared",
      revision: "main@sha1:0" as never,
      file: "a.yaml",
      permissions: { lines: [line({ resources: [table("orders")] }), line(caller)], more: 0 },
    } as const;

    const { edges } = mapOf(mapped("a", { ...read([inAws(caller)]), role }, { declared }));

    expect(edges.map(({ what, state }) => [what, state])).toEqual([
      ["caller anyone", "effective"],
      [expect.any(String), "unknown"],
    ]);
  });

  test.each([
    {
      effective: read([inAws({ what: "old" })]),
      pending: [{ reason: { kind: "not-compared", revision: null } }],
      states: ["unknown", "effective"],
      because: "no pass has compared what Git declares now",
    },
    {
      effective: { ...read([]), role: { kind: "absent", arn: "arn:aws:iam::111122223333:role/a" } },
      pending: [],
      states: ["unknown"],
      because: "its role does not exist, and no plan has more",
    },
    {
      effective: read([inAws({ what: "old" })]),
      pending: [],
      states: ["effective"],
      because: "a pass compared both, and planned nothing",
    },
  ] as const)("has what Git alone declares as $states: $because", ({ effective, pending, states }) => {
    const none = { lines: [], more: 0 };
    const declared = {
      kind: "declared",
      revision: "main@sha1:0" as never,
      file: "a.yaml",
      permissions: { lines: [line({ what: "new" })], more: 0 },
    } as const;
    const changes = pending.map((change) => ({
      add: none,
      remove: none,
      settings: [],
      other: [],
      hint: null,
      ...change,
    }));

    const { edges } = mapOf(mapped("a", effective, { declared, pending: changes }));

    expect(edges.map(({ what, state }) => `${what} ${state}`).toSorted()).toEqual(
      states.map((state) => (state === "unknown" ? "new unknown" : "old effective")),
    );
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

  test.each([
    { principal: "AWS *", accounts: "any" },
    { principal: "*", accounts: "any" },
    { principal: "all but AWS arn:aws:iam::444455556666:root", accounts: "any" },
    { principal: "any of AWS 444455556666, AWS *", accounts: "any" },
    { principal: "AWS arn:aws:iam::444455556666:role/x", accounts: ["444455556666"] },
    { principal: "AWS 444455556666", accounts: ["444455556666"] },
    { principal: "AWS AIDAJQABLZS4A3QDU576Q", accounts: [] },
    { principal: "Service sns.amazonaws.com", accounts: [] },
    { principal: null, accounts: "any" },
  ])("knows the accounts of the caller $principal: $accounts", ({ principal, accounts }) => {
    const { edges } = mapOf(mapped("a", read([inAws({ kind: "caller", what: "caller", principal })])));

    expect(edges).toMatchObject([{ to: key("a"), accounts }]);
  });

  test.each([
    {
      resources: ["arn:aws:kms:eu-west-1:111122223333:key/*"],
      on: "alias/x",
      label: "alias/x in eu-west-1, account 111122223333",
    },
    { resources: ["arn:aws:kms:*:*:key/*"], on: "alias/x", label: "alias/x" },
    { resources: ["*"], on: "namespace/Acme", label: "namespace/Acme" },
    {
      resources: ["arn:aws:dynamodb:us-east-1:111122223333:table/o*"],
      on: "table/o* in us-east-1",
      label: "table/o* in us-east-1",
    },
    { resources: ["all but a, b"], on: "all resources but a, b", label: "all resources but a, b" },
    { resources: [], on: "its own statements", label: "its own statements" },
  ])("names $resources as the screens of the function do: $label", ({ resources, on, label }) => {
    const { nodes } = mapOf(mapped("a", read([inAws({ resources, on })])));

    expect(nodes.filter(({ kind }) => kind === "resource")).toMatchObject([{ label }]);
  });

  test("names what newer reads fail of, and what of AWS is not known", () => {
    const failing = read([]);
    const { unknown } = mapOf(
      mapped("a", {
        ...failing,
        failing: { since: "2026-10-01T12:00:00.000Z", reason: "throttled" },
      }),
      mapped("b", { kind: "unknown", reason: "AWS was not read yet" }),
    );

    expect(unknown.map(({ reason }) => reason).sort()).toEqual([
      "AWS was not read yet",
      "newer reads fail: throttled",
    ]);
  });

  test("an ARN that is no function of the map, and a condition that is not understood, are nodes of their own", () => {
    const caller = { kind: "caller", what: "caller s3", principal: "Service s3.amazonaws.com" } as const;
    const odd = JSON.stringify({ StringNotEquals: { "aws:sourcearn": [topic("t")] } });
    const { nodes } = mapOf(
      mapped("a", read([inAws({ ...caller, condition: odd }), inAws({ resources: ["not-an-arn"] })])),
    );

    expect(nodes.map(({ id }) => id)).toEqual([
      `caller Service s3.amazonaws.com ${odd}`,
      key("a"),
      "not-an-arn",
    ]);
  });
});
