import { describe, expect, test } from "@jest/globals";
import { createColors } from "picocolors";
import { Journal } from "../../../demo/replicas/journal.ts";
import { KEY_LINES, keyOf } from "../../../demo/replicas/keys.ts";
import { onceLines } from "../../../demo/replicas/once.ts";
import { screenLines } from "../../../demo/replicas/screen.ts";
import type { ReplicaSnapshot, Snapshot } from "../../../demo/replicas/snapshot.ts";
import type { ReplicaRecord } from "../../../src/model/network/replica.ts";

const NOW_MS = Date.parse("2026-11-30T10:00:30Z");
const PLAIN = createColors(false);
const CONFIGS = [1, 2, 3].map(
  (number) => `/tmp/grantkeeper-replicas-a1B2c3/replica-${number}/grantkeeper.yaml`,
);

function record(more: Partial<ReplicaRecord>): ReplicaRecord {
  return {
    id: "00112233445566778899aabbccddeeff",
    host: "gk",
    pid: 1,
    version: "0.1.0",
    catalogueDigest: "d",
    address: null,
    state: "standby",
    startedMs: 0,
    seenMs: NOW_MS,
    leaseEndsMs: null,
    following: null,
    accounts: [],
    readAtMs: NOW_MS,
    ...more,
  };
}

function replica(number: number, more: Partial<ReplicaSnapshot> = {}): ReplicaSnapshot {
  const url = `http://127.0.0.1:${36_620 + number}`;
  return {
    number,
    url,
    process: "running",
    exitCode: null,
    row: record({}),
    readyz: 503,
    accounts: [],
    ...more,
  };
}

const active = (number: number): ReplicaSnapshot =>
  replica(number, { row: record({ state: "active", leaseEndsMs: NOW_MS + 26_200 }), readyz: 200 });
const snapshot = (...replicas: readonly ReplicaSnapshot[]): Snapshot => ({ replicas, readAtMs: NOW_MS });

test("the demo without a terminal shows from when its times are, what happened, and the result", () => {
  const events = [{ atMs: 35_700, text: "replica 3 is active" }];

  expect(onceLines({ events, handOverMs: 2_340 }, 3)).toEqual([
    "3 replicas on one PostgreSQL, simulated AWS; times since all were started",
    "",
    "   35.7 s  replica 3 is active",
    "",
    "Handed over: another replica was ready 2.3 s after SIGTERM to the active one.",
  ]);
});

describe("the screen of the replicas", () => {
  const shown = snapshot(
    { ...active(1), accounts: ["prod", "staging"] },
    replica(2, {
      process: "killed",
      row: record({ state: "lost", seenMs: NOW_MS - 3_599_000 }),
      readyz: null,
    }),
    replica(3, { process: "ended", exitCode: 143, row: null, readyz: null }),
  );

  test("shows process, lease and probe of each, and the time at which the lease was read", () => {
    const lines = screenLines({ snapshot: shown, selected: 2, events: [], configs: CONFIGS }, PLAIN);

    expect(lines.slice(2, 7)).toEqual([
      "    ADDRESS         PROCESS         LEASE                ACCOUNTS      /READYZ",
      "  1 127.0.0.1:36621 running         active, 27s left     prod,staging  200",
      "> 2 127.0.0.1:36622 killed          lost, seen 3599s ago -             no answer",
      "  3 127.0.0.1:36623 ended, code 143 -                    -             no answer",
      "    LEASE and ACCOUNTS are as of 10:00:30Z, read from the database.",
    ]);
    expect(lines.slice(-4, -2)).toEqual([expect.stringMatching(/ get replicas .* \\$/), `    ${CONFIGS[0]}`]);
  });

  test("claims no time of a table that was not read", () => {
    const unread = { replicas: [replica(1, { row: null })], readAtMs: null };

    expect(screenLines({ snapshot: unread, selected: 1, events: [], configs: [] }, PLAIN)[4]).toBe(
      "    LEASE and ACCOUNTS were not read: no replica has started, or the database is away.",
    );
  });

  test("has at most 80 columns, also after an hour", () => {
    const journal = new Journal();
    journal.observe(snapshot(active(1), replica(2)), 0);
    journal.disturb(1, "asked to end", 3_600_000);
    journal.observe(snapshot(replica(1), active(2)), 3_660_000);
    const screen = { snapshot: shown, selected: 3, events: journal.events, configs: CONFIGS };
    const lines = screenLines(screen, PLAIN);

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe("the journal of the replicas", () => {
  test("has the time from what was done to the active replica until another one was active", () => {
    const journal = new Journal();
    journal.observe(snapshot(active(1), replica(2)), 1_000);
    journal.disturb(1, "killed", 5_000);
    journal.observe(snapshot(replica(1, { process: "killed", readyz: null }), replica(2)), 6_000);
    journal.observe(snapshot(replica(1, { process: "killed" }), active(2)), 34_500);

    expect(journal.events.map(({ text }) => text)).toEqual([
      "replica 1 is active",
      "replica 1 was killed",
      "replica 2 is active, 29.5 s after replica 1 was killed",
    ]);
  });

  test("has the move of an account, also if no replica made its passes meanwhile", () => {
    const journal = new Journal();
    const two = { ...replica(2), accounts: ["prod"] };
    journal.observe(snapshot({ ...active(1), accounts: ["staging"] }, two), 1_000);
    journal.observe(snapshot({ ...active(1), readyz: null }, replica(2)), 2_000);
    journal.observe(snapshot({ ...active(1), accounts: ["prod", "staging"] }, replica(2)), 3_000);

    expect(journal.events.slice(1)).toEqual([
      { atMs: 3_000, text: "account prod moved from replica 2 to replica 1" },
    ]);
  });

  test("a replica that was only a standby when it was killed is no reason for a later takeover", () => {
    const journal = new Journal();
    journal.observe(snapshot(active(1), replica(2), replica(3)), 1_000);
    journal.disturb(3, "killed", 2_000);
    journal.observe(snapshot(replica(1), active(2), replica(3)), 9_000);

    expect(journal.events.at(-1)?.text).toBe("replica 2 is active");
  });

  test("a replica whose lease has not ended but that does not answer is not reported as active", () => {
    const journal = new Journal();
    journal.observe(snapshot({ ...active(1), readyz: null }, replica(2)), 1_000);

    expect(journal.events).toEqual([]);
  });

  test("has the end of a process once, with its exit code", () => {
    const journal = new Journal();
    const ended = snapshot(replica(1, { process: "ended", exitCode: 1 }));
    journal.observe(ended, 1_000);
    journal.observe(ended, 2_000);

    expect(journal.events).toEqual([{ atMs: 1_000, text: "the process of replica 1 ended, exit code 1" }]);
  });
});

describe("the keys", () => {
  test("every key that acts is on the screen", () => {
    const acting = "abcdefghijklmnoprstuvwxyz".split("").filter((key) => keyOf(key, 3).kind === "act");

    expect(acting).toEqual(["c", "f", "k", "s", "t"]);
    for (const key of acting) expect(KEY_LINES.join("\n")).toMatch(new RegExp(`(^|  )${key} `, "m"));
  });

  test.each([
    { input: "3", is: { kind: "select", number: 3 } },
    { input: "4", is: { kind: "unknown" } },
    { input: "0", is: { kind: "unknown" } },
    { input: "x", is: { kind: "unknown" } },
    { input: "q", is: { kind: "quit" } },
    { input: "\u0003", is: { kind: "quit" } },
  ])("$input with three replicas", ({ input, is }) => {
    expect(keyOf(input, 3)).toEqual(is);
  });
});
