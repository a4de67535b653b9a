import { appendFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { exportLines } from "../../src/audit/export-lines.ts";
import { verifyExport, type VerifyReport } from "../../src/audit/verification/verify.ts";
import { publishedKeys } from "../../src/store/audit-key.ts";
import { removableRun } from "../../src/store/entry-removal.ts";
import { ACCOUNT, finish, intent, refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { ENGINES, optionsFor, START_MS, testClock } from "./engines.ts";
import { DAY_MS, record, remove, removal, threeDays, verified, type TestRecord } from "./old-entries.ts";
import { Places } from "./places.ts";

const places = new Places();

async function verifyJoined(stateDir: string, files: readonly string[]): Promise<VerifyReport> {
  const texts = await Promise.all(files.map((file) => readFile(file)));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* texts;
  }
  const evidence = { publicKeys: publishedKeys(stateDir), anchors: [], extent: "whole" } as const;
  return verifyExport({ lines: exportLines(chunks()), ...evidence });
}

describe.each(ENGINES)("retention in $name", (engine) => {
  test("removes what is older, up to a checkpoint, and the rest still proves itself", async () => {
    const made = await threeDays(places, engine);
    made.clock.set(START_MS + 120 * DAY_MS);

    expect(await remove(made)).toBe(300);

    const [first] = await all(made.current().audit, { limit: 1 });
    expect(first).toMatchObject({ seq: 301, kind: "checkpoint", upTo: 300 });
    const last = (await all(made.current().audit, { kind: "entries-removed" })).at(-1);
    expect(last).toMatchObject({ first: 1, upTo: 300, head: first?.prev, archive: null });
    await made.close();
    expect(await verified(made)).toMatchObject({
      verdict: "intact",
      removed: { upTo: 300, head: first?.prev, entry: last?.seq },
      first: 301,
      anchors: { given: 4, matched: 4 },
    });
  });

  test("removes nothing that is younger, and nothing twice", async () => {
    const made = await threeDays(places, engine);
    made.clock.set(START_MS + 99 * DAY_MS);

    expect(await remove(made)).toBeNull();
    made.clock.set(START_MS + 120 * DAY_MS);
    await remove(made);
    expect(await remove(made)).toBeNull();
  });

  test("the archive and an export of the rest are one chain from entry 1", async () => {
    const made = await threeDays(places, engine);
    const archive = join(made.stateDir, "archive");
    made.clock.set(START_MS + 120 * DAY_MS);
    await remove(made, { archive });
    made.clock.set(START_MS + 170 * DAY_MS);
    await remove(made, { archive });
    const rest = join(made.stateDir, "rest.jsonl");
    await made.close();
    for (const line of await engine.readLines(made.stateDir)) await appendFile(rest, `${line}\n`);

    const names = ["audit-1-300.jsonl", "audit-301-601.jsonl"];
    expect((await readdir(archive)).toSorted()).toEqual(names);
    const files = names.map((name) => join(archive, name));
    const report = await verifyJoined(made.stateDir, [...files, rest]);
    expect(report).toMatchObject({ verdict: "intact", first: 1, removed: null });
    expect(await verifyJoined(made.stateDir, [rest])).toMatchObject({
      verdict: "intact",
      first: 602,
      removed: { upTo: 601 },
    });
  });

  test("keeps a write without an outcome, and everything after it", async () => {
    const made = await record(places, engine);
    await made.day(0, [refusal(1)]);
    const [open] = await made.day(1, [intent()]);
    await made.day(150, [refusal(2)]);
    made.clock.set(START_MS + 400 * DAY_MS);

    await remove(made);

    expect(await made.current().audit.openIntents(ACCOUNT)).toEqual([open]);
    if (open === undefined) throw new Error("there is no intent");
    await made.day(401, [finish(open, "applied")]);
    made.clock.set(START_MS + 402 * DAY_MS);
    expect(await remove(made)).toBeGreaterThanOrEqual(open.seq);
  });

  test("waits for readers that have not taken the entries, and keeps the one that they took last", async () => {
    const made = await threeDays(places, engine);
    made.clock.set(START_MS + 120 * DAY_MS);

    expect(await remove(made, { readUpTo: 299 })).toBeNull();
    // A reader that continues after a restart finds its place by entry 300.
    expect(await remove(made, { readUpTo: 300 })).toBeNull();
    expect(await remove(made, { readUpTo: 301 })).toBe(300);
  });

  test.each([
    {
      readUpTo: 300,
      reason: "audit.stdout has written the entries up to 300 only",
      because: "it is behind",
    },
    { readUpTo: Infinity, reason: null, because: "nothing keeps them" },
  ])("names what keeps entries that are old enough: $because", async ({ readUpTo, reason }) => {
    const made = await threeDays(places, engine);
    made.clock.set(START_MS + 120 * DAY_MS);

    expect((await removal(made, { readUpTo })).obstacle).toBe(reason);
  });

  test("names a write without an outcome and a checkpoint without a copy, which keep entries", async () => {
    const made = await record(places, engine);
    await made.day(0, [intent()]);
    await made.close();
    await engine.run(made.stateDir, "INSERT INTO unanchored (copy, seq) VALUES ('log', 2)");
    await made.restart();
    made.clock.set(START_MS + 200 * DAY_MS);

    expect((await removal(made, {})).obstacle).toBe(
      "entry 1 is a write without an outcome; the checkpoint in entry 2 has no copy outside yet",
    );
  });

  test("removes a group of more entries than one removal usually takes, up to its checkpoint", async () => {
    const made = await record(places, engine);
    await made.day(0, [refusal(1), refusal(2)]);
    await made.day(
      0,
      Array.from({ length: 5 }, (_, at) => refusal(at)),
    );
    await made.day(150, [refusal(3)]);
    const { removal } = made.current();
    const bounds = { beforeMs: START_MS + DAY_MS, readUpTo: Infinity };

    expect(await removableRun(removal, bounds, 1)).toMatchObject({ first: 1, upTo: 2 });
  });

  test("waits for the copies of checkpoints outside", async () => {
    const stateDir = await places.folder();
    const clock = testClock();
    const anchors = { file: join(stateDir, "missing", "anchors.jsonl"), log: false };
    const opened = places.keep(await engine.open(optionsFor(stateDir, { clock, anchors })));
    await opened.audit.append([refusal(1)]);
    await opened.audit.checkpoint();
    clock.set(START_MS + 200 * DAY_MS);
    const made = { current: () => opened, clock } as TestRecord;

    expect(await remove(made)).toBeNull();
  });

  test("removes documents that no remaining entry needs", async () => {
    const made = await record(places, engine);
    const [shared, old] = ["s".repeat(200), "o".repeat(200)];
    const [one, two] = await made.day(0, [intent({ after: shared }), intent({ after: old })]);
    if (one === undefined || two === undefined) throw new Error("there are no intents");
    await made.day(1, [finish(one, "applied"), finish(two, "applied")]);
    await made.day(150, [intent({ before: shared })]);
    made.clock.set(START_MS + 200 * DAY_MS);

    await remove(made);

    const kept = (await all(made.current().audit, { kind: "write-intended" })).at(-1);
    expect(kept).toMatchObject({ before: shared });
    await made.close();
    const columns = engine.name === "SQLite" ? "text" : "convert_from(text, 'UTF8') AS text";
    expect(await engine.run(made.stateDir, `SELECT ${columns} FROM documents`)).toEqual([{ text: shared }]);
  });

  test.each([1, 2, 3, 4])(
    "a process that ends after step %i leaves a record that verifies and is continued",
    async (step) => {
      const made = await record(places, engine);
      const facts = Array.from({ length: 450 }, (_, at) => intent({ after: `${at}`.repeat(100) }));
      const intents = await made.day(0, facts);
      await made.day(
        0,
        intents.map((one) => finish(one, "applied")),
      );
      await made.day(150, [refusal(1)]);
      made.clock.set(START_MS + 160 * DAY_MS);

      await remove(made, { stepsUntilKill: step }).catch(() => null);
      await made.restart();
      expect(await verified(made)).toMatchObject({ verdict: "intact" });
      await remove(made);
      await made.close();

      expect(await verified(made)).toMatchObject({
        verdict: "intact",
        removed: { upTo: 901 },
        first: 902,
      });
    },
  );
});
