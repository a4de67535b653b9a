import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Condition, ConditionReason } from "../../../../src/model/status.ts";
import { assess, toConditions } from "../../../../src/settle/conditions/conditions.ts";
import { outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { kstatusOf } from "../../../support/kubernetes/kstatus.ts";
import { happen } from "../../../support/kubernetes/watching.ts";
import { fakeState } from "../../../support/screens/api-world.ts";
import { withFailingAccounts } from "../../../support/screens/failing-accounts.ts";
import { startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { AUDIT_READ, LEDGER, ORDERS_API } from "../../../support/screens/world-keys.ts";
import { condition, record } from "../../../support/screens/world-states.ts";
import { SUSPENSION } from "../../../unit/settle/condition-facts.ts";
import { ROWS } from "../../../unit/settle/condition-rows.ts";

const of = (type: Condition["type"], status: Condition["status"], reason: ConditionReason): Condition =>
  condition({ type, status, reason });

const READY = { type: "Ready", status: "True" };
const STALLED = { type: "Stalled", status: "True" };
const RECONCILING = { type: "Reconciling", status: "True" };

/** The first five are the cases of custom resources in the tests of kstatus (TestCRDGenericStatus); the others are of its rules. */
describe("the rules of kstatus", () => {
  test.each([
    { because: "no status", metadata: { generation: 1 }, expected: "Current" },
    { because: "Ready", metadata: { generation: 1 }, status: { conditions: [READY] }, expected: "Current" },
    {
      because: "not Ready",
      metadata: { generation: 1 },
      status: { observedGeneration: 1, conditions: [{ ...READY, status: "False" }] },
      expected: "InProgress",
    },
    {
      because: "only a condition that it does not know",
      metadata: { generation: 1 },
      status: { conditions: [{ type: "SomeCondition", status: "False" }] },
      expected: "Current",
    },
    {
      because: "another generation",
      metadata: { generation: 2 },
      status: { observedGeneration: 1 },
      expected: "InProgress",
    },
    {
      because: "Ready of an earlier generation",
      metadata: { generation: 2 },
      status: { observedGeneration: 1, conditions: [READY] },
      expected: "InProgress",
    },
    {
      because: "Ready is not known",
      metadata: { generation: 1 },
      status: { conditions: [{ ...READY, status: "Unknown" }] },
      expected: "InProgress",
    },
    { because: "Stalled", metadata: {}, status: { conditions: [READY, STALLED] }, expected: "Failed" },
    {
      because: "the first of both is Reconciling",
      metadata: {},
      status: { conditions: [RECONCILING, STALLED] },
      expected: "InProgress",
    },
    {
      because: "the first of both is Stalled",
      metadata: {},
      status: { conditions: [STALLED, RECONCILING] },
      expected: "Failed",
    },
    {
      because: "Stalled is not true",
      metadata: {},
      status: { conditions: [{ ...STALLED, status: "False" }, READY] },
      expected: "Current",
    },
    {
      because: "it is being deleted",
      metadata: { generation: 2, deletionTimestamp: NOW },
      status: { observedGeneration: 1, conditions: [STALLED] },
      expected: "Terminating",
    },
  ])("conclude $expected: $because", ({ metadata, status, expected }) => {
    expect(kstatusOf({ metadata, ...(status !== undefined && { status }) })).toBe(expected);
  });
});

/** The kinds that have conditions: a boundary is a ManagedPolicy too. */
const OBJECTS = [
  { path: "/namespaces/orders/functionpermissions/orders-api", key: ORDERS_API },
  { path: "/namespaces/orders/bindings/orders-api.111122223333.eu-west-1", key: ORDERS_API },
  { path: "/namespaces/payments/managedpolicies/ledger", key: LEDGER },
  { path: "/namespaces/platform/managedpolicies/audit-read", key: AUDIT_READ },
] as const;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

describe.each(OBJECTS)("$path", ({ path, key }) => {
  beforeEach(() => {
    happen(server, { ...fakeState(), uncompared: new Set(), version: server.control.state.version });
  });

  const verdict = async (): Promise<string> => kstatusOf((await server.get(path)).json);
  function recorded(conditions: readonly Condition[]): void {
    const { records } = server.control.state;
    happen(server, {
      records: [...records.filter((one) => one.key !== key), record(key, { conditions })],
    });
  }
  const settled = (outcome: (typeof ROWS)[number]["outcome"], suspensions = [] as (typeof SUSPENSION)[]) =>
    toConditions(assess(outcomeView(outcome, suspensions)), [], NOW);

  test.each(ROWS)("is $expected.kstatus: $because", async ({ outcome, expected }) => {
    recorded(settled(outcome));

    expect(await verdict()).toBe(expected["kstatus"]);
  });

  test.each([
    { of: "as declared", row: ROWS[0], expected: "Current" },
    {
      of: "not as declared",
      row: ROWS.find(({ because }) => because === "a plan that is not due yet is in progress"),
      expected: "InProgress",
    },
  ])("is $expected while it is suspended and $of", async ({ row, expected }) => {
    if (row === undefined) throw new Error("no such row");
    const suspension = { ...SUSPENSION, scope: { accountId: null, namespace: null, key } };
    const { overview } = server.control.state;
    happen(server, { overview: { ...overview, suspensions: [suspension] } });
    recorded(settled(row.outcome, [suspension]));

    expect(await verdict()).toBe(expected);
  });

  test("is InProgress before the first comparison, also once its generation was observed", async () => {
    const { records } = server.control.state;
    happen(server, { records: records.filter((one) => one.key !== key) });

    expect(await verdict()).toBe("InProgress");
  });

  test("is InProgress while its account cannot be read, with and without an earlier comparison", async () => {
    const state = withFailingAccounts(server.control.state);
    happen(server, state);
    const compared = await verdict();
    happen(server, { records: [] });

    expect([compared, await verdict()]).toEqual(["InProgress", "InProgress"]);
  });

  test("is InProgress while the declaration in force was not compared, also if the earlier one stalled", async () => {
    recorded([of("Ready", "False", "ReconciliationFailed"), of("Stalled", "True", "QuotaExceeded")]);
    happen(server, { uncompared: new Set([key]) });

    expect(await verdict()).toBe("InProgress");
  });
});

describe("a document without a binding, such as one whose targets cannot be read,", () => {
  const { objects, overview } = fakeState();
  const broken = { ...overview.diagnostics[0], severity: "error" } as (typeof overview.diagnostics)[number];

  test.each([
    { because: "it has an error", file: "teams/orders/orders-api.yaml", expected: "Failed" },
    { because: "the error is of another file", file: "teams/orders/other.yaml", expected: "InProgress" },
  ])("is $expected: $because", async ({ file, expected }) => {
    const diagnostics = [{ ...broken, origin: { ...broken.origin, file, line: 7 } }];
    happen(server, {
      objects: objects.map((one) => ({ ...one, keys: [] })),
      overview: { ...overview, diagnostics },
    });

    const { json } = await server.get("/namespaces/orders/functionpermissions/orders-api");

    expect(kstatusOf(json)).toBe(expected);
  });
});
