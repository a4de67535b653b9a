import { describe, expect, test } from "@jest/globals";
import { functionWaits, type DependencyFacts } from "../../../src/judge/windows/dependencies.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { digestOf, type Digest } from "../../../src/model/values/digest.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";
import { binding } from "../../support/pass/bindings.ts";

const BINDING = binding();
const API = BINDING.key;
const keyOf = (name: string): Key => API.replace(/[^/]+$/, name) as Key;
const [DB, VAULT] = [keyOf("db"), keyOf("vault")];
const nameOf = (name: string): string => `orders/${name}@prod/eu-west-1`;

function declared(key: Key, facts: Partial<DesiredBinding> = {}): readonly [Key, DesiredBinding] {
  return [key, { ...BINDING, key, ...facts }];
}

const READY = { type: "Ready", status: "True", reason: "ReconciliationSucceeded" } as Condition;

/** Applied as declared, in sync and read. */
function recordOf(state: DesiredBinding, facts: Partial<KeyRecord> = {}): readonly [Key, KeyRecord] {
  const status = { conditions: [READY], mode: "enforce" } as unknown as KeyStatus;
  const applied = { desired: { kind: "binding", binding: state } } as KeyRecord["applied"];
  return [state.key, { ...emptyKeyRecord(state.key), status, applied, ...facts }];
}

const BINDINGS = new Map([
  declared(API, { dependsOn: [DB] }),
  declared(DB, { dependsOn: [VAULT] }),
  declared(VAULT),
]);

function reasonOf(key: Key, facts: Partial<DependencyFacts> = {}): string | null {
  const [first] = functionWaits({
    account: { name: "prod" },
    desired: { bindings: BINDINGS },
    invalid: new Map(),
    brokenFileKeys: new Map(),
    records: new Map([...BINDINGS.values()].map((state) => recordOf(state))),
    read: new Map(),
    nowMs: 0,
    ...facts,
  })(key);
  return first?.reason ?? null;
}

const changed = (key: Key, facts: Partial<KeyRecord>): Pick<DependencyFacts, "records"> => ({
  records: new Map([...BINDINGS.values()].map((state) => recordOf(state, state.key === key ? facts : {}))),
});
const withConditions = (...conditions: readonly Partial<Condition>[]) => ({
  status: { conditions, mode: "enforce" } as unknown as KeyStatus,
});
const drift = { change: { kind: "trust" } } as unknown as Drift;
const NOT_APPLIED = { applied: null };

describe("a function waits for no other one", () => {
  test.each<{ key: Key; facts: Partial<DependencyFacts>; because: string }>([
    { key: VAULT, facts: {}, because: "it names none" },
    { key: API, facts: {}, because: "the one that it names is in sync" },
    {
      key: API,
      facts: changed(VAULT, NOT_APPLIED),
      because: "the one that it names is in sync, also if that one names another",
    },
    {
      key: API,
      facts: { records: null, read: new Map([[DB, { drifts: [], unread: [] }]]) },
      because: "no record is known, and the read shows no difference",
    },
    {
      key: API,
      facts: {
        desired: { bindings: new Map([...BINDINGS, declared(DB, { mode: "observe" })]) },
        read: new Map([[DB, { drifts: [], unread: [] }]]),
      },
      because: "the one that it names is only observed, and is in sync in this read",
    },
  ])("because $because", ({ key, facts }) => {
    expect(reasonOf(key, facts)).toBeNull();
  });
});

describe("a function of which the platform changes something", () => {
  const [before, now] = [digestOf("before"), digestOf("now")];
  const reasonIf = (applied: Digest | undefined, written: Digest | undefined) => {
    const [, state] = declared(API, { dependsOn: [DB] });
    const records = new Map([
      recordOf({ ...state, ...(applied && { written: applied }) }),
      recordOf({ ...BINDING, key: DB }, NOT_APPLIED),
      recordOf({ ...BINDING, key: VAULT }),
    ]);
    const bindings = new Map([...BINDINGS, declared(API, { dependsOn: [DB], ...(written && { written }) })]);
    return reasonOf(API, { records, desired: { bindings } });
  };

  test("waits for no other one if its team wrote what was applied", () => {
    expect(reasonIf(before, before)).toBeNull();
  });

  test.each([
    { found: reasonIf(before, now), what: "if its team changed it" },
    { found: reasonIf(undefined, now), what: "if an earlier version applied it" },
    { found: reasonIf(undefined, undefined), what: "if nothing shows who changed it" },
  ])("waits for another one $what", ({ found }) => {
    expect(found).toBe(`${nameOf("db")} (dependsOn): it is not applied yet`);
  });
});

