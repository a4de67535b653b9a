import { afterEach, describe, expect, test } from "@jest/globals";
import type { ReconcileProgress } from "../../../src/controller/ports/control.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import type { KeyStatus } from "../../../src/model/status.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import { finish, intent, REVISION } from "../../support/record/audit-facts.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
afterEach(() => server.close());

const API = "orders/orders-api@prod/eu-west-1";
const JOBS = "orders/orders-jobs@prod/eu-west-1";
const PENDING: Partial<KeyStatus> = {
  conditions: [condition({ status: "Unknown", reason: "Progressing", message: "changes are on their way" })],
  sync: "OutOfSync",
};
const REFUSED: Partial<KeyStatus> = {
  conditions: [condition({ status: "False", reason: "GuardrailRefused", message: "ACT-001: x" })],
};

/** A fetched source, and no documents but those of these keys. */
function stateOf(keys: readonly Key[], records: FakeState["records"]): Partial<FakeState> {
  const { overview, objects } = fakeState();
  return {
    records,
    objects: objects.map((object) => ({ ...object, keys: object.keys.filter((key) => keys.includes(key)) })),
    overview: {
      ...overview,
      source: { ...overview.source, held: null, failure: null },
      accounts: overview.accounts.map((account) =>
        account.record === null ? account : { ...account, record: { ...account.record, failing: null } },
      ),
    },
  };
}

/** The record changes; none: Git declares nothing either. */
function recorded(records: FakeState["records"]): void {
  const { state } = server.control;
  state.records = records;
  if (records.length === 0) state.objects = [];
  state.version += 1;
}

function reconciled(change: Partial<ReconcileProgress>): ReconcileProgress {
  return { done: true, keys: [ORDERS_API], waitingFor: [], unreadable: [], revision: REVISION, ...change };
}

/** @param changed what happens while the command waits for the first time */
async function run(argv: readonly string[], changed: () => void, token = LOCAL_TOKEN): Promise<CliRun> {
  let nowMs = Date.parse(NOW);
  let slept = 0;
  const sleep = async (ms: number): Promise<void> => {
    nowMs += ms;
    slept += 1;
    if (slept === 1) changed();
  };
  const setting = { env: { GRANTKEEPER_TOKEN: token }, clock: { nowMs: () => nowMs, sleep } };
  return cli([...argv, "--timeout", "10s", "--server", server.url], setting);
}

const unchanged = (): void => undefined;

describe("the end of a wait", () => {
  test("is not that of a binding that was ready earlier and is refused since", async () => {
    const records = [record(ORDERS_API), record(ORDERS_JOBS, PENDING)];
    server = await startTestServer({ state: stateOf([ORDERS_API, ORDERS_JOBS], records) });

    const { out, code } = await run(["wait", "@prod"], () => {
      recorded([record(ORDERS_API, REFUSED), record(ORDERS_JOBS)]);
    });

    expect(out).toContain(`${API}: refused by ACT-001: x\n`);
    expect(out).toContain(`${JOBS}: unchanged, `);
    expect(code).toBe(3);
  });

  test("is not that of a binding that was ready before the start of the controller", async () => {
    const state = stateOf([ORDERS_API], [record(ORDERS_API)]);
    const overview = state.overview ?? fakeState().overview;
    const accounts = overview.accounts.map((account) => ({ ...account, comparing: true }));
    server = await startTestServer({ state: { ...state, overview: { ...overview, accounts } } });

    const { out, code } = await run(["wait", "orders/orders-api"], unchanged);

    expect(out).toContain(`${API}: timed out after 10s: not compared since the start of the controller\n`);
    expect(code).toBe(3);
  });

  test("comes when the binding is removed, which is never ready", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API, PENDING)]) });

    const { out, code } = await run(["wait", "orders/orders-api"], () => {
      recorded([]);
    });

    expect([out, code]).toEqual([
      `${API}: removed: Git no longer declares it, and Grantkeeper keeps nothing for it\n1 target: 1 not applied\n`,
      3,
    ]);
  });

  test("names a binding that the reconcile removed", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API)]) });
    server.control.reconciled = () => {
      recorded([]);
      return reconciled({});
    };

    const { out, code } = await run(["reconcile", "orders/orders-api", "--wait"], unchanged);

    expect([out, code]).toEqual([
      `${API}: removed: Git no longer declares it, and Grantkeeper keeps nothing for it\n1 target: 1 applied\n`,
      0,
    ]);
  });

  test("counts the calls that were made before the controller answered the request", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API)]) });
    server.control.reconciled = () => reconciled({});
    const ask = server.control.reconcile.bind(server.control);
    server.control.reconcile = (...request) => {
      const { state } = server.control;
      const write = nextEntry(state.history.at(-1) ?? CHAIN_START, intent({ key: ORDERS_API }), NOW);
      state.history = [...state.history, write, nextEntry(write, finish(write, "applied"), NOW)];
      return ask(...request);
    };

    const { out, code } = await run(["reconcile", "orders/orders-api", "--wait"], unchanged);

    expect([out.split("\n")[0], code]).toEqual([`${API}: applied aaaaaaa, 1 call, read back`, 0]);
  });
});

describe("a wait for a reconcile that covers other namespaces", () => {
  const waitForToken = (): Promise<CliRun> => run(["wait", "0123456789abcdef"], unchanged, ORDERS_TOKEN);

  test("is refused if the token sees none of its bindings", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API)]) });
    server.control.reconciled = () => reconciled({ done: false, keys: [REFUNDS], waitingFor: [REFUNDS] });

    const { out, err, code } = await waitForToken();

    expect({ out, code }).toEqual({ out: "", code: 1 });
    expect(err).toContain("no such reconciliation");
  });

  test("ends when the bindings that the token sees were compared", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API)]) });
    const keys = [ORDERS_API, REFUNDS];
    server.control.reconciled = () => reconciled({ done: false, keys, waitingFor: [REFUNDS] });

    const { out, code } = await waitForToken();

    expect([out.split("\n")[0], code]).toEqual([`${API}: unchanged, aaaaaaa in effect`, 0]);
  });

  test("goes on while one of them was not compared", async () => {
    server = await startTestServer({ state: stateOf([ORDERS_API], [record(ORDERS_API)]) });
    const keys = [ORDERS_API, REFUNDS];
    server.control.reconciled = () => reconciled({ done: false, keys, waitingFor: keys });

    const { out, code } = await waitForToken();

    expect(out).toContain(`${API}: timed out after 10s: not compared\n1 target: 1 not compared\n`);
    expect(out).not.toContain(keyParts(REFUNDS).name);
    expect(code).toBe(3);
  });
});
