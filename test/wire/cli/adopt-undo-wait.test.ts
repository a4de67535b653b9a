import { describe, expect, test } from "@jest/globals";
import type { AdoptionUndoStatus } from "../../../src/model/keys/adoption-undo.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { UNDO_SUBJECT, UNDO_SUSPENSION } from "../../support/screens/undo-plans.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";

const api = new ApiCli();
const ROLE = UNDO_SUSPENSION.undo?.to ?? "";
const ORDER = ["adopt", "orders/orders-api@prod", "--undo", "--yes", UNDO_SUBJECT, "--reason", "INC-1"];
const EARLIER = new Date(Date.parse(NOW) - 60_000).toISOString();
const LATER = new Date(Date.parse(NOW) + 1_000).toISOString();

function undoOf(change: Partial<AdoptionUndoStatus>): AdoptionUndoStatus {
  return {
    subject: UNDO_SUBJECT,
    state: "done",
    way: "switch",
    to: ROLE,
    actor: "dana",
    at: NOW,
    reason: null,
    until: null,
    ...change,
  };
}

function recordWith(undo: AdoptionUndoStatus): KeyRecord {
  return record(ORDERS_API, {
    adoption: {
      state: "switched",
      since: NOW,
      reason: null,
      from: null,
      equalSince: null,
      next: "enforced",
      needs: [],
      undo,
    },
  });
}

/** What the looks of the command find, one after the other; the last one again and again. */
async function ordered(looks: readonly AdoptionUndoStatus[], timeout = "10s") {
  let nowMs = Date.parse(NOW);
  let look = 0;
  const server = await api.start({ state: { ordered: [UNDO_SUSPENSION] } });
  const next = (): void => {
    const found = looks[Math.min(look, looks.length - 1)];
    look += 1;
    server.control.state.records = found === undefined ? [] : [recordWith(found)];
    server.control.state.version += 1;
  };
  const sleep = async (ms: number): Promise<void> => {
    next();
    nowMs += ms;
  };
  next();
  const setting = { clock: { nowMs: () => nowMs, sleep } };
  return api.run([...ORDER, "--timeout", timeout, "-o", "json"], {}, { ...SETTING, ...setting });
}

const SETTING = { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN, NO_COLOR: "1" } };

describe("adopt --undo --yes", () => {
  test.each([
    {
      looks: [undoOf({ state: "running" }), undoOf({})],
      code: 0,
      state: "done",
      because: "a pass has read the end back",
    },
    {
      looks: [undoOf({ state: "stopped", reason: "denied" })],
      code: 3,
      state: "stopped",
      because: "the undo has stopped",
    },
    {
      looks: [undoOf({ state: "running" })],
      code: 3,
      state: "running",
      because: "the time is over and a call is left",
    },
    {
      looks: [undoOf({ at: EARLIER })],
      code: 3,
      state: undefined,
      because: "only an earlier order of the same plan was done",
    },
    {
      looks: [undoOf({ at: EARLIER }), undoOf({})],
      code: 0,
      state: "done",
      because: "its own order is done after an earlier one",
    },
  ])("ends with exit code $code if $because", async ({ looks, code, state }) => {
    const run = await ordered(looks);

    expect([run.code, JSON.parse(run.out).exitCode]).toEqual([code, code]);
    expect(JSON.parse(run.out).functions[0].undo?.state).toBe(state);
  });

  test("does not wait for an order that a later one has replaced, nor takes that for its own", async () => {
    const run = await ordered([undoOf({ at: LATER, actor: "kim" })]);

    expect(run.code).toBe(3);
    expect(JSON.parse(run.out).functions).toMatchObject([{ undo: null, orderedAgainBy: "kim" }]);
  });

  test("ends with exit code 3 if a timeout of one second is over", async () => {
    expect((await ordered([undoOf({ state: "running" })], "1s")).code).toBe(3);
  });

  test("names the order as recorded if the controller does not answer until the time is over", async () => {
    let nowMs = Date.parse(NOW);
    const server = await api.start({
      state: { ordered: [UNDO_SUSPENSION], records: [recordWith(undoOf({ state: "running" }))] },
    });
    const sleep = async (ms: number): Promise<void> => {
      api.server = null;
      await server.close();
      nowMs += ms;
    };

    const { code, err } = await api.run(
      [...ORDER, "--timeout", "1s"],
      {},
      {
        ...SETTING,
        clock: { nowMs: () => nowMs, sleep },
      },
    );

    expect([code, err]).toEqual([
      4,
      expect.stringContaining("the undo is ordered, and its end was not seen"),
    ]);
  });
});
