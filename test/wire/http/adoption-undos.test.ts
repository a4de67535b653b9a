import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { actionOf, planOf } from "../../support/pass/passes.ts";
import { deltaRow } from "../../support/policies/delta-rows.ts";
import { undoPlansOf, UNDO_SUBJECT, UNDO_SUSPENSION } from "../../support/screens/undo-plans.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import {
  EXPIRED_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ state: { undoPlans: undoPlansOf(), ordered: [UNDO_SUSPENSION] } });
});
afterEach(() => server.close());

const order = { keys: [ORDERS_API], subject: UNDO_SUBJECT, reason: "INC-1" };

describe("the plan of an undo", () => {
  test("shows what is planned, what is refused and where nothing is to undo, with one digest", async () => {
    const { status, json } = await server.post("/adoptionundoplans", { keys: [ORDERS_API] }, ORDERS_TOKEN);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      kind: "AdoptionUndoPlan",
      status: {
        subject: UNDO_SUBJECT,
        calls: 1,
        functions: [
          { state: "planned", calls: [{ call: "lambda:UpdateFunctionConfiguration" }] },
          { state: "refused", obstacles: [{ kind: "role-gone" }], calls: [] },
          { state: "nothing", reason: expect.any(String), calls: [] },
        ],
      },
    });
  });

  test("shows a team no permissions before a pass has shown whose the roles are", async () => {
    const gained = { ...NO_DELTA, allowed: [deltaRow({ action: "sqs:PurgeQueue" })] };
    const [first, ...more] = undoPlansOf().plans;
    if (first?.finding.kind !== "planned") throw new Error("the first one is planned");
    const plan = planOf([actionOf({ delta: gained })]);
    server.control.state.undoPlans = {
      subject: UNDO_SUBJECT,
      plans: [{ ...first, finding: { ...first.finding, plan } }, ...more],
    };
    const seenBy = async (token?: string): Promise<boolean> =>
      (await server.post("/adoptionundoplans", { keys: [ORDERS_API] }, token)).text.includes(
        "sqs:PurgeQueue",
      );

    const before = [await seenBy(), await seenBy(ORDERS_TOKEN)];
    server.control.state.views = new Map();

    expect(before).toEqual([true, true]);
    expect([await seenBy(), await seenBy(ORDERS_TOKEN)]).toEqual([true, false]);
  });

  test("is shown to a token that may only read", async () => {
    expect((await server.post("/adoptionundoplans", { keys: [REFUNDS] }, READER_TOKEN)).status).toBe(200);
  });

  test.each([{ keys: [] }, { keys: ["x"] }, { keys: [ORDERS_API], more: 1 }, {}])(
    "is refused for the selection %j",
    async (body) => {
      expect((await server.post("/adoptionundoplans", body)).status).toBe(400);
    },
  );
});

describe("a token", () => {
  test.each([
    { token: ORDERS_TOKEN, keys: [ORDERS_API], status: 201, because: "it may approve in its namespace" },
    { token: ORDERS_TOKEN, keys: [REFUNDS], status: 403, because: "the function is another namespace's" },
    {
      token: ORDERS_TOKEN,
      keys: [ORDERS_API, ORDERS_JOBS, REFUNDS],
      status: 403,
      because: "one of the functions is another namespace's",
    },
    { token: READER_TOKEN, keys: [ORDERS_API], status: 403, because: "it may only read" },
    { token: EXPIRED_TOKEN, keys: [ORDERS_API], status: 401, because: "it has expired" },
    { token: null, keys: [ORDERS_API], status: 401, because: "there is none" },
  ])("orders an undo with the answer $status if $because", async ({ token, keys, status }) => {
    const answer = await server.post("/adoptionundos", { ...order, keys }, token);

    expect(answer.status).toBe(status);
    expect(server.control.commands).toHaveLength(status === 201 ? 1 : 0);
  });

  test.each([[REFUNDS], [ORDERS_API, REFUNDS]])(
    "of one namespace sees no plan for another: %s",
    async (...keys) => {
      const { status, text } = await server.post("/adoptionundoplans", { keys }, ORDERS_TOKEN);

      expect(status).toBe(403);
      expect(text).not.toContain(UNDO_SUBJECT);
    },
  );

  test("learns nothing about whether a function of another namespace exists", async () => {
    const missing = REFUNDS.replace("refunds", "missing");
    const [known, unknown] = await Promise.all(
      [REFUNDS, missing].map((key) => server.post("/adoptionundoplans", { keys: [key] }, ORDERS_TOKEN)),
    );

    expect(unknown?.status).toBe(known?.status);
    expect(unknown?.text.replace("missing", "refunds")).toBe(known?.text);
  });
});

describe("the order of an undo", () => {
  test("is made in the name of the token, with the time of its suspension", async () => {
    const { json } = await server.post("/adoptionundos", { ...order, for: "2h" }, ORDERS_TOKEN);

    expect(json).toMatchObject({
      kind: "AdoptionUndo",
      spec: { subject: UNDO_SUBJECT, reason: "INC-1" },
      status: { keys: [ORDERS_API], suspensions: [UNDO_SUSPENSION.id] },
    });
    expect(server.control.commands).toMatchObject([
      { name: "order-undo", actor: "ci-orders", request: { forMs: 7_200_000, acceptChanges: false } },
    ]);
  });

  test.each([
    { change: { reason: "" }, because: "it has no reason" },
    { change: { for: "0s" }, because: "its suspension would end immediately" },
    { change: { actor: "someone" }, because: "the actor is the token's" },
  ])("is refused if $because", async ({ change }) => {
    expect((await server.post("/adoptionundos", { ...order, ...change })).status).toBe(400);
    expect(server.control.commands).toEqual([]);
  });

  test("of a plan that has changed is a conflict", async () => {
    server.control.state.refusal = { code: "conflict", message: "the plan has changed" };

    expect((await server.post("/adoptionundos", order)).status).toBe(409);
  });
});
