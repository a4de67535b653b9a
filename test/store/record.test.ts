import { describe, expect, test } from "@jest/globals";
import type { Store } from "../../src/controller/ports/store.ts";
import type { Approval, Suspension } from "../../src/model/approval.ts";
import type { Key } from "../../src/model/keys/key.ts";
import { emptyKeyRecord, type AppliedState, type KeyRecord } from "../../src/model/keys/key-record.ts";
import { NO_DELTA } from "../../src/model/delta.ts";
import { policyArn } from "../../src/model/aws/arn.ts";
import { parseNamespace, parseObjectName, parsePartition } from "../../src/model/aws/ids.ts";
import type { KeyStatus } from "../../src/model/status.ts";
import {
  ACCOUNT,
  checked,
  DIGEST,
  KEY,
  OTHER_ACCOUNT,
  OTHER_KEY,
  REVISION,
} from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor, START_MS } from "./engines.ts";
import { Places } from "./places.ts";
import type { AccountRecord } from "../../src/model/records/account-record.ts";
import type { ObjectRecord } from "../../src/model/records/object-record.ts";
import type { SourceRecord } from "../../src/model/records/source-record.ts";

const places = new Places();
const iso = (ms: number): string => new Date(ms).toISOString();
const PARTITION = checked(parsePartition("aws"));
const ORIGIN = { file: "platform/audit-read.yaml", line: 1, column: 1, path: "" };

function status(change: Partial<KeyStatus> = {}): KeyStatus {
  return {
    key: KEY,
    account: "prod",
    accountId: ACCOUNT,
    region: null,
    mode: "observe",
    sync: "OutOfSync",
    health: "Healthy",
    lastAttemptedRevision: REVISION,
    lastAppliedRevision: null,
    inventory: [{ type: "role", id: "arn:aws:iam::111122223333:role/grantkeeper/x", uniqueId: "AROAX" }],
    drift: { since: iso(START_MS), fields: ["inline"], delta: NO_DELTA, actor: null },
    plan: { digest: DIGEST, actions: 2, withheld: [] },
    conditions: [],
    notWatched: ["layers"],
    ...change,
  };
}

function applied(sourceText: string): AppliedState {
  const place = { partition: PARTITION, accountId: OTHER_ACCOUNT };
  return {
    revision: REVISION,
    sourceText,
    atMs: START_MS,
    desired: {
      kind: "policy",
      policy: {
        ...place,
        key: OTHER_KEY,
        namespace: checked(parseNamespace("platform")),
        name: checked(parseObjectName("audit-read")),
        policyName: "gk_platform_audit-read",
        path: "/grantkeeper/",
        arn: policyArn(place, "/grantkeeper/", "gk_platform_audit-read"),
        use: "attach",
        document: { statements: [] },
        description: "half a pair: \ud800",
        tags: [{ key: "a", value: "b" }],
        deletionPolicy: "retain",
        origin: ORIGIN,
      },
    },
  };
}

function record(change: Partial<KeyRecord> = {}): KeyRecord {
  return { ...emptyKeyRecord(KEY), ...change };
}

function object(change: Partial<ObjectRecord> = {}): ObjectRecord {
  return {
    kind: "FunctionPermission",
    namespace: "orders",
    name: "orders-api",
    uid: "u1",
    generation: 1,
    observedGeneration: 1,
    resourceVersion: 0,
    createdAt: iso(START_MS),
    document: "{}",
    file: "teams/orders/orders-api.yaml",
    line: 1,
    keys: [KEY],
    ...change,
  };
}

const ACCOUNT_RECORD: AccountRecord = {
  accountId: ACCOUNT,
  name: "prod",
  started: true,
  lastSweepMs: START_MS,
  previousSweepMs: null,
  declared: null,
  deleted: null,
  failing: { sinceMs: START_MS, reason: "denied" },
  functionsSeen: 2,
  functionsInGit: 1,
  catalogueDigest: null,
  control: { day: "2026-11-25", completeReads: 3, longestGapMs: 4 },
};

const SOURCE_RECORD: SourceRecord = {
  source: "main",
  acceptedRevision: REVISION,
  heldRevision: null,
  fileKeys: { "teams/orders/orders-api.yaml": [KEY] },
};

const APPROVAL: Approval = {
  subject: DIGEST,
  actor: "dana",
  reason: "reviewed",
  at: iso(START_MS),
  expiresAt: iso(START_MS + 1_000),
  actions: { [KEY]: [DIGEST] },
};

