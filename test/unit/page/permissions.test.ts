import { describe, expect, test } from "@jest/globals";
import type { PendingChange } from "../../../src/model/answers/permission-state.ts";
import { connectionsOf, readMapFilter, selectConnections } from "../../../src/page/view/map/connections.ts";
import { callersQuestion, questionOf } from "../../../src/page/view/map/question.ts";
import { shownReach } from "../../../src/page/view/reach.ts";
import { allow, binding, compiled, policy } from "../../support/pass/bindings.ts";
import { KEY, line, LINES, objectOf, read, state } from "./map/states.ts";

describe("the picture of a function", () => {
  test("has one line to each resource and caller, also to what AWS alone has", () => {
    expect(shownReach(state(read(LINES)))).toEqual({
      callers: [{ name: "sns topic/orders-returned", state: "effective", whats: ["invoke"] }],
      resources: [
        { name: "table/refunds", state: "effective", whats: ["dynamodb read", "dynamodb write"] },
        { name: "queue/refunds-dlq", state: "undeclared", whats: ["sqs:SendMessage"] },
      ],
      isComplete: true,
    });
  });

  test("keeps an undeclared line apart from the declared ones to the same resource or caller", () => {
    const extra = line("sqs:ReceiveMessage", "all resources", { isDeclared: false, wasDeclared: false });
    const stranger = line("caller sns", "topic/a", { isDeclared: false, wasDeclared: false });
    const lines = [line("tracing send", "all resources"), extra, line("caller sns", "topic/a"), stranger];

    expect(shownReach(state(read(lines)))).toMatchObject({
      callers: [{ state: "effective" }, { state: "undeclared" }],
      resources: [
        { name: "all resources", state: "effective", whats: ["tracing send"] },
        { name: "all resources", state: "undeclared", whats: ["sqs:ReceiveMessage"] },
      ],
    });
  });

  test("is not complete if a part was not read, and shows what Git declares if nothing was", () => {
    expect(shownReach(state(read([], ["the policy was not read"]))).isComplete).toBe(false);

    const unread = shownReach(state({ kind: "unknown", reason: "AccessDenied" }, LINES.slice(0, 1)));
    expect(unread).toMatchObject({ isComplete: false, resources: [{ state: "unknown" }] });
  });

  test("is not complete while newer reads of the account fail, nor is the map", () => {
    const failing = { since: "2026-11-30T05:01:00Z", reason: "AccessDenied" };
    const old = { ...read([]), failing };

    expect([shownReach(state(old)).isComplete, connectionsOf([objectOf(old)]).unread]).toEqual([
      false,
      [KEY],
    ]);
    expect(shownReach(state(read([]))).isComplete).toBe(true);
  });
});

test.each([
  ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "resource"],
  ["arn:aws:s3:::bucket/*", "resource"],
  [" dynamodb:GetItem ", "action"],
  ["s3:Get*", "action"],
  ["table/orders", null],
  ["caller sns", null],
  ["dynamodb:", null],
])("the filter %j of the map is part of a question: %s", (text, part) => {
  const question = questionOf(text);

  expect(question).toEqual(part === null ? null : { [part]: text.trim() });
});

test("the question who may call a function has its ARN, and there is none for a policy", () => {
  const desired = binding();

  const question = new URLSearchParams(callersQuestion(desired) ?? "");

  expect(Object.fromEntries(question)).toEqual({
    view: "who-can",
    action: "lambda:InvokeFunction",
    resource: desired.functionArn,
  });
  expect(callersQuestion(policy(compiled(allow("s3:GetObject"))))).toBeNull();
});

