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
