import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditFact } from "../../src/audit/entry.ts";
import { removeOld } from "../../src/store/retention.ts";
import { verifyExport, type VerifyReport } from "../../src/audit/verification/verify.ts";
import { parseAnchors } from "../../src/audit/anchor.ts";
import { publishedKeys } from "../../src/store/audit-key.ts";
import type { OpenRecord } from "../../src/store/postgres/open.ts";
import { refusal } from "../support/record/audit-facts.ts";
import type { Engine } from "./engine.ts";
import { optionsFor, START_MS, testClock, testTelemetry } from "./engines.ts";
import type { Places } from "./places.ts";

export const DAY_MS = 86_400_000;
export const KEPT_DAYS = 100;

/** A record whose clock a test sets; each `day` appends facts at that day and signs them. */
export async function record(places: Places, engine: Engine) {
  const stateDir = await places.folder();
  const clock = testClock();
  const anchors = { file: join(stateDir, "audit-anchors.jsonl"), log: false };
  const open = async (): Promise<OpenRecord> =>
    places.keep(await engine.open(optionsFor(stateDir, { clock, anchors })));
  let opened = await open();
  return {
    engine,
    stateDir,
    clock,
    current: () => opened,
    restart: async () => {
      await places.close(opened);
      opened = await open();
    },
    close: () => places.close(opened),
    day: async (day: number, facts: readonly AuditFact[]) => {
      clock.set(START_MS + day * DAY_MS);
      const entries = await opened.audit.append(facts);
      await opened.audit.checkpoint();
      return entries;
    },
  };
}

export type TestRecord = Awaited<ReturnType<typeof record>>;

interface Remove {
  readonly archive?: string;
  readonly readUpTo?: number;
  readonly telemetry?: ReturnType<typeof testTelemetry>;
  /** The process ends after this number of steps. */
  readonly stepsUntilKill?: number;
}

export async function remove(made: TestRecord, at: Remove = {}): Promise<number | null> {
  return (await removal(made, at)).upTo;
}

export async function removal({ current, clock }: TestRecord, at: Remove): ReturnType<typeof removeOld> {
  const { audit, removal: entries } = current();
  const killed = new AbortController();
  let left = at.stepsUntilKill ?? Infinity;
  const sleep = async (): Promise<void> => {
    left -= 1;
    if (left <= 0) killed.abort();
    killed.signal.throwIfAborted();
  };
  const parts = {
    audit,
    removal: entries,
    retentionMs: KEPT_DAYS * DAY_MS,
    archive: at.archive ?? null,
    readUpTo: async () => at.readUpTo ?? Infinity,
    clock: { nowMs: () => clock.nowMs(), sleep },
    telemetry: at.telemetry ?? testTelemetry(),
  };
  return removeOld(parts, killed.signal);
}

/** Three signed days of 300 entries: 1–301, 302–602, 603–903. */
export async function threeDays(places: Places, engine: Engine): Promise<TestRecord> {
  const made = await record(places, engine);
  const facts = Array.from({ length: 300 }, (_, at) => refusal(at));
  for (const day of [0, 50, 150]) await made.day(day, facts);
  return made;
}

/** With the keys and the copies of checkpoints of its state directory. */
export async function verified({ engine, stateDir }: TestRecord): Promise<VerifyReport> {
  const lines = await engine.readLines(stateDir);
  const anchors = parseAnchors(readFileSync(join(stateDir, "audit-anchors.jsonl"), "utf8"));
  async function* each(): AsyncGenerator<string> {
    yield* lines;
  }
  return verifyExport({ lines: each(), publicKeys: publishedKeys(stateDir), anchors, extent: "whole" });
}
