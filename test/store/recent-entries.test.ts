import { join } from "node:path";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AuditEntry } from "../../src/audit/entry.ts";
import { DATABASE_FILE, openStore } from "../../src/store/sqlite/open.ts";
import { openSqliteRecordReader } from "../../src/store/sqlite/record-reader.ts";
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
import { all } from "./audit-entries.ts";
import { optionsFor, START_MS, testClock } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

/** What happens to a record between two reads. */
type Step =
  "intend" | "intend-other" | "finish" | "fail" | "refuse" | "checkpoint" | "restart" | "clock-back";

const STEP = fc.constantFrom<Step>(
  "intend",
  "intend-other",
  "finish",
  "fail",
  "refuse",
  "checkpoint",
  "restart",
  "clock-back",
);

test("checkpoints and restarts between entries change no answer of the record", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { entries, checkpoints, answers, stateDir } = await recordAfter(steps);

      expect(answers).toEqual(expectedOf(entries, checkpoints));
      const reader = openSqliteRecordReader(join(stateDir, DATABASE_FILE));
      expect(await reader.writesSince(ACCOUNT, START_MS)).toEqual(answers.past);
      reader.close();
    }),
    // The entries of a checkpoint count, too, for the first entry since a time.
    { numRuns: 25, examples: [[["intend", "intend", "checkpoint", "clock-back", "intend"]]] },
  );
});

async function recordAfter(steps: readonly Step[]) {
  const stateDir = await places.folder();
  const clock = testClock();
  let now = START_MS;
  let opened = places.keep(openStore(optionsFor(stateDir, { clock })));
  const open: AuditEntry[] = [];
  const entries: AuditEntry[] = [];
  for (const step of steps) {
    now += step === "clock-back" ? -1_500 : 1_000;
    clock.set(now);
    if (step === "checkpoint") await opened.audit.checkpoint();
    if (step === "restart") {
      await places.close(opened);
      opened = places.keep(openStore(optionsFor(stateDir, { clock })));
    }
    const fact = factOf(step, open);
    if (fact === null) continue;
    const added = await opened.audit.append([fact]);
    entries.push(...added);
    if (fact.kind === "write-intended") open.push(...added);
  }
  const { audit } = opened;
  const answers = {
    open: (await audit.openIntents(ACCOUNT)).map(({ seq }) => seq),
    past: await audit.writesSince(ACCOUNT, START_MS),
    ofKey: (await all(audit, { key: KEY, newestFirst: true })).map(({ hash }) => hash),
    refused: (await all(audit, { kind: "request-refused", limit: 2 })).map(({ hash }) => hash),
    since: (await all(audit, { sinceMs: START_MS + 3_000 })).map(({ seq }) => seq).filter(isOf(entries)),
  };
  const checkpoints = await all(audit, { kind: "checkpoint" });
  await places.close(opened);
  return { entries, checkpoints, answers, stateDir };
}

function isOf(entries: readonly AuditEntry[]): (seq: number) => boolean {
  const seqs = new Set(entries.map(({ seq }) => seq));
  return (seq) => seqs.has(seq);
}

function factOf(step: Step, open: AuditEntry[]) {
  if (step === "intend") return intent({ before: "x".repeat(200) });
  if (step === "intend-other") return intent({ key: OTHER_KEY });
  if (step === "refuse") return refusal(1);
  if (step !== "finish" && step !== "fail") return null;
  const oldest = open.shift();
  return oldest === undefined ? null : finish(oldest, step === "finish" ? "applied" : "failed");
}

/** The same answers, computed from all entries in memory. */
function expectedOf(entries: readonly AuditEntry[], checkpoints: readonly AuditEntry[]) {
  const ofKind = <Kind extends AuditEntry["kind"]>(kind: Kind) =>
    entries.filter((entry): entry is Extract<AuditEntry, { kind: Kind }> => entry.kind === kind);
  const intents = ofKind("write-intended").filter(({ key }) => key === KEY);
  const outcomes = ofKind("write-finished");
  const ended = new Map(outcomes.map((outcome) => [outcome.intent, outcome]));
  const past = intents
    .map((began) => ({ began, end: ended.get(began.seq) }))
    .filter(({ end }) => end?.outcome === "applied" && Date.parse(end.at) >= START_MS)
    .map(({ began, end }) => ({
      key: KEY,
      atMs: Date.parse(end?.at ?? ""),
      call: began.call,
      step: began.step,
      target: began.target,
      beforeHash: sha256Hex("x".repeat(200)),
      afterHash: sha256Hex("{}"),
    }))
    .sort((a, b) => a.atMs - b.atMs);
  const late = [...entries, ...checkpoints].filter(({ at }) => Date.parse(at) >= START_MS + 3_000);
  const first = Math.min(...late.map(({ seq }) => seq));
  return {
    open: intents.filter(({ seq }) => !ended.has(seq)).map(({ seq }) => seq),
    past,
    ofKey: entries
      .filter((entry) => "key" in entry && entry.key === KEY)
      .map(({ hash }) => hash)
      .toReversed(),
    refused: ofKind("request-refused")
      .slice(0, 2)
      .map(({ hash }) => hash),
    since: entries.filter(({ seq }) => seq >= first).map(({ seq }) => seq),
  };
}

test("the writes of two accounts do not mix while they are recent", async () => {
  const { audit } = places.keep(openStore(optionsFor(await places.folder())));

  const intents = await audit.append([intent(), intent({ key: OTHER_KEY })]);

  expect(await audit.openIntents(ACCOUNT)).toEqual([intents[0]]);
  expect(await audit.openIntents(OTHER_ACCOUNT)).toEqual([intents[1]]);
});
