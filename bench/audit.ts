import { closeSync, createReadStream, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditFact } from "../src/audit/entry.ts";
import type { ChainPart } from "../src/audit/link-run.ts";
import { verifyLinks } from "../src/audit/verification/verify.ts";
import { inThreads } from "../src/cli/toolbox/in-threads.ts";
import { parallelLinks } from "../src/cli/history/parallel-links.ts";
import type { AuditLog, AuditReader } from "../src/controller/ports/audit-log.ts";
import type { Clock } from "../src/controller/ports/clock.ts";
import { untraced, type Telemetry } from "../src/controller/ports/telemetry.ts";
import { NO_DELTA, type RecordedDeltaRow } from "../src/model/delta.ts";
import { parseRevision } from "../src/model/values/revision.ts";
import { digestOf } from "../src/model/values/digest.ts";
import { parseKey } from "../src/model/keys/key.ts";
import { openSqliteAuditReader } from "../src/store/sqlite/audit/audit-reader.ts";
import { DATABASE_FILE, openStore } from "../src/store/sqlite/open.ts";
import { present } from "./desired.ts";
import { measureAsync, tenths, type Cost } from "./measure.ts";

interface Throughput extends Cost {
  readonly entries: number;
  readonly entriesPerSecond: number;
}

export interface AuditCosts {
  /** The limit of the disk for `oneByOne`: one page of SQLite and an fsync, again and again, without SQLite. */
  readonly diskOnly: Throughput;
  /**
   * Each entry is durable before the next, as an intent must be before its call. The first entries of a process are
   * slower, because its code is not compiled yet and the log of the database still grows.
   */
  readonly firstOneByOne: Throughput;
  /** The same after these. */
  readonly oneByOne: Throughput;
  /** Eight writers with one entry each, which wait for their own entry like the keys of a pass. */
  readonly eightWriters: Throughput;
  readonly inBatchesOf100: Throughput;
  /** `audit verify` of the record in the database. */
  readonly verifyRecord: Throughput;
  /** `audit verify` of a file that `audit export` wrote. */
  readonly verifyExport: Throughput;
}

const BATCH = 100;
const PAGE = Buffer.alloc(4_096, 1);
/** A verification starts threads; in a small record their start takes longer than the work. */
const VERIFIED_FACTOR = 10;
const KEY = present(parseKey("function/100000000000/eu-west-1/team-0000/team-0000-fn-00"));
const REVISION = present(parseRevision(`main@sha1:${"0".repeat(40)}`));
const ROW: RecordedDeltaRow = {
  effect: "Allow",
  principal: null,
  action: "dynamodb:GetItem",
  resource: "arn:aws:dynamodb:eu-west-1:100000000000:table/orders",
  condition: "",
  from: "inline grantkeeper",
  sid: "DynamodbRead00000000",
  origin: null,
  certainty: "proved",
  risk: "none",
  otherCondition: null,
  limit: null,
};
const DOCUMENT = JSON.stringify({
  Version: "2012-10-17",
  Statement: Array.from({ length: 8 }, (_, at) => ({
    Sid: `DynamodbRead0000000${at}`,
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Query"],
    Resource: `arn:aws:dynamodb:eu-west-1:100000000000:table/orders-${at}`,
  })),
});

