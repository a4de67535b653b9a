import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditFact } from "../src/audit/entry.ts";
import { verifyLinks } from "../src/audit/verify.ts";
import { inThreads } from "../src/cli/in-threads.ts";
import type { AuditLog } from "../src/controller/ports/audit-log.ts";
import type { Clock } from "../src/controller/ports/clock.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import { NO_DELTA, type DeltaRow } from "../src/model/delta.ts";
import { parseRevision } from "../src/model/revision.ts";
import { digestOf } from "../src/model/digest.ts";
import { parseKey } from "../src/model/key.ts";
import { openAuditReader } from "../src/store/sqlite/audit-reader.ts";
import { DATABASE_FILE, openStore } from "../src/store/sqlite/open.ts";
import { present } from "./desired.ts";
import { measureAsync, tenths, type Cost } from "./measure.ts";

interface Throughput extends Cost {
  readonly entries: number;
  readonly entriesPerSecond: number;
}

export interface AuditCosts {
  /** Each durable before the next, as an intent must be before its call. */
  readonly oneByOne: Throughput;
  /** One entry each from eight writers that wait for their own, as the keys of a pass do. */
  readonly eightWriters: Throughput;
  readonly inBatchesOf100: Throughput;
  /** Reading the record and walking its chain. */
  readonly verify: Throughput;
}

const BATCH = 100;
const KEY = present(parseKey("function/100000000000/eu-west-1/team-0000/team-0000-fn-00"));
const REVISION = present(parseRevision(`main@sha1:${"0".repeat(40)}`));
const ROW: DeltaRow = {
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
  });
  try {
    const single = Math.ceil(entries / 10);
    const oneByOne = await throughput(single, () => appendAll(audit, single, 1));
    const eightWriters = await throughput(entries, () => appendSideBySide(audit, entries, 8));
    const inBatchesOf100 = await throughput(entries, () => appendAll(audit, entries, BATCH));
    const verify = await verifyAll(stateDir);
    return { oneByOne, eightWriters, inBatchesOf100, verify };
  } finally {
    await store.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function throughput(entries: number, work: () => Promise<void>): Promise<Throughput> {
  const { cost } = await measureAsync(work);
  return { entries, ...cost, entriesPerSecond: tenths((entries * 1_000) / cost.wallMs) };
}

async function appendAll(audit: AuditLog, entries: number, batch: number): Promise<void> {
  for (let done = 0; done < entries; done += batch) {
    await audit.append(Array.from({ length: batch }, (_, at) => intent(done + at)));
  }
}

async function appendSideBySide(audit: AuditLog, entries: number, writers: number): Promise<void> {
  await Promise.all(Array.from({ length: writers }, () => appendAll(audit, entries / writers, 1)));
}

/** A write's intent, the commonest entry, with a document of the usual size. */
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

async function verifyAll(stateDir: string): Promise<Throughput> {
  const reader = openAuditReader(join(stateDir, DATABASE_FILE));
  try {
    const { cost, value } = await measureAsync(() =>
      verifyLinks({ links: reader.links(inThreads), publicKeys: [], anchors: [], extent: "whole" }),
    );
    if (value.verdict !== "intact") throw new Error("the record does not verify");
    return {
      entries: value.entries,
      ...cost,
      entriesPerSecond: tenths((value.entries * 1_000) / cost.wallMs),
    };
  } finally {
    reader.close();
  }
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
};
