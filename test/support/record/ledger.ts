import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAnchors } from "../../../src/audit/anchor.ts";
import { parsePublicKeys } from "../../../src/audit/checkpoint.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { verifyExport, type VerifyReport } from "../../../src/audit/verification/verify.ts";
import type { CallRecord } from "../../../src/simulator/calls.ts";
import { openSqliteAuditReader } from "../../../src/store/sqlite/audit/audit-reader.ts";
import { DATABASE_FILE } from "../../../src/store/sqlite/open.ts";

type Intended = Extract<AuditEntry, { readonly kind: "write-intended" }>;
type Finished = Extract<AuditEntry, { readonly kind: "write-finished" }>;

/** The contradictions between the record and the simulator's own log; empty if both contain the same. */
export function ledgerProblems(
  entries: readonly AuditEntry[],
  calls: readonly CallRecord[],
): readonly string[] {
  const intents = new Map<number, Intended>();
  const outcomes = new Map<number, Finished>();
  for (const entry of entries) {
    if (entry.kind === "write-intended") intents.set(entry.seq, entry);
    if (entry.kind === "write-finished") outcomes.set(entry.intent, entry);
  }
  const writes = calls.filter(isOwnWrite);
  const changes = calls.filter((call) => call.effective || isOwnWrite(call));
  return [
    ...writes.flatMap((call) => callProblems(call, intents, outcomes)),
    ...[...intents.values()].flatMap((intent) => intentProblems(intent, outcomes.get(intent.seq), changes)),
    ...createdTwice(writes),
  ];
}

function isOwnWrite({ service, operation, principalArn }: CallRecord): boolean {
  const isOwn = service !== "sts" && principalArn.includes(":assumed-role/");
  return isOwn && !/^(Describe|Get|List)/.test(operation);
}

function intentOf({ userAgent }: CallRecord): number {
  return Number(/gk-intent\/(\d+)/.exec(userAgent)?.[1] ?? 0);
}

function callProblems(
  call: CallRecord,
  intents: ReadonlyMap<number, Intended>,
  outcomes: ReadonlyMap<number, Finished>,
): readonly string[] {
  const name = `${call.service}:${call.operation} (call ${call.seq})`;
  const intent = intents.get(intentOf(call));
  if (intent === undefined) return [`${name} has no intent`];
  if (intent.call !== `${call.service}:${call.operation}`)
    return [`${name} has the intent of ${intent.call}`];
  const requestId = outcomes.get(intent.seq)?.requestId ?? null;
  return requestId === null || requestId === call.requestId ? [] : [`${name} has another request id`];
}

const TOOK_EFFECT: ReadonlySet<string> = new Set(["applied", "found-applied"]);

function intentProblems(
  intent: Intended,
  finished: Finished | undefined,
  changes: readonly CallRecord[],
): readonly string[] {
  const name = `intent ${intent.seq} (${intent.call})`;
  if (finished === undefined) return [`${name} has no outcome`];
  const made = changes.filter((call) => isOwnWrite(call) && intentOf(call) === intent.seq);
  if (made.length > 1) return [`${name} was sent ${made.length} times`];
  const isEffective = made.some((call) => call.effective);
  if (isEffective === TOOK_EFFECT.has(finished.outcome)) return [];
  if (finished.outcome === "found-not-applied" && isChangedSince(made, changes)) return [];
  return [`${name} is recorded as ${finished.outcome}, and it ${isEffective ? "took" : "took no"} effect`];
}

/** Another tool has changed the object since: what is found later is no answer to whether the write took effect. */
function isChangedSince(made: readonly CallRecord[], changes: readonly CallRecord[]): boolean {
  const [write] = made;
  if (write === undefined) return false;
  const { RoleName, FunctionName } = write.input;
  return changes.some(
    (call) =>
      call.seq > write.seq &&
      call.effective &&
      !isOwnWrite(call) &&
      call.input["RoleName"] === RoleName &&
      call.input["FunctionName"] === FunctionName,
  );
}

function createdTwice(writes: readonly CallRecord[]): readonly string[] {
  const created = writes.filter(({ operation, effective }) => effective && /^(Create|Add)/.test(operation));
  const names = created.map(
    ({ operation, accountId, input }) => `${operation} ${accountId} ${JSON.stringify(nameIn(input))}`,
  );
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `${name} took effect twice`);
}

function nameIn(input: CallRecord["input"]): readonly unknown[] {
  return ["RoleName", "PolicyName", "PolicyArn", "FunctionName", "StatementId"].map((field) => input[field]);
}

/** Entries of a record that no controller has open. */
export async function readEntries(stateDir: string): Promise<readonly AuditEntry[]> {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  try {
    const entries: AuditEntry[] = [];
    for await (const entry of reader.entries({})) entries.push(entry);
    return entries;
  } finally {
    reader.close();
  }
}

/** `audit verify` of that record, by its public key and the copies outside. */
export async function verifyRecord(stateDir: string): Promise<VerifyReport> {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  const anchorsFile = join(stateDir, "audit-anchors.jsonl");
  const anchors = existsSync(anchorsFile) ? parseAnchors(readFileSync(anchorsFile, "utf8")) : [];
  const keys = parsePublicKeys(readFileSync(join(stateDir, "audit-key.pub.pem"), "utf8"));
  if (keys.kind === "err") throw new Error(keys.error);
  try {
    return await verifyExport({ lines: reader.lines({}), publicKeys: keys.value, anchors, extent: "whole" });
  } finally {
    reader.close();
  }
}
