import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import { type Digest, digestOf } from "../../../src/model/values/digest.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import {
  LEDGER,
  ORDERS_API,
  ORDERS_JOBS,
  PAYMENTS_SUBJECT,
  REFUNDS,
  STRAY,
} from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import {
  ORDERS_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";
import { leaks, hold } from "../../support/screens/tenancy.ts";
import { withFailingAccounts } from "../../support/screens/failing-accounts.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ state: withFailingAccounts(fakeState()) });
});
afterEach(() => server.close());

const get = (path: string): Promise<Answer> => server.get(path, ORDERS_TOKEN);
const post = (path: string, body: unknown): Promise<Answer> => server.post(path, body, ORDERS_TOKEN);

describe("a token of one namespace acts", () => {
  test("on its own keys with all", async () => {
    const answer = await post("/reconciliations", { all: true });

    expect(answer.status).toBe(202);
    expect(server.control.commands).toMatchObject([
      { request: { kind: "keys", keys: [ORDERS_API, ORDERS_JOBS] } },
    ]);
    expect(answer.json.status.waitingFor).toEqual([ORDERS_API]);
  });

  test("on nothing when one of the keys is another's", async () => {
    const answer = await post("/reconciliations", { keys: [ORDERS_API, LEDGER] });

    expect(answer.status).toBe(403);
    expect(server.control.commands).toEqual([]);
  });

  test("on no key whose account has left Git with all", async () => {
    server.control.state.records = [...fakeState().records, record(STRAY)];

    await post("/reconciliations", { all: true });

    expect(server.control.commands).toMatchObject([{ request: { keys: [ORDERS_API, ORDERS_JOBS] } }]);
  });

  test("not at all when it has no keys", async () => {
    server.control.state.objects = [];
    server.control.state.records = [];

    expect((await post("/reconciliations", { all: true })).status).toBe(404);
  });

  test.each([
    { scope: { everything: true }, status: 403 },
    { scope: { accountId: "111122223333" }, status: 403 },
    { scope: { namespace: "payments" }, status: 403 },
    { scope: { key: REFUNDS }, status: 403 },
    { scope: { namespace: "orders" }, status: 201 },
    { scope: { namespace: "orders", accountId: "111122223333" }, status: 201 },
    { scope: { key: ORDERS_API }, status: 201 },
  ])("suspending $scope is answered with $status", async ({ scope, status }) => {
    const answer = await post("/suspensions", { scope, reason: "INC-1", for: "1h" });

    expect(answer.status).toBe(status);
    expect(server.control.commands).toHaveLength(status === 201 ? 1 : 0);
  });

  test.each([
    { id: "s-orders", status: 200, because: "it is its own" },
    { id: "s-everything", status: 403, because: "it covers others too" },
    { id: "s-payments", status: 404, because: "it does not exist for it" },
    { id: "nothing", status: 404, because: "it does not exist" },
  ])("resuming $id is answered with $status: $because", async ({ id, status }) => {
    expect((await post(`/suspensions/${id}/resume`, { reason: "over" })).status).toBe(status);
    expect(server.control.commands).toHaveLength(status === 200 ? 1 : 0);
  });

  test("on no alert route, whether or not it exists", async () => {
    const answers = [
      await post("/alertroutes/payments-chat/test", {}),
      await post("/alertroutes/x/test", {}),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect((await get("/alertroutes")).json.items).toEqual([]);
    expect(server.control.commands).toEqual([]);
  });

  test("with refusals that name no other namespace", async () => {
    server.control.state.refusal = { code: "conflict", message: "payments/refunds is in the way" };

    const answer = await post("/reconciliations", { all: true });

    expect(answer.status).toBe(409);
    expect(answer.json.message).toBe("(another namespace) is in the way");
  });
});

test.each([
  { scope: "namespace orders", status: 200, because: "it is its own" },
  { scope: "everything", status: 200, because: "its keys are suspended too" },
  { scope: ORDERS_API, status: 200, because: "the key is its own" },
  { scope: "namespace payments", status: 404, because: "it is another's" },
  { scope: REFUNDS, status: 404, because: "the key is another's" },
])("a token of one namespace reads the entry of a suspension of $scope ($status): $because", async (row) => {
  const { scope, status } = row;
  const fact = { kind: "suspended", id: "s1", scope, actor: "dana", reason: "INC-1", until: NOW } as const;
  server.control.state.history = [nextEntry(CHAIN_START, fact, NOW)];

  expect((await get("/events/1")).status).toBe(status);
});

describe("a token of one namespace approves", () => {
  const approve = (subject: string): Promise<Answer> => post("/approvals", { subject, reason: "seen" });
  const OWN = digestOf("own");
  const BOTH = digestOf("both");

  beforeEach(() => {
    const state = server.control.state;
    state.overview = {
      ...state.overview,
      holds: [hold(OWN, [ORDERS_API]), hold(BOTH, [ORDERS_JOBS, REFUNDS])],
    };
  });

  test.each([
    { subject: OWN, because: "the entire digest" },
    { subject: OWN.slice("sha256:".length, "sha256:".length + 8), because: "its first eight digits" },
  ])("what is held of its own keys, by $because", async ({ subject }) => {
    expect((await approve(subject)).status).toBe(201);
    expect(server.control.commands).toMatchObject([
      { name: "approve", actor: "ci-orders", request: { subject: OWN } },
    ]);
  });

  test.each([
    { subject: PAYMENTS_SUBJECT, status: 404, because: "another's plan does not exist for it" },
    { subject: BOTH, status: 403, because: "it covers keys of others" },
    { subject: OWN.slice(7, 14), status: 404, because: "seven digits are too few" },
    { subject: "main@aaaaaaa", status: 404, because: "a revision is all namespaces'" },
    { subject: digestOf("nothing"), status: 404, because: "nothing has it" },
  ])("nothing else ($status): $because", async ({ subject, status }) => {
    const answer = await approve(subject);

    expect(answer.status).toBe(status);
    expect(server.control.commands).toEqual([]);
    expect(leaks(answer)).toEqual([]);
  });

  test.each([
    { subject: PAYMENTS_SUBJECT, status: 404, because: "another's plan does not exist for it" },
    { subject: BOTH, status: 403, because: "it covers keys of others" },
  ])("nothing else, nor rejects it ($status): $because", async ({ subject, status }) => {
    const answer = await post("/rejections", { subject, reason: "no" });

    expect(answer.status).toBe(status);
    expect(server.control.commands).toEqual([]);
    expect(leaks(answer)).toEqual([]);
  });

  test("gets no name of another namespace from a rejection that its answer ends or replaces", async () => {
    const { state } = server.control;
    const [subject, reason] = [digestOf("own"), "only after payments/refunds"];
    const rejection = { subject, accountId: null, actor: "dana", reason, at: NOW };
    state.overview = {
      ...state.overview,
      holds: [hold(subject, [ORDERS_API])],
      rejections: [rejection],
    };

    const [approved, rejected] = [
      await approve(subject),
      await post("/rejections", { subject, reason: "no" }),
    ];

    expect([approved.status, rejected.status]).toEqual([201, 201]);
    expect(approved.json.status.ends).toMatchObject({
      actor: "dana",
      reason: "only after (another namespace)",
    });
    expect([leaks(approved), leaks(rejected)]).toEqual([[], []]);
  });

  test("gets no name of another namespace from a suspension that it ends", async () => {
    const { state } = server.control;
    const scope = { accountId: null, namespace: null, key: ORDERS_API };
    const reason = "until payments/refunds is done";
    const suspension = { id: "s-own", scope, reason, actor: "dana", at: NOW, until: NOW };
    state.overview = { ...state.overview, suspensions: [suspension] };

    const ended = await post("/suspensions/s-own/resume", { reason: "done" });

    expect([ended.status, leaks(ended)]).toEqual([200, []]);
  });

  test("learns the new digest of its own changed plan, and nothing of another's", async () => {
    const [own, foreign] = ["1".repeat(64), "2".repeat(64)];
    server.control.state.formerlyHeld = new Map([
      [own, [ORDERS_API]],
      [foreign, [REFUNDS]],
    ]);
    const digest = OWN.slice("sha256:".length, "sha256:".length + 8);

    const changed = await approve(own);
    const unknown = await approve(foreign);

    expect([changed.status, changed.json.message, changed.json.details.hint]).toEqual([
      409,
      `11111111: the plan has changed; new digest ${digest}`,
      `grantkeeper describe approval ${digest}`,
    ]);
    expect([unknown.status, leaks(unknown)]).toEqual([404, []]);
  });

  test("nothing by a beginning that two of its subjects have", async () => {
    const twins = [`sha256:${"c".repeat(64)}`, `sha256:${"c".repeat(63)}d`] as unknown as readonly Digest[];
    const { overview } = server.control.state;
    server.control.state.overview = {
      ...overview,
      holds: twins.map((subject) => hold(subject, [ORDERS_API])),
    };

    expect((await approve("cccccccc")).status).toBe(409);
  });

  test.each([
    {
      keys: [ORDERS_API],
      status: 409,
      because: "what was reviewed under these digits may be the plan before",
    },
    { keys: [REFUNDS], status: 201, because: "what another namespace waited for does not exist for it" },
  ])("by a beginning that a former plan has too ($status): $because", async ({ keys, status }) => {
    const digits = OWN.slice("sha256:".length, "sha256:".length + 8);
    server.control.state.namesakes = new Map([[digits, keys]]);

    const [short, entire] = [await approve(digits), await approve(OWN)];

    expect([short.status, entire.status]).toEqual([status, 201]);
    expect(leaks(short)).toEqual([]);
  });

  test("its own subject although another's begins like it", async () => {
    const own = `sha256:${"b".repeat(63)}c` as Digest;
    const { overview } = server.control.state;
    const holds = [hold(own, [ORDERS_API]), hold(PAYMENTS_SUBJECT, [REFUNDS])];
    server.control.state.overview = { ...overview, holds };

    expect((await approve("bbbbbbbb")).status).toBe(201);
    expect(server.control.commands).toMatchObject([{ request: { subject: own } }]);
  });
});
