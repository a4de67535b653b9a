import { describe, expect, test } from "@jest/globals";
import { entryLine } from "../../src/audit/canonical.ts";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { sha256Hex } from "../../src/model/values/digest.ts";
import {
  ACCOUNT,
  finish,
  intent,
  KEY,
  OTHER_ACCOUNT,
  OTHER_KEY,
  refusal,
} from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor, START_MS, testClock, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";
import { all } from "./audit-entries.ts";

const places = new Places();

function seqs(entries: readonly AuditEntry[]): readonly number[] {
  return entries.map((entry) => entry.seq);
}

describe.each(ENGINES)("the audit in $name", (engine) => {
  describe("append", () => {
    test("numbers entries from 1, dates them by the clock and chains them", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));

      const [first, second] = await audit.append([refusal(1), refusal(2)]);

      expect(first).toMatchObject({
        seq: 1,
        at: "2026-11-25T12:00:00.000Z",
        prev: "0".repeat(64),
        actor: "token-1",
      });
      expect(second).toMatchObject({ seq: 2, prev: first?.hash, actor: "token-2" });
      expect(await all(audit)).toEqual([first, second]);
    });

    test("calls in one turn of the event loop keep their order, and each gets its own entries", async () => {
      const telemetry = testTelemetry();
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder(), { telemetry })));

      const appended = await Promise.all(
        [1, 2, 3, 4, 5].map((number) => audit.append([refusal(number), refusal(number * 10)])),
      );

      expect(appended.map(seqs)).toEqual([
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
        [9, 10],
      ]);
      expect(appended[4]).toMatchObject([{ actor: "token-5" }, { actor: "token-50" }]);
      expect(telemetry.counts.get("audit_entries_total{request-refused}")).toBe(10);
    });

    test("the newest entry is known after each of them", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
      const newest = [await audit.newestSeq()];
      await audit.append([refusal(1), refusal(2)]);
      newest.push(await audit.newestSeq());
      await audit.checkpoint();

      expect([...newest, await audit.newestSeq()]).toEqual([0, 2, 3]);
    });

    test("an empty list appends nothing", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));

      expect(await audit.append([])).toEqual([]);
      expect(await all(audit)).toEqual([]);
    });

    test("a fact that is not plain data is rejected alone", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));

      const outcomes = await Promise.allSettled([
        audit.append([refusal(1)]),
        audit.append([refusal(2), intent({ input: { MaxSessionDuration: Number.NaN } })]),
        audit.append([refusal(3)]),
      ]);

      expect(outcomes.map((outcome) => outcome.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(await all(audit)).toMatchObject([{ actor: "token-1" }, { actor: "token-3" }]);
    });

    test("a lone surrogate is stored as the replacement character", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));

      const [entry] = await audit.append([
        intent({ input: { "k\ud800": "\udfff" }, after: `${"x".repeat(200)}\ud800` }),
      ]);

      expect(entry).toMatchObject({ input: { "k\ufffd": "\ufffd" }, after: `${"x".repeat(200)}\ufffd` });
      expect(await all(audit)).toEqual([entry]);
    });

    test("continues the chain after a start", async () => {
      const options = optionsFor(await places.folder());
      const before = places.keep(await engine.open(options));
      const [first] = await before.audit.append([refusal(1)]);
      await places.close(before);

      const { audit } = places.keep(await engine.open(options));
      const [second] = await audit.append([refusal(2)]);

      expect(second).toMatchObject({ seq: 2, prev: first?.hash });
    });

    test("after close it is rejected, and pending entries are on disk", async () => {
      const stateDir = await places.folder();
      const opened = await engine.open(optionsFor(stateDir));
      const waiting = opened.audit.append([refusal(1)]);

      await opened.store.close();

      expect(await waiting).toMatchObject([{ seq: 1 }]);
      await expect(opened.audit.append([refusal(2)])).rejects.toMatchObject({ code: "closed" });
      await expect(opened.audit.checkpoint()).rejects.toMatchObject({ code: "closed" });
      await opened.store.close();
      expect(await engine.readLines(stateDir)).toHaveLength(1);
    });
  });

  test("long documents are returned unchanged, from every member of a fact", async () => {
    const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
    const long = JSON.stringify({ Version: "2012-10-17", Statement: "ä\u0000\n".repeat(100) });
    const facts = [
      intent({
        before: long,
        after: long,
        input: { PolicyDocument: long, Tags: [{ Key: "a", Value: long }] },
      }),
      intent({ before: null, after: "short", input: {} }),
      { ...refusal(1), reason: long },
    ];

    const appended = await audit.append(facts);

    expect(appended).toMatchObject(facts);
    expect((await all(audit)).map(entryLine)).toEqual(appended.map(entryLine));
  });

  describe("the journal", () => {
    test("an intent is open until it has any outcome", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
      const intents = await audit.append([
        intent(),
        intent(),
        intent(),
        intent(),
        intent({ key: OTHER_KEY }),
      ]);
      const outcomes = (["applied", "failed", "found-not-applied"] as const).map((outcome, index) => {
        const of = intents[index];
        if (of === undefined) throw new Error("too few intents");
        return finish(of, outcome);
      });

      await audit.append(outcomes);

      expect(await audit.openIntents(ACCOUNT)).toEqual([intents[3]]);
      expect(await audit.openIntents(OTHER_ACCOUNT)).toEqual([intents[4]]);
    });

    test("past writes are those that took effect, dated by their outcome, oldest first", async () => {
      const clock = testClock();
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder(), { clock })));
      const before = "the old document";
      const intents = await audit.append([
        intent({ before }),
        intent(),
        intent({ step: 10 }),
        intent({ key: OTHER_KEY }),
      ]);
      const [applied, failed, found, others] = intents;
      if (!applied || !failed || !found || !others) throw new Error("too few intents");
      clock.set(START_MS + 1_000);
      await audit.append([
        finish(found, "found-applied"),
        finish(failed, "failed"),
        finish(others, "applied"),
      ]);
      clock.set(START_MS + 2_000);
      await audit.append([finish(applied, "applied")]);

      const target = "arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1";
      const write = { key: KEY, call: "iam:PutRolePolicy", target, afterHash: sha256Hex("{}") };
      const first = { ...write, step: 10, atMs: START_MS + 1_000, beforeHash: null };
      const second = { ...write, step: 6, atMs: START_MS + 2_000, beforeHash: sha256Hex(before) };
      expect(await audit.writesSince(ACCOUNT, START_MS)).toEqual([first, second]);
      expect(await audit.writesSince(ACCOUNT, START_MS + 1_001)).toEqual([second]);
    });
  });

  describe("entries", () => {
    test("are read by seq, by key, backwards and up to a limit", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
      await audit.append(
        Array.from({ length: 600 }, (_, index) => (index % 2 === 0 ? refusal(index) : intent())),
      );

      expect(seqs(await all(audit))).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
      expect(seqs(await all(audit, { fromSeq: 3, toSeq: 5 }))).toEqual([3, 4, 5]);
      expect(seqs(await all(audit, { key: KEY, newestFirst: true, limit: 3 }))).toEqual([600, 598, 596]);
      expect(seqs(await all(audit, { key: KEY, fromSeq: 2, limit: 2 }))).toEqual([2, 4]);
      expect(seqs(await all(audit, { newestFirst: true, limit: 300 }))).toHaveLength(300);
      expect(seqs(await all(audit, { fromSeq: 601 }))).toEqual([]);
      expect(seqs(await all(audit, { key: OTHER_KEY }))).toEqual([]);
    });

    test("of some kinds, and with a text in any case, are in the order of the record", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
      const written = await audit.append([
        intent({ key: KEY }),
        refusal(1),
        refusal(12),
        intent({ key: KEY }),
      ]);
      await audit.append(written.slice(0, 1).map((entry) => finish(entry, "applied")));
      const kinds = ["write-intended", "request-refused"] as const;

      expect(seqs(await all(audit, { kinds, newestFirst: true, limit: 3 }))).toEqual([4, 3, 2]);
      expect(seqs(await all(audit, { kinds, key: KEY }))).toEqual([1, 4]);
      expect(seqs(await all(audit, { kinds, mentions: "TOKEN-1" }))).toEqual([2, 3]);
      expect(seqs(await all(audit, { mentions: 'token-12"é' }))).toEqual([3]);
      expect(seqs(await all(audit, { mentions: "é" }))).toHaveLength(5);
      expect(seqs(await all(audit, { kinds: [] }))).toEqual([]);
    });

    test("of a period begin with its first instant and end before its last", async () => {
      const clock = testClock();
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder(), { clock })));
      for (const after of [0, 10, 20, 30]) {
        clock.set(START_MS + after);
        await audit.append([refusal(after)]);
      }

      expect(seqs(await all(audit, { sinceMs: START_MS + 10, untilMs: START_MS + 30 }))).toEqual([2, 3]);
      expect(seqs(await all(audit, { sinceMs: START_MS + 31 }))).toEqual([]);
      expect(seqs(await all(audit, { untilMs: START_MS }))).toEqual([]);
    });

    test("of a period have no gap, even if the clock was set back in it", async () => {
      const clock = testClock();
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder(), { clock })));
      for (const after of [10, 0, 20]) {
        clock.set(START_MS + after);
        await audit.append([refusal(after)]);
      }

      expect(seqs(await all(audit, { sinceMs: START_MS + 10 }))).toEqual([1, 2, 3]);
    });

    test("end with the last entry at the start of the read", async () => {
      const { audit } = places.keep(await engine.open(optionsFor(await places.folder())));
      await audit.append([refusal(1), refusal(2)]);
      const seen: number[] = [];

      for await (const entry of audit.entries({})) {
        seen.push(entry.seq);
        await audit.append([refusal(3)]);
      }

      expect(seen).toEqual([1, 2]);
    });
  });
});
