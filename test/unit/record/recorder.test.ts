import { describe, expect, test } from "@jest/globals";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { AlertMessage } from "../../../src/record/message.ts";
import { createRecorder } from "../../../src/record/recorder.ts";
import type { Route } from "../../../src/record/route.ts";
import { START_MS, testClock, testTelemetry } from "../../store/engines.ts";
import { closed, EVENTS, KEY, opened, POLICY_KEY } from "./settlements.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import type { RecordChange } from "../../../src/model/records/record-change.ts";

const ALL = { accountId: null, namespace: null, key: null } as const;

const EVERYTHING: Route = { name: "ops", namespaces: ["*"], severity: "other" };
const REVISION = "main@sha1:0000000000000000000000000000000000000000" as Revision;

/** A recorder over an audit and a store that remember what they were given, in order. */
function recording(
  routes: readonly Route[] = [EVERYTHING],
  fails: { audit?: boolean; store?: boolean } = {},
) {
  const log: string[] = [];
  const changes: RecordChange[] = [];
  const telemetry = testTelemetry();
  const observed: unknown[] = [];
  let seq = 0;
  const audit = {
    append: async (facts: readonly AuditFact[]): Promise<readonly AuditEntry[]> => {
      if (fails.audit === true) throw new Error("disk full");
      log.push(`audit ${facts.map((fact) => fact.kind).join()}`);
      return facts.map((fact) => ({
        ...fact,
        seq: (seq += 1),
        at: "",
        prev: "",
        hash: "",
      })) as readonly AuditEntry[];
    },
  };
  const store = {
    commit: async (change: RecordChange): Promise<void> => {
      if (fails.store === true) throw new Error("disk full");
      log.push("store");
      changes.push(change);
    },
  };
  const parts = {
    audit,
    store,
    telemetry: { ...telemetry, observe: (...all: readonly unknown[]) => void observed.push(all) },
    routes,
    clock: testClock(),
    eventLoop: { turn: async () => void log.push("turn") },
  };
  const recorder = createRecorder(parts);
  const sent = (): readonly (AlertMessage & { readonly route: string })[] =>
    changes.flatMap((change) =>
      (change.outbox ?? []).map(({ route, body }) => ({ route, ...(JSON.parse(body) as AlertMessage) })),
    );
  return { recorder, log, changes, telemetry, observed, sent };
}

function settlement(
  alerts: readonly AlertEvent[],
  facts: readonly AuditFact[] = [],
  change: RecordChange = {},
): Settlement {
  return { facts, change, alerts };
}

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
const PROD = {
  accountId: "222222222222" as AccountId,
  name: "prod",
  started: true,
  catalogueDigest: null,
  lastSweepMs: null,
  previousSweepMs: null,
  failing: null,
  declared: null,
  deleted: null,
  functionsSeen: null,
  functionsInGit: null,
  control: null,
};