describe("the permission map", () => {
  const found = (query: string): readonly string[] => {
    const { connections } = connectionsOf([objectOf(read(LINES))]);
    const { found: selected } = selectConnections(connections, readMapFilter(new URLSearchParams(query)));
    return selected.map(({ what }) => what);
  };

  test("answers who can reach a resource, also by its ARN", () => {
    expect(found("q=table/refunds")).toEqual(["dynamodb read", "dynamodb write"]);
    expect(found("q=arn:aws:dynamodb:eu-west-1:111122223333:table/refunds")).toEqual(["dynamodb read"]);
  });

  test.each([
    { resources: ["*"], wildcards: 1, because: "all resources include it" },
    { resources: ["all but arn:aws:s3:::x"], wildcards: 1, because: "only another one is left out" },
    { resources: ["arn:aws:sqs:eu-west-1:1:queue/a"], more: 3, wildcards: 1, because: "names are left out" },
    {
      resources: ["arn:a:table/b", "arn:a:table/b/index/*"],
      wildcards: 0,
      because: "it is of another table",
    },
    { resources: ["arn:a:table/refunds-*"], wildcards: 0, because: "it has the text itself" },
  ])("counts $wildcards lines that may match a text: $because", ({ resources, more = 0, wildcards }) => {
    const all = [...LINES.slice(0, 2), line("dynamodb write", "all resources", { resources, more })];
    const { connections } = connectionsOf([objectOf(read(all))]);

    const selected = selectConnections(connections, readMapFilter(new URLSearchParams("q=table/refunds")));

    expect(selected.wildcards).toHaveLength(wildcards);
  });

  test("shows the actions and conditions of a caller, so that two of its statements differ", () => {
    const url = { caller: "anyone", principal: "*" };
    const lines = [
      line("caller anyone", "", { ...url, actions: ["lambda:InvokeFunctionUrl"] }),
      line("caller anyone", "", {
        ...url,
        actions: ["lambda:InvokeFunction"],
        details: ["if through the URL"],
      }),
    ];

    const { connections } = connectionsOf([objectOf(read(lines))]);

    expect(connections.map(({ what, on }) => [what, on])).toEqual([
      ["anyone, lambda:InvokeFunctionUrl", "*"],
      ["anyone, if through the URL", "*"],
    ]);
  });

  test("shows what a boundary has as a limit, since it allows nothing", () => {
    const object = objectOf(read([line("2 actions", "all resources")]));
    const boundary = { ...object, status: { ...object.status, isBoundary: true as const } };

    const { connections } = connectionsOf([object, boundary]);

    expect(connections.map(({ direction }) => direction)).toEqual(["may use", "limits to"]);
  });

  test("selects by direction and by state", () => {
    expect(found("direction=called+by")).toEqual(["sns"]);
    expect(found("state=AWS+only")).toEqual(["sqs:SendMessage"]);
    expect(found("state=stolen")).toEqual(found(""));
  });

  test.each([
    { wasDeclared: true, state: "no longer in Git", because: "the last applied revision declared it" },
    { wasDeclared: false, state: "AWS only", because: "no revision did" },
  ])("has what Git does not declare as $state: $because", ({ wasDeclared, state: shown }) => {
    const lines = [line("sqs:SendMessage", "queue/refunds-dlq", { isDeclared: false, wasDeclared })];

    const { connections } = connectionsOf([objectOf(read(lines))]);

    expect(connections.map((each) => each.state)).toEqual([shown]);
  });

  test.each([
    { change: {}, states: ["pending"], because: "AWS lacks it" },
    { change: { isOutdated: true }, states: [], because: "it was found before Git changed" },
  ] as const)("has what a pending change adds: $because", ({ change, states }) => {
    const none = { lines: [], more: 0 };
    const add = { lines: LINES.slice(0, 1), more: 0 };
    const pending: PendingChange = {
      reason: { kind: "observe-only" },
      add,
      remove: none,
      settings: [],
      other: [],
      hint: null,
      ...change,
    };
    const object = objectOf(read([]));

    const { connections } = connectionsOf([{ ...object, status: { ...object.status, pending: [pending] } }]);

    expect(connections.map(({ state: shown }) => shown)).toEqual(states);
  });

  test("names the functions that were not read, and shows only what Git declares of them", () => {
    const unread = objectOf({ kind: "unknown", reason: "AccessDenied" }, LINES.slice(0, 1));

    const { connections, unread: keys } = connectionsOf([unread]);

    expect(keys).toEqual([KEY]);
    expect(connections.map((each) => each.state)).toEqual(["declared, not observed"]);
  });
});
