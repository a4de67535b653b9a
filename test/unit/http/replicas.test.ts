import { describe, expect, test } from "@jest/globals";
import { REPLICA } from "../../../src/http/kubernetes/columns/replicas.ts";
import { replicas } from "../../../src/http/present/network/replicas.ts";
import { overview } from "../../../src/http/present/overview.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { ReplicaRecord } from "../../../src/model/network/replica.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ACCOUNT } from "../../support/record/audit-facts.ts";
import { ALL, calm, NOW_MS } from "../../support/screens/action-required.ts";
import { ACTIVE, LOST, READ_MS, replica } from "../../support/screens/world-replicas.ts";

const UNABLE = replica("gk-1", { following: { kind: "unable", reason: "no key" } });

async function readerWith(all: readonly ReplicaRecord[], access = ALL, tenancy: "closed" | null = "closed") {
  const state = calm();
  const control = new FakeControl({ ...state, overview: { ...state.overview, tenancy, replicas: all } });
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS });
}

async function itemsWith(all: readonly ReplicaRecord[]) {
  const { actionRequired } = overview(await readerWith(all)).status;
  return actionRequired.map(({ kind, message, details, since }) => ({ kind, message, details, since }));
}

describe("with a database", () => {
  test("each replica is an object as of the read of the table, sorted by name", async () => {
    const found = replicas(await readerWith([replica("Pod_9", { address: "https://10.0.0.9" }), ACTIVE]));

    expect(found.map(({ metadata, status }) => [metadata.name, status.state])).toEqual([
      ["gk-0-gk04f", "active"],
      ["pod-9-Pod_9", "standby"],
    ]);
    expect(found[0]?.status).toEqual({
      id: "gk04f1c09",
      host: "gk-0",
      pid: 1,
      version: "0.2.0",
      catalogueDigest: "c1",
      address: null,
      state: "active",
      startedAt: new Date(READ_MS - 600_000).toISOString(),
      seenAt: new Date(READ_MS - 3_000).toISOString(),
      leaseEndsAt: new Date(READ_MS + 27_000).toISOString(),
      following: null,
      followingProblem: null,
      accounts: ["prod"],
      readAt: new Date(READ_MS).toISOString(),
    });
  });

  test("an account belongs to the replica to which it is assigned, also a lost one, and all others to the active one", async () => {
    const gone = "999999999999" as AccountId;
    const standby = replica("gk-1", { accounts: [gone, ACCOUNT] });
    const namesOf = async (all: readonly ReplicaRecord[], tenancy: "closed" | null = "closed") =>
      replicas(await readerWith(all, ALL, tenancy)).map(({ status }) => status.accounts);

    expect(await namesOf([ACTIVE, replica("gk-1")])).toEqual([["prod"], []]);
    expect(await namesOf([ACTIVE, standby])).toEqual([[], [gone, "prod"]]);
    expect(await namesOf([ACTIVE, { ...LOST, accounts: [ACCOUNT] }])).toEqual([[], ["prod"]]);
    expect(await namesOf([ACTIVE, standby], null)).toEqual([null, null]);
  });

  test("the overview counts them by state", async () => {
    const { status } = overview(await readerWith([ACTIVE, replica("gk-1"), LOST]));

    expect(status.replicas).toEqual({
      readAt: new Date(READ_MS).toISOString(),
      active: 1,
      standby: 1,
      lost: 1,
    });
  });

  test("a row of kubectl has ages as of the read, and none for a lease that a standby has not", async () => {
    const rows = replicas(await readerWith([ACTIVE, UNABLE, LOST])).map((object) =>
      REPLICA.filter(({ name }) => name !== "Age").map((column) => column.cell(object, NOW_MS)),
    );
    const readAt = new Date(READ_MS).toISOString();

    expect(rows).toEqual([
      ["gk-0-gk04f", "0.2.0", "active", "none", 1, "3s", "27s", "gk-0", "none", "none", "prod", readAt],
      ["gk-1-gk14f", "0.2.0", "standby", "unable", 0, "3s", "none", "gk-1", "none", "no key", "none", readAt],
      ["gk-2-gk24f", "0.2.0", "lost", "none", 0, "4m", "none", "gk-2", "none", "none", "none", readAt],
    ]);
  });

  test("a token of some namespaces sees no host", async () => {
    const reader = await readerWith([ACTIVE, LOST], { ...ALL, namespaces: new Set(["orders"]) });

    expect([...replicas(reader)]).toEqual([]);
    const { replicas: counts, actionRequired } = overview(reader).status;
    expect([counts, actionRequired]).toEqual([undefined, []]);
  });
});

