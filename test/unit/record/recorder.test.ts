import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { Route } from "../../../src/record/route.ts";
import { START_MS } from "../../store/engines.ts";
import { ACCOUNT_RECORD } from "../../store/stored-records.ts";
import { closed, EVENTS, KEY, opened, POLICY_KEY } from "./settlements.ts";
import { EVERYTHING, recording, settlement } from "../../support/record/recording.ts";

const REVISION = "main@sha1:0000000000000000000000000000000000000000" as Revision;

const FOUND: AuditFact = {
  kind: "drift-found",
  key: KEY,
  revision: REVISION,
  fields: ["trust"],
  changes: ["- its role's trust policy differs from Git"],
  risks: [],
  delta: NO_DELTA,
  severity: "security",
};
const ENDED: AuditFact = {
  kind: "drift-ended",
  key: KEY,
  revision: REVISION,
  fields: ["trust"],
  how: "reverted",
  changes: ["~ trust policy"],
  risks: [],
  since: "2026-11-25T11:00:00.000Z",
  lastCleanAt: null,
};

describe("recording a settlement", () => {
  test("the facts, the change and its alerts are recorded in one transaction", async () => {
    const { recorder, log, changes } = recording();

    await recorder.record(
      settlement([opened()], [FOUND], {
        endedSuspensions: ["s1"],
        outbox: [{ route: "x", body: "{}", dueMs: 1 }],
      }),
    );

    expect(log).toEqual(["settle drift-found"]);
    expect(changes[0]).toMatchObject({
      endedSuspensions: ["s1"],
      outbox: [{ route: "x" }, { route: "ops", dueMs: START_MS }],
    });
  });

  test("marks of what was reported are recorded with the messages, next to the incidents of the alerts", async () => {
    const { recorder, changes } = recording();
    const mark = { severity: "other", sinceMs: START_MS, namespace: null, account: null, body: "" } as const;

    await recorder.record(
      settlement([opened()], [FOUND], {
        incidents: [{ incident: "reported/a", ...mark }],
        endedIncidents: ["reported/b"],
      }),
    );

    expect(changes[0]).toMatchObject({
      incidents: [{ incident: "reported/a" }, { incident: `drift/${KEY}` }],
      endedIncidents: ["reported/b"],
    });
  });

  test("a change of many rows is several transactions: the facts and alerts go with the first, the accepted revision with the last", async () => {
    const { recorder, log, changes } = recording();
    const keys = Array.from({ length: 120 }, (_, at) => emptyKeyRecord(`${KEY}-${at}` as Key));
    const sources = [{ source: "main", acceptedRevision: REVISION, heldRevision: null, fileKeys: {} }];

    await recorder.record(settlement([opened()], [FOUND], { keys, sources }));

    expect(log).toEqual(["settle drift-found", "turn", "settle", "turn", "settle", "turn", "settle"]);
    expect(changes.flatMap((change) => change.keys ?? [])).toEqual(keys);
    expect(changes.map(({ outbox = [] }) => outbox.length)).toEqual([1, 0, 0, 0]);
    expect(changes.map(({ incidents = [] }) => incidents.length)).toEqual([1, 0, 0, 0]);
    expect(changes.map(({ sources: accepted = [] }) => accepted.length)).toEqual([0, 0, 0, 1]);
  });

  test("the facts and alerts about a key are in the transaction of its row: a kill before repeats them, and one after does not", async () => {
    const { recorder, changes, settledFacts } = recording();
    const keys = Array.from({ length: 120 }, (_, at) => emptyKeyRecord(`${KEY}-${at}` as Key));
    const facts = [119, 3, 60].map((at) => ({ ...FOUND, key: `${KEY}-${at}` as Key }));
    const about = [0, 49, 50, 119].map((at) => opened({ key: `${KEY}-${at}` as Key }));

    await recorder.record(
      settlement([opened(), ...about, closed({ key: `${KEY}-60` as Key })], [...facts, FOUND], { keys }),
    );

    const bodyOf = ({ body }: { readonly body: string }) =>
      JSON.parse(body) as { readonly key: string; readonly text: string };
    const keyOf = (message: { readonly body: string }): string => bodyOf(message).key;
    expect(settledFacts.map((some) => some.map((fact) => "key" in fact && fact.key))).toEqual([
      [KEY, `${KEY}-3`],
      [`${KEY}-60`],
      [`${KEY}-119`],
    ]);
    const textsAbout60 = changes[1]?.outbox?.map((message) => bodyOf(message).text).join();
    expect(textsAbout60).toContain("entry 3");
    expect(changes.map(({ outbox = [] }) => outbox.map(keyOf))).toEqual([
      [KEY, `${KEY}-0`, `${KEY}-49`],
      [`${KEY}-50`, `${KEY}-60`],
      [`${KEY}-119`],
    ]);
    expect(changes.map(({ incidents = [] }) => incidents.length)).toEqual([3, 1, 1]);
    expect(changes.map(({ endedIncidents = [] }) => endedIncidents.length)).toEqual([0, 1, 0]);
  });

  test("an account has its sweep once all keys of a large change are recorded, and everything else before", async () => {
    const { recorder, changes } = recording();
    const keys = Array.from({ length: 120 }, (_, at) => emptyKeyRecord(`${KEY}-${at}` as Key));
    const account = { ...ACCOUNT_RECORD, lastSweepMs: START_MS, previousSweepMs: START_MS - 60_000 };

    await recorder.record(settlement([], [], { keys, accounts: [account] }));

    expect(changes.map(({ accounts = [] }) => accounts)).toEqual([
      [{ ...account, lastSweepMs: START_MS - 60_000 }],
      [],
      [],
      [account],
    ]);
  });

  test("many facts are appended in several transactions, in order", async () => {
    const { recorder, log } = recording();

    await recorder.record(
      settlement(
        [],
        Array.from({ length: 250 }, () => FOUND),
      ),
    );

    expect(log.map((line) => line.split("drift-found").length - 1)).toEqual([100, 100, 50]);
  });

  test("the last of many facts are recorded with the change, whose messages name all of them", async () => {
    const { recorder, log, sent } = recording();
    const facts = Array.from({ length: 102 }, () => FOUND);

    await recorder.record(settlement([closed()], facts, { endedSuspensions: ["s1"] }));

    expect(log.map((line) => line.slice(0, 6))).toEqual(["audit ", "settle"]);
    expect(sent().map(({ text }) => /entries .*/.exec(text)?.[0])).toEqual(["entries 1 to 102"]);
  });

  test("of many facts, those about a key with a row are recorded with it", async () => {
    const { recorder, settledFacts } = recording();
    const own = { ...FOUND, key: POLICY_KEY };
    const facts = [own, ...Array.from({ length: 100 }, () => FOUND)];

    await recorder.record(settlement([], facts, { keys: [emptyKeyRecord(POLICY_KEY)] }));

    expect(settledFacts).toEqual([[...facts.slice(1), own]]);
  });

  test("facts without a change or an alert share the transaction of others", async () => {
    const { recorder, log } = recording();

    await recorder.record(settlement([], [FOUND]));

    expect(log).toEqual(["audit drift-found"]);
  });

  test("a change of many objects alone is several transactions too", async () => {
    const { recorder, log, changes } = recording();
    const removedObjects = Array.from({ length: 60 }, (_, at) => ({
      kind: "FunctionAccess",
      namespace: "orders",
      name: `f${at}`,
    }));

    await recorder.record(settlement([], [], { removedObjects }));

    expect(log).toEqual(["settle", "turn", "settle"]);
    expect(changes.flatMap((change) => change.removedObjects ?? [])).toEqual(removedObjects);
  });

  test("an alert that no route gets, without a fact, writes nothing", async () => {
    const { recorder, log } = recording([]);

    await recorder.record(settlement([EVENTS["daily-reminder"]]));

    expect(log).toEqual([]);
  });

  test("an empty settlement writes nothing", async () => {
    const { recorder, log } = recording();

    await recorder.record(settlement([], [], { keys: [] }));

    expect(log).toEqual([]);
  });

  test("when the audit fails, nothing else is written", async () => {
    const { recorder, log } = recording([EVERYTHING], { audit: true });
    const facts = Array.from({ length: 101 }, () => FOUND);

    await expect(recorder.record(settlement([opened()], facts))).rejects.toThrow("disk full");
    expect(log).toEqual([]);
  });

  test("if the transaction fails, nothing is counted and no alert counts as sent", async () => {
    const fails = { store: true };
    const pager: Route = { ...EVERYTHING, name: "pager", severity: "security" };
    const { recorder, telemetry, sent } = recording([EVERYTHING, pager], fails);

    const failed = recorder.record(settlement([opened({ severity: "other" })], [FOUND]));

    await expect(failed).rejects.toThrow("disk full");
    expect(telemetry.counts.size).toBe(0);
    fails.store = false;
    await recorder.record(settlement([closed()]));
    expect(sent().map(({ route }) => route)).toEqual(["ops", "pager"]);
  });

  test("drifts are counted under the account's name, or its id where that is not known", async () => {
    const { recorder, telemetry, observed } = recording();

    await recorder.record({ ...settlement([opened()], [FOUND]), accountName: "prod" });
    await recorder.record(settlement([closed()], [ENDED, { ...ENDED, how: "gone" }]));
    await recorder.record(
      settlement([closed({ since: "2026-11-25T10:33:00.000Z" }), closed({ how: "gone" })]),
    );

    expect(Object.fromEntries(telemetry.counts)).toEqual({
      "drift_found_total{prod,security}": 1,
      "drift_reverted_total{222222222222}": 1,
    });
    expect(observed).toEqual([
      ["drift_stood_seconds", 34, { account: "prod", severity: "security" }],
      ["drift_stood_seconds", 0, { account: "prod", severity: "other" }],
    ]);
  });

  test("a message names the entries about its key", async () => {
    const { recorder, sent } = recording();

    await recorder.record(
      settlement([closed(), EVENTS["source-failed"]], [FOUND, { ...FOUND, key: POLICY_KEY }, ENDED]),
    );

    expect(sent().map(({ text }) => /entries .*/.exec(text)?.[0])).toEqual(["entries 1 to 3", undefined]);
  });
});
