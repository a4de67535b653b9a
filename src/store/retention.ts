import { mkdir, open, rename, rm } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { join } from "node:path";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { entryLine } from "../audit/canonical.ts";
import { errorCode } from "../model/values/error-code.ts";
import { sync } from "./durable-files.ts";
import { obstacleOf, removableRun, type EntryRemoval, type RemovableRun } from "./entry-removal.ts";

const DAY_MS = 86_400_000;
const RETRY_MS = 3_600_000;
/** After the start, so that it does not delay the first pass. */
const FIRST_MS = 60_000;
/** The number of entries of one removal, or up to the next checkpoint: it bounds the memory for their documents. */
const MOST_ENTRIES = 20_000;
/** Between two steps, so that a pass and the API get most of the time. */
const PAUSE_MS = 20;

export interface RetentionParts {
  readonly audit: Pick<AuditLog, "append" | "checkpoint" | "entries">;
  readonly removal: EntryRemoval;
  readonly retentionMs: number;
  /** The folder for the lines of removed entries; null: they are removed without a copy. */
  readonly archive: string | null;
  /** The last entry that all other readers have taken; Infinity: there are none. */
  readonly readUpTo: () => Promise<number>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/**
 * Removes old entries once a day, until the signal. A failure, or a reason that keeps entries that are old enough, is
 * measured (`audit_retention_stalled`), logged once a day, and tried again after an hour. Never rejects.
 */
export async function keepRetention(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const { clock, telemetry } = parts;
  let loggedMs = -Infinity;
  try {
    await clock.sleep(FIRST_MS, signal);
    while (!signal.aborted) {
      const stall = await stallOf(parts, signal);
      if (signal.aborted) return;
      telemetry.gauge("audit_retention_stalled", stall === null ? 0 : 1);
      if (stall !== null && clock.nowMs() - loggedMs >= DAY_MS) {
        loggedMs = clock.nowMs();
        telemetry[stall.level](stall.text, { reason: stall.reason });
      }
      await clock.sleep(stall === null ? DAY_MS : RETRY_MS, signal);
    }
  } catch (cause) {
    if (!signal.aborted)
      telemetry.error("old audit entries are no longer removed", { reason: reasonOf(cause) });
  }
}

interface Stall {
  readonly level: "warn" | "error";
  readonly text: string;
  readonly reason: string;
}

/** Removes what is old enough. null: nothing that is old enough remains. */
async function stallOf(parts: RetentionParts, signal: AbortSignal): Promise<Stall | null> {
  try {
    const { obstacle } = await removeOld(parts, signal);
    if (obstacle === null) return null;
    return { level: "warn", text: "audit entries are kept longer than audit.retention", reason: obstacle };
  } catch (cause) {
    return { level: "error", text: "old audit entries were not removed", reason: reasonOf(cause) };
  }
}

/** What a removal did. */
interface Removed {
  /** The last entry that was removed now; null if there was none. */
  readonly upTo: number | null;
  /** The reason that keeps entries that are old enough; null: there are none. */
  readonly obstacle: string | null;
}

/**
 * Continues a removal that was interrupted, and then removes everything that is old enough. An entry that a checkpoint
 * signs records each removal before it begins: until then, all entries are there.
 */
export async function removeOld(parts: RetentionParts, signal: AbortSignal): Promise<Removed> {
  const { removal, retentionMs, clock } = parts;
  await carryOut(parts, signal);
  let upTo: number | null = null;
  const beforeMs = clock.nowMs() - retentionMs;
  for (;;) {
    signal.throwIfAborted();
    const readUpTo = await parts.readUpTo();
    const run = await removableRun(removal, { beforeMs, readUpTo }, MOST_ENTRIES);
    if (run === null) return { upTo, obstacle: await obstacleOf(removal, { beforeMs, readUpTo }) };
    await record(run, { ...parts, beforeMs, archived: await archived(run, parts) });
    await carryOut(parts, signal);
    upTo = run.upTo;
  }
}

interface RemovalRecording extends Pick<RetentionParts, "audit" | "telemetry"> {
  readonly beforeMs: number;
  readonly archived: string | null;
}

async function record(
  { first, upTo, head }: RemovableRun,
  { audit, telemetry, beforeMs, archived: archive }: RemovalRecording,
): Promise<void> {
  const before = new Date(beforeMs).toISOString();
  await audit.append([{ kind: "entries-removed", first, upTo, head, before, archive }]);
  await audit.checkpoint();
  telemetry.info("old audit entries are removed", { first, upTo, archive });
}

async function carryOut({ removal, clock }: RetentionParts, signal: AbortSignal): Promise<void> {
  const upTo = await removal.recordedUpTo();
  const steps = [
    () => removal.removeSome(upTo),
    () => removal.removeSomeDocuments(),
    () => removal.returnSomeSpace(),
  ];
  for (const step of steps) while (await step()) await clock.sleep(PAUSE_MS, signal);
}

/** Writes the lines of the run to a file of the archive. It has its name when it is complete and on disk. */
async function archived({ first, upTo }: RemovableRun, parts: RetentionParts): Promise<string | null> {
  const { archive, audit } = parts;
  if (archive === null) return null;
  const name = `audit-${first}-${upTo}.jsonl`;
  const partial = join(archive, `${name}.partial`);
  await mkdir(archive, { recursive: true, mode: 0o700 });
  await rm(partial, { force: true });
  const file = await open(partial, "wx", 0o600);
  try {
    for await (const text of blocks(audit, { fromSeq: first, toSeq: upTo })) await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, join(archive, name));
  sync(archive);
  return name;
}

const BLOCK = 500;

/** @throws StoreError if an entry is damaged: it is then kept as evidence */
async function* blocks(
  audit: Pick<AuditLog, "entries">,
  range: { readonly fromSeq: number; readonly toSeq: number },
): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const entry of audit.entries(range)) {
    lines.push(`${entryLine(entry)}\n`);
    if (lines.length < BLOCK) continue;
    yield lines.join("");
    lines = [];
    await nextTurn();
  }
  yield lines.join("");
}

function reasonOf(cause: unknown): string {
  if (errorCode(cause) === "ENOSPC") return "the disk of audit.archive is full: free space there";
  return cause instanceof Error ? cause.message : String(cause);
}