export async function measureAudit(entries: number): Promise<AuditCosts> {
  const stateDir = mkdtempSync(join(tmpdir(), "grantkeeper-bench-audit-"));
  const { store, audit } = openStore({
    stateDir,
    clock: CLOCK,
    telemetry: SILENT,
    anchors: { file: join(stateDir, "anchors.jsonl"), log: false },
    shrinks: false,
  });
  try {
    const single = Math.ceil(entries / 10);
    const diskOnly = await throughput(single, () => Promise.resolve(writePages(stateDir, single)));
    const firstOneByOne = await oneByOneThroughput(audit, single);
    const oneByOne = await oneByOneThroughput(audit, entries);
    const eightWriters = await throughput(entries, () => appendSideBySide(audit, entries, 8));
    const many = entries * VERIFIED_FACTOR;
    const inBatchesOf100 = await throughput(many, () => appendAll(audit, many, BATCH));
    return {
      diskOnly,
      firstOneByOne,
      oneByOne,
      eightWriters,
      inBatchesOf100,
      ...(await verifications(stateDir)),
    };
  } finally {
    await store.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** In the same place of the file, like a write-ahead log that is used again. */
function writePages(dir: string, times: number): void {
  const file = openSync(join(dir, "pages"), "w", 0o600);
  for (let done = 0; done < times; done += 1) {
    writeSync(file, PAGE, 0, PAGE.length, 0);
    fsyncSync(file);
  }
  closeSync(file);
}

async function throughput(entries: number, work: () => Promise<void>): Promise<Throughput> {
  const { cost } = await measureAsync(work);
  return { entries, ...cost, entriesPerSecond: tenths((entries * 1_000) / cost.wallMs) };
}

/** The facts are made before, because only their way to the disk is measured. */
function oneByOneThroughput(audit: AuditLog, entries: number): Promise<Throughput> {
  const intents = Array.from({ length: entries / 2 }, (_, at) => [intent(at)]);
  return throughput(entries, () => appendEach(audit, intents));
}

async function appendAll(audit: AuditLog, entries: number, batch: number): Promise<void> {
  for (let done = 0; done < entries; done += 2 * batch)
    await appendEach(audit, [Array.from({ length: batch }, (_, at) => intent(done + at))]);
}

/** Writes as the controller records them: intents, then outcomes. */
async function appendEach(audit: AuditLog, batches: readonly (readonly AuditFact[])[]): Promise<void> {
  for (const intended of batches) {
    const intents = await audit.append(intended);
    await audit.append(intents.map(({ seq }) => outcome(seq)));
  }
}

function outcome(intended: number): AuditFact {
  const requestId = "c6f3a2f0-4d0e-4c59-8f0e-2f1f5a1f7c11";
  return { kind: "write-finished", intent: intended, key: KEY, requestId, outcome: "applied", error: null };
}

async function appendSideBySide(audit: AuditLog, entries: number, writers: number): Promise<void> {
  await Promise.all(Array.from({ length: writers }, () => appendAll(audit, entries / writers, 1)));
}

/** The intent of a write, the most frequent entry, with a document of usual size. */
function intent(number: number): AuditFact {
  const after = DOCUMENT.replaceAll("orders", `orders-${number}`);
  return {
    kind: "write-intended",
    pass: "bench",
    key: KEY,
    revision: REVISION,
    planDigest: digestOf(number),
    call: "iam:PutRolePolicy",
    step: 6,
    target: "arn:aws:iam::100000000000:role/grantkeeper/team-0000-fn-00-eu-west-1",
    input: { RoleName: "team-0000-fn-00-eu-west-1", PolicyName: "grantkeeper", PolicyDocument: after },
    before: null,
    after,
    risk: "low",
    delta: { ...NO_DELTA, allowed: [ROW] },
    cause: "revision",
  };
}

async function verifications(stateDir: string): Promise<Pick<AuditCosts, "verifyRecord" | "verifyExport">> {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  try {
    const file = join(stateDir, "audit.jsonl");
    await writeFile(file, linesOf(reader));
    return {
      verifyRecord: await verification(() => reader.links(inThreads)),
      verifyExport: await verification(() =>
        parallelLinks(createReadStream(file, { highWaterMark: 262_144 })),
      ),
    };
  } finally {
    reader.close();
  }
}

async function* linesOf(reader: AuditReader): AsyncGenerator<string> {
  for await (const line of reader.lines({})) yield `${line}\n`;
}

async function verification(links: () => AsyncIterable<readonly ChainPart[]>): Promise<Throughput> {
  const { cost, value } = await measureAsync(() =>
    verifyLinks({ links: links(), publicKeys: [], anchors: [], extent: "whole" }),
  );
  if (value.verdict !== "intact") throw new Error("the record does not verify");
  return { entries: value.entries, ...cost, entriesPerSecond: tenths((value.entries * 1_000) / cost.wallMs) };
}

const CLOCK: Clock = { nowMs: () => Date.now(), sleep: () => Promise.resolve() };

const SILENT: Telemetry = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  debug: () => undefined,
  count: () => undefined,
  gauge: () => undefined,
  observe: () => undefined,
  forget: () => undefined,
  trace: untraced,
};