test("with the record in a file there are no replicas", async () => {
  const reader = await readerWith([]);

  expect(replicas(reader)).toEqual([]);
  expect(overview(reader).status).not.toHaveProperty("replicas");
});

describe("action is required", () => {
  test.each([
    { all: [ACTIVE], because: "a single replica never had a standby" },
    { all: [ACTIVE, replica("gk-1"), LOST], because: "another standby is left" },
    { all: [LOST, replica("gk-1")], because: "no replica is active yet: one of them will be" },
    {
      all: [replica("gk-0", { state: "lost", seenMs: ACTIVE.startedMs - 1 }), ACTIVE],
      because: "a single replica was killed, and started again",
    },
  ])("not, if $because", async ({ all }) => {
    expect(await itemsWith(all)).toEqual([]);
  });

  test("if the last standby is lost, since it was seen last", async () => {
    const last = new Date(READ_MS - 240_000).toISOString();

    expect(await itemsWith([ACTIVE, LOST])).toEqual([
      {
        kind: "replicas",
        message: "no standby is left: nothing takes over when the active replica fails",
        details: [`gk-2-gk24f was last seen ${last}`],
        since: last,
      },
    ]);
  });

  test("if accounts are assigned to a lost replica, with their names, since it was seen last", async () => {
    const last = new Date(READ_MS - 240_000).toISOString();
    const assigned = { ...LOST, accounts: [ACCOUNT] };

    expect(await itemsWith([ACTIVE, replica("gk-1"), assigned])).toEqual([
      {
        kind: "replicas",
        message: "no replica makes the passes of accounts that are assigned to a lost replica",
        details: [`prod: assigned to gk-2-gk24f, last seen ${last}`],
        since: last,
      },
    ]);
    expect(await itemsWith([ACTIVE, replica("gk-1", { accounts: [ACCOUNT] }), LOST])).toEqual([]);
  });

  test("if replicas run different versions, or different catalogues, since the first other one started", async () => {
    const newer = replica("gk-1", { version: "0.3.0", startedMs: READ_MS - 60_000 });
    const since = new Date(READ_MS - 60_000).toISOString();

    expect(await itemsWith([ACTIVE, newer])).toMatchObject([
      {
        message: expect.stringMatching(/different versions/),
        since,
        details: [/0\.2\.0/, /0\.3\.0/].map((text) => expect.stringMatching(text)),
      },
    ]);
    expect(await itemsWith([ACTIVE, { ...newer, version: "0.2.0", catalogueDigest: "c2" }])).toMatchObject([
      { message: expect.stringMatching(/different catalogues/), since },
    ]);
  });

  test("if a standby cannot compile what is in force, and not while it is behind", async () => {
    const behind = replica("gk-3", { following: { kind: "behind" } });

    expect(await itemsWith([ACTIVE, behind])).toEqual([]);
    expect(await itemsWith([ACTIVE, UNABLE, behind])).toEqual([
      {
        kind: "replicas",
        message: "a standby cannot compile what is in force as the active replica does",
        details: ["gk-1-gk14f: no key"],
        since: null,
      },
    ]);
  });

  test("not for the version of a replica that is lost", async () => {
    expect(await itemsWith([ACTIVE, replica("gk-1"), { ...LOST, version: "0.1.0" }])).toEqual([]);
  });
});