describe("a function waits for the first one that is not in sync", () => {
  const dependency = `${nameOf("db")} (dependsOn):`;

  test.each<{ facts: Partial<DependencyFacts>; text: string }>([
    { facts: changed(DB, NOT_APPLIED), text: `${dependency} it is not applied yet` },
    { facts: changed(DB, { status: null }), text: `${dependency} it was not compared yet` },
    {
      facts: changed(DB, withConditions({ type: "Ready", status: "False", reason: "ChangeWindowClosed" })),
      text: `${dependency} it is not applied yet: it waits for its change window or the account before it`,
    },
    {
      facts: changed(DB, withConditions(READY, { type: "Drifted", status: "True", reason: "DriftDetected" })),
      text: `${dependency} it differs from Git`,
    },
    { facts: { invalid: new Map([[DB, []]]) }, text: `${dependency} it has an error in Git` },
    {
      facts: { desired: { bindings: new Map([declared(API, { dependsOn: [DB] })]) } },
      text: `${dependency} it may be in a file that can't be read`,
    },
    { facts: { read: new Map([[DB, null]]) }, text: `${dependency} it could not be read completely` },
    {
      facts: { read: new Map([[DB, { drifts: [drift], unread: [] }]]) },
      text: `${dependency} it differs from Git`,
    },
    {
      facts: { records: null, read: new Map([[DB, { drifts: [drift], unread: [] }]]) },
      text: `${dependency} it differs from Git`,
    },
    {
      facts: { desired: { bindings: new Map([...BINDINGS, declared(DB, { mode: "observe" })]) } },
      text: `${dependency} it is only observed, and is compared with the next complete read`,
    },
  ])("as: $text", ({ facts, text }) => {
    expect(reasonOf(API, facts)).toBe(text);
  });

  test("and names the cause of a wait behind it", () => {
    const records = new Map([
      recordOf({ ...BINDING, key: DB }, NOT_APPLIED),
      recordOf({ ...BINDING, key: VAULT }, withConditions({ type: "Suspended", status: "True" })),
    ]);

    expect(reasonOf(API, { records })).toBe(`${dependency} ${nameOf("vault")} is suspended`);
  });
});

describe("a function that Git removed waits for those that depend on it", () => {
  const left = new Map([declared(VAULT)]);
  const applied = (facts: Partial<DesiredBinding>) => ({ ...BINDING, dependsOn: [DB], ...facts });
  const waiting = (record: readonly [Key, KeyRecord], facts: Partial<DependencyFacts> = {}) =>
    reasonOf(DB, { desired: { bindings: left }, records: new Map([record]), ...facts });
  const unbinding = { atMs: 0, agreedSweepsMs: [] };
  const who = `${nameOf("orders-api")}, which depends on it: it`;

  test.each([
    { found: waiting(recordOf(applied({}))), text: `${who} is not removed yet` },
    {
      found: waiting(recordOf(applied({ deletionPolicy: "delete" }), { unbinding })),
      text: `${who} is not removed yet`,
    },
    {
      found: waiting(recordOf(applied({})), { desired: { bindings: new Map([declared(API)]) } }),
      text: `${who} is not applied yet without it`,
    },
    {
      found: waiting(recordOf(applied({})), { invalid: new Map([[API, []]]) }),
      text: `${who} has an error in Git, and remains as it was applied`,
    },
  ])("as: $text", ({ found, text }) => {
    expect(found).toBe(text);
  });

  test.each([
    {
      found: waiting(recordOf(applied({ deletionPolicy: "retain" }), { unbinding })),
      because: "its role is kept",
    },
    { found: waiting(recordOf(applied({ dependsOn: [VAULT] }))), because: "it depended on another one" },
  ])("and no longer if $because", ({ found }) => {
    expect(found).toBeNull();
  });
});
