import type { AuditEvent } from "../../api/events.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { removedBy, type RemovedEntry } from "../../audit/removed-entry.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { ApiClient } from "../client/client.ts";
import { fileEntries } from "./export-file.ts";
import type { Answer } from "../screen/print.ts";
import { eventPages } from "../client/recent-events.ts";
import { entryLines, type AuditEntryAnswer } from "./entry.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** @throws CliError when the text is no number of an entry */
export function entryNumber(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new CliError(`"${text}" is not the number of an entry`, "grantkeeper history lists the numbers");
}

/** From the running controller. @throws CliError when there is no such entry */
export async function describeEntry(seq: number, client: ApiClient, nowMs: number): Promise<Answer> {
  const { event, verified } = await client.get("events", String(seq));
  const related = await relatedOf(event, client);
  const value: AuditEntryAnswer = { entry: event, related, ...(verified === false && { verified }) };
  const accounts = await client.accountNames();
  return { value, lines: (layout) => entryLines(value, { accounts, nowMs }, layout) };
}

async function relatedOf(event: AuditEvent, client: ApiClient): Promise<AuditEvent | null> {
  if (event.kind === "write-finished")
    return (await client.get("events", JSON.stringify(event["intent"]))).event;
  if (event.kind !== "write-intended" || typeof event["key"] !== "string") return null;
  for await (const { events, readTo } of eventPages(client, { key: event["key"] })) {
    const result = events.find(({ kind, intent }) => kind === "write-finished" && intent === event.seq);
    if (result !== undefined) return result;
    if (readTo <= event.seq) return null;
  }
  return null;
}

interface MissingEntry {
  readonly file: string;
  readonly removed: RemovedEntry | null;
  /** The entries of the file; null: it has none. */
  readonly first: number | null;
  readonly last: number;
}

function missingEntry(seq: number, { file, removed, first, last }: MissingEntry): CliError {
  if (removed !== null) return new CliError(`${file}: ${removed.message}`, removed.hint);
  const hint =
    first === null
      ? "the file has no entries: write another with grantkeeper audit export"
      : `the file has the entries ${first} to ${last}`;
  return new CliError(`${file}: there is no entry ${seq}`, hint);
}

/** From an export. @throws CliError when there is no such entry */
export async function exportedEntry(seq: number, file: string, toolbox: Toolbox): Promise<Answer> {
  const accounts = new Map<string, string>();
  let entry: AuditEntry | null = null;
  let removed: RemovedEntry | null = null;
  let related: AuditEntry | null = null;
  let first: number | null = null;
  let last = 0;
  const intents = new Map<number, AuditEntry>();
  for await (const read of fileEntries(file, toolbox)) {
    first ??= read.seq;
    last = read.seq;
    if (read.kind === "control-ran") accounts.set(read.accountId, read.account);
    if (read.kind === "write-intended") intents.set(read.seq, read);
    if (read.seq === seq) entry = read;
    removed ??= removedBy(read, seq);
    if (read.kind !== "write-finished") continue;
    if (read.intent === seq) related = read;
    if (read.seq === seq) related = intents.get(read.intent) ?? null;
    intents.delete(read.intent);
  }
  if (entry === null) throw missingEntry(seq, { file, removed, first, last });
  // Entries are plain data: their hash is over their JSON.
  const value = { entry, related } as unknown as AuditEntryAnswer;
  return { value, lines: (layout) => entryLines(value, { accounts, nowMs: toolbox.clock.nowMs() }, layout) };
}