const SUSPENSION: Suspension = {
  id: "s1",
  scope: { accountId: ACCOUNT, namespace: null, key: null },
  reason: "INC-1",
  actor: "dana",
  at: iso(START_MS),
  until: iso(START_MS + 1_000),
};

async function objectVersion(store: Store): Promise<number | undefined> {
  const [only] = await store.objects();
  return only?.resourceVersion;
}

describe.each(ENGINES)("the record in $name", (engine) => {
  async function open(): Promise<Store> {
    return places.keep(engine.open(optionsFor(await places.folder()))).store;
  }

  test("is fresh on its first start only", async () => {
    const options = optionsFor(await places.folder());
    const first = places.keep(engine.open(options));
    const fresh = first.store.fresh;
    await places.close(first);

    const second = places.keep(engine.open(options));

    expect([fresh, second.store.fresh]).toEqual([true, false]);
  });

  test("returns committed objects after a restart", async () => {
    const options = optionsFor(await places.folder());
    const before = places.keep(engine.open(options));
    const binding = record({ status: status(), driftSinceMs: { a: 1 }, revertsMs: { b: [1, 2] } });
    const unbinding = { atMs: 1, agreedSweepsMs: [2] };
    const policy = record({ key: OTHER_KEY, applied: applied("kind: ManagedPolicy\n"), unbinding });
    await before.store.commit({
      keys: [policy, binding],
      accounts: [ACCOUNT_RECORD],
      sources: [SOURCE_RECORD],
      objects: [object()],
      approvals: [APPROVAL],
      suspensions: [SUSPENSION],
    });
    await places.close(before);

    const { store } = places.keep(engine.open(options));

    expect(await store.allKeys()).toEqual([binding, policy]);
    expect(await store.keys(OTHER_ACCOUNT)).toEqual([policy]);
    expect(await store.accounts()).toEqual([ACCOUNT_RECORD]);
    expect(await store.source("main")).toEqual(SOURCE_RECORD);
    expect(await store.source("other")).toBeNull();
    expect(await store.objects()).toEqual([object({ resourceVersion: 1 })]);
    expect(await store.approvals(START_MS)).toEqual([APPROVAL]);
    expect(await store.suspensions(START_MS)).toEqual([SUSPENSION]);
  });

  test("returns more rows than one page completely and in order", async () => {
    const store = await open();
    const names = Array.from({ length: 600 }, (_, at) => `f${String(at).padStart(3, "0")}`);
    const keys = names.map((name) => record({ key: `${KEY}-${name}` as Key }));
    await store.commit({ keys, objects: names.map((name) => object({ name, keys: [] })) });

    expect(await store.allKeys()).toEqual(keys);
    expect(await store.keys(ACCOUNT)).toEqual(keys);
    expect((await store.objects()).map(({ name }) => name)).toEqual(names);
  });

  test("keeps the later of two commits of the same object", async () => {
    const store = await open();
    await store.commit({ keys: [record({ applied: applied("one") })], accounts: [ACCOUNT_RECORD] });

    const account = { ...ACCOUNT_RECORD, started: false };
    await store.commit({ keys: [record({ applied: applied("two") })], accounts: [account] });

    expect(await store.allKeys()).toEqual([record({ applied: applied("two") })]);
    expect(await store.accounts()).toEqual([account]);
  });

  test("removes only the named objects", async () => {
    const store = await open();
    await store.commit({
      keys: [record(), record({ key: OTHER_KEY })],
      objects: [object(), object({ name: "other", keys: [] })],
      suspensions: [SUSPENSION, { ...SUSPENSION, id: "s2" }],
    });

    await store.commit({
      removedKeys: [KEY],
      removedObjects: [{ kind: "FunctionPermission", namespace: "orders", name: "other" }],
      endedSuspensions: ["s1"],
    });

    expect(await store.allKeys()).toEqual([record({ key: OTHER_KEY })]);
    expect(await store.objects()).toMatchObject([{ name: "orders-api" }]);
    expect(await store.suspensions(START_MS)).toMatchObject([{ id: "s2" }]);
  });

  test("ends approvals and suspensions at their time", async () => {
    const store = await open();
    await store.commit({ approvals: [APPROVAL], suspensions: [SUSPENSION] });

    expect(await store.approvals(START_MS + 999)).toHaveLength(1);
    expect(await store.approvals(START_MS + 1_000)).toEqual([]);
    expect(await store.suspensions(START_MS + 999)).toHaveLength(1);
    expect(await store.suspensions(START_MS + 1_000)).toEqual([]);
  });

  describe("resourceVersion", () => {
    test.each([
      { change: { keys: [record({ status: status() })] }, because: "an equal key is not a change" },
      { change: { accounts: [{ ...ACCOUNT_RECORD }] }, because: "an equal account is not a change" },
      { change: { sources: [SOURCE_RECORD] }, because: "an equal source is not a change" },
      {
        change: { objects: [object({ resourceVersion: 77 })] },
        because: "the caller's resourceVersion is not kept",
      },
      {
        change: { approvals: [APPROVAL], suspensions: [SUSPENSION] },
        because: "equal decisions are not a change",
      },
      {
        change: { removedKeys: [OTHER_KEY], endedSuspensions: ["x"] },
        because: "a removal of an absent object is not a change",
      },
      { change: {}, because: "an empty commit is not a change" },
    ])("stays when nothing changes: $because", async ({ change }) => {
      const store = await open();
      await store.commit({
        keys: [record({ status: status() })],
        accounts: [ACCOUNT_RECORD],
        sources: [SOURCE_RECORD],
        objects: [object()],
        approvals: [APPROVAL],
        suspensions: [SUSPENSION],
      });

      await store.commit(change);

      expect([await store.resourceVersion(), await objectVersion(store)]).toEqual([1, 1]);
    });

    test("does not depend on the order of a record's members", async () => {
      const store = await open();
      await store.commit({ keys: [record({ driftSinceMs: { a: 1, b: 2 } })] });

      await store.commit({ keys: [record({ driftSinceMs: { b: 2, a: 1 } })] });

      expect(await store.resourceVersion()).toBe(1);
    });

    test("of an object changes with it and with the status of its keys, not with other objects", async () => {
      const store = await open();
      await store.commit({ objects: [object()], keys: [record({ status: status() })] });
      const versions = [await objectVersion(store)];
      const changes = [
        { objects: [object({ generation: 2 })] },
        { accounts: [ACCOUNT_RECORD] },
        { keys: [record({ status: status({ sync: "Synced" }) })] },
        { keys: [record({ status: status({ sync: "Synced" }), driftSinceMs: { a: 1 } })] },
        { keys: [record({ key: OTHER_KEY, status: status() })] },
      ];

      for (const change of changes) {
        await store.commit(change);
        versions.push(await objectVersion(store));
      }

      expect(versions).toEqual([1, 2, 2, 4, 4, 4]);
      expect(await store.resourceVersion()).toBe(6);
    });
  });

  describe("the outbox", () => {
    test("gives due messages, oldest first, up to a limit", async () => {
      const store = await open();
      const message = { route: "ops", body: "{}" };
      await store.commit({
        outbox: [
          { ...message, body: "late", dueMs: 20 },
          { ...message, body: "one", dueMs: 10 },
          { ...message, body: "two", dueMs: 10 },
        ],
      });

      expect(await store.dueMessages(10, 5)).toMatchObject([{ body: "one" }, { body: "two", attempts: 0 }]);
      expect(await store.dueMessages(20, 1)).toMatchObject([{ body: "late", route: "ops", dueMs: 20 }]);
      expect(await store.dueMessages(9, 5)).toEqual([]);
    });

    test("keeps a message until it was sent, and counts the attempts", async () => {
      const store = await open();
      await store.commit({ outbox: [{ route: "ops", body: "{}", dueMs: 10 }] });
      const [message] = await store.dueMessages(10, 1);
      const id = message?.id ?? 0;

      await store.messageFailed(id, 30);
      expect(await store.dueMessages(29, 1)).toEqual([]);
      expect(await store.dueMessages(30, 1)).toMatchObject([{ id, attempts: 1, dueMs: 30 }]);

      await store.messageSent(id);
      expect(await store.dueMessages(30, 1)).toEqual([]);
    });
  });

  test("a commit is atomic", async () => {
    const store = await open();
    await store.commit({ accounts: [ACCOUNT_RECORD] });
    // A bug of the caller: not a date.
    const broken = { ...APPROVAL, expiresAt: "tomorrow" };

    await expect(store.commit({ keys: [record()], accounts: [], approvals: [broken] })).rejects.toMatchObject(
      { code: "SQLITE_CONSTRAINT_NOTNULL" },
    );

    expect(await store.allKeys()).toEqual([]);
    expect(await store.resourceVersion()).toBe(1);
  });
});