describe("recording a settlement", () => {
  test("the facts are recorded before the change, which is committed with its alerts", async () => {
    const { recorder, log, changes } = recording();

    await recorder.record(
      settlement([opened()], [FOUND], {
        endedSuspensions: ["s1"],
        outbox: [{ route: "x", body: "{}", dueMs: 1 }],
      }),
    );

    expect(log).toEqual(["audit drift-found", "store"]);
    expect(changes[0]).toMatchObject({
      endedSuspensions: ["s1"],
      outbox: [{ route: "x" }, { route: "ops", dueMs: START_MS }],
    });
  });

  test("a change of many rows is several commits: the alerts go with the first, the accepted revision with the last", async () => {
    const { recorder, log, changes } = recording();
    const keys = Array.from({ length: 600 }, (_, at) => emptyKeyRecord(`${KEY}-${at}` as Key));
    const sources = [{ source: "main", acceptedRevision: REVISION, heldRevision: null, fileKeys: {} }];

    await recorder.record(settlement([opened()], [FOUND], { keys, sources }));

    expect(log).toEqual(["audit drift-found", "store", "turn", "store", "turn", "store", "turn", "store"]);
    expect(changes.flatMap((change) => change.keys ?? [])).toEqual(keys);
    expect(changes.map(({ outbox = [] }) => outbox.length)).toEqual([1, 0, 0, 0]);
    expect(changes.map(({ sources: accepted = [] }) => accepted.length)).toEqual([0, 0, 0, 1]);
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

  test("an empty settlement writes nothing", async () => {
    const { recorder, log } = recording();

    await recorder.record(settlement([], [], { keys: [] }));

    expect(log).toEqual([]);
  });

  test("when the audit fails, nothing else is written", async () => {
    const { recorder, log } = recording([EVERYTHING], { audit: true });

    await expect(recorder.record(settlement([opened()], [FOUND]))).rejects.toThrow("disk full");
    expect(log).toEqual([]);
  });

  test("if the commit fails, nothing is counted and no alert counts as sent", async () => {
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

    await recorder.record(settlement([opened()], [FOUND], { accounts: [PROD] }));
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

describe("the end of an incident", () => {
  const SECURITY: Route = { name: "pager", namespaces: ["*"], severity: "security" };

  test.each<{ before: readonly AlertEvent[]; end: AlertEvent; routes: readonly string[]; because: string }>([
    {
      before: [opened()],
      end: closed(),
      routes: ["ops", "pager"],
      because: "a receiver of the first message also gets the last one",
    },
    {
      before: [opened({ severity: "other" })],
      end: closed(),
      routes: ["ops"],
      because: "a receiver without the first message does not get the last one",
    },
    {
      before: [opened(), opened({ severity: "other" })],
      end: closed(),
      routes: ["ops", "pager"],
      because: "the most severe first message counts",
    },
    {
      before: [],
      end: closed(),
      routes: ["ops", "pager"],
      because: "after a restart every receiver gets the message, so that no incident stays open",
    },
    {
      before: [opened({ severity: "other" }), closed()],
      end: closed(),
      routes: ["ops", "pager"],
      because: "the severity of one incident does not affect the next one",
    },
  ])("$because", async ({ before, end, routes }) => {
    const { recorder, sent } = recording([EVERYTHING, SECURITY]);
    for (const event of before) await recorder.record(settlement([event]));
    const count = sent().length;

    await recorder.record(settlement([end]));

    expect(
      sent()
        .slice(count)
        .map(({ route }) => route),
    ).toEqual(routes);
  });

  test.each([
    {
      sent: ["ops", "ops"],
      severity: "other",
      because: "all messages of a harmless incident go to the same route",
    },
    { sent: ["ops", "pager", "ops", "pager"], severity: "security", because: "a severe one goes to both" },
  ] as const)("within one settlement: $because", async ({ sent: routes, severity }) => {
    const { recorder, sent } = recording([EVERYTHING, SECURITY]);

    await recorder.record(settlement([opened({ severity }), opened({ key: POLICY_KEY }), closed()]));

    const ofKey = sent().filter(({ key }) => key === KEY);
    expect(ofKey.map(({ route }) => route)).toEqual(routes);
  });

  test("beginning and end in one settlement are two messages of one incident, in order", async () => {
    const { recorder, sent } = recording();

    await recorder.record(settlement([opened(), closed()]));

    expect(sent().map(({ status }) => status)).toEqual(["open", "closed"]);
    expect(new Set(sent().map(({ incident }) => incident)).size).toBe(1);
  });
});

describe("the routes of alerts", () => {
  const of = async (route: Partial<Route>, event: AlertEvent) => {
    const { recorder, sent } = recording([{ ...EVERYTHING, ...route }]);
    await recorder.record(settlement([event]));
    return sent();
  };
  const kindsSent = async (route: Partial<Route>): Promise<readonly string[]> => {
    const all = await Promise.all(Object.values(EVENTS).map((event) => of(route, event)));
    return all.flat().map(({ kind }) => kind);
  };

  test("a route for everything gets everything", async () => {
    expect(await kindsSent({})).toEqual(Object.keys(EVENTS));
  });

  test("a route for security gets nothing else", async () => {
    expect(await kindsSent({ severity: "security" })).toEqual([
      "drift-opened",
      "drift-closed",
      "pass-failed",
      "pass-recovered",
      "contended",
      "role-recreated",
      "first-comparison",
      "revision-held",
    ]);
  });

  test("a harmless first comparison does not go to the security route", async () => {
    expect(await of({ severity: "security" }, { ...EVENTS["first-comparison"], findings: [] })).toEqual([]);
  });

  test("a team's route gets what concerns its functions", async () => {
    expect(await kindsSent({ namespaces: ["orders"] })).toEqual([
      "drift-opened",
      "drift-closed",
      "held",
      "refused",
      "files-refused",
      "files-read",
      "contended",
      "role-recreated",
      "first-comparison",
      "suspension-ending",
    ]);
    expect(await kindsSent({ namespaces: ["payments"] })).toEqual([]);
  });

  test("a team's route gets only its own lines of a list", async () => {
    const [held] = await of({ namespaces: ["search"] }, EVENTS.held);
    const [first] = await of({ namespaces: ["search"] }, EVENTS["first-comparison"]);
    const [ending] = await of({ namespaces: ["search"] }, EVENTS["suspension-ending"]);

    for (const message of [held, first, ending]) {
      expect(message?.text).toMatch(/search\/audit/);
      expect(message?.text).not.toMatch(/ {4}\S*orders-api/);
    }
  });

  test.each([
    {
      scope: { ...ALL, namespace: "orders", accountId: "222222222222" },
      sent: 1,
      because: "its own namespace",
    },
    { scope: { ...ALL, namespace: "search" }, sent: 0, because: "another namespace" },
    { scope: ALL, sent: 0, because: "everything, without a pending change of its own" },
    {
      scope: { ...ALL, key: "function/222222222222/eu-west-1/orders/orders-api" as Key },
      sent: 1,
      because: "its own function",
    },
  ])("a suspension of $because", async ({ scope, sent }) => {
    expect(
      await of({ namespaces: ["orders"] }, { ...EVENTS["suspension-ending"], scope, willChange: [] }),
    ).toHaveLength(sent);
  });
});
