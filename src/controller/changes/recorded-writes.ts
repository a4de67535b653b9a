import type { AuditEntry } from "../../audit/entry.ts";
import type { CallEvent, ChangedObject } from "../../model/changes/change-event.ts";
import { searchName, searchNamesOf } from "../../model/changes/changed-object.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { WriteFinished } from "./own-writes.ts";

/** Without their inputs, which may be large: few of them are read. */
type IntentsByTarget = Map<string, Set<number>>;

/** The writes that were recorded in one hour. */
interface WritesOfHour {
  readonly intents: IntentsByTarget;
  /** By intent. */
  readonly ends: Map<number, WriteFinished>;
  readonly requests: Set<string>;
  readonly loaded: Promise<void>;
}

const HOUR_MS = 3_600_000;
/** The hours that are kept; events of other hours are looked up again. */
const KEPT_HOURS = 24;
const KINDS = ["write-intended", "write-finished"] as const;

/**
 * The writes of the record by request, target and intent, an hour in each block. A thief can cause many events in an hour with
 * many writes of our own: reading the record for each would delay all others for hours.
 */
export class RecordedWrites {
  readonly #audit: Pick<AuditLog, "entries">;
  /** By the number of the hour since 1970; the last used one is the last. */
  readonly #blocks = new Map<number, WritesOfHour>();
  /** The last entry that is in the blocks. */
  #readTo = 0;

  constructor(audit: Pick<AuditLog, "entries">) {
    this.#audit = audit;
  }

  /** Adds what was recorded since the last call: until the next one, `near` answers as of this time. */
  async refresh(): Promise<void> {
    let toSeq = 0;
    for await (const { seq } of this.#audit.entries({ newestFirst: true, limit: 1 })) toSeq = seq;
    const fromSeq = this.#readTo + 1;
    // Without a block nothing is missing: each block reads its hour when it is loaded.
    if (this.#blocks.size > 0 && fromSeq <= toSeq)
      for (const kind of KINDS)
        for await (const entry of this.#audit.entries({ kind, fromSeq, toSeq })) this.#add(entry);
    this.#readTo = Math.max(this.#readTo, toSeq);
  }

  /** The writes of these times, and of up to an hour around them. */
  async near(fromMs: number, toMs: number): Promise<NearWrites> {
    const blocks: WritesOfHour[] = [];
    for (let hour = hourOf(fromMs); hour <= hourOf(toMs); hour += 1) blocks.push(this.#block(hour));
    await Promise.all(blocks.map(({ loaded }) => loaded));
    return new NearWrites(blocks);
  }

  #block(hour: number): WritesOfHour {
    const block = this.#blocks.get(hour) ?? this.#newBlock(hour);
    this.#blocks.delete(hour);
    this.#blocks.set(hour, block);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > KEPT_HOURS && oldest !== undefined) this.#blocks.delete(oldest);
    return block;
  }

  /** It is in the map before it is loaded, so that it misses no entry of a concurrent refresh. */
  #newBlock(hour: number): WritesOfHour {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const block = { intents: new Map(), ends: new Map(), requests: new Set<string>(), loaded: promise };
    this.#blocks.set(hour, block);
    this.#load(hour, block).then(resolve, (error: unknown) => {
      if (this.#blocks.get(hour) === block) this.#blocks.delete(hour);
      reject(error);
    });
    return block;
  }

  async #load(hour: number, block: WritesOfHour): Promise<void> {
    const period = { sinceMs: hour * HOUR_MS, untilMs: (hour + 1) * HOUR_MS };
    for (const kind of KINDS)
      for await (const entry of this.#audit.entries({ kind, ...period })) addTo(block, entry);
  }

  #add(entry: AuditEntry): void {
    const block = this.#blocks.get(hourOf(Date.parse(entry.at)));
    if (block !== undefined) addTo(block, entry);
  }
}

/** Some hours of the record. */
export class NearWrites {
  readonly #blocks: readonly Pick<WritesOfHour, "intents" | "ends" | "requests">[];

  constructor(blocks: readonly Pick<WritesOfHour, "intents" | "ends" | "requests">[]) {
    this.#blocks = blocks;
  }

  hasRequest(requestId: string): boolean {
    return this.#blocks.some(({ requests }) => requests.has(requestId));
  }

  /** null: it is not of these hours, or the write has not ended. */
  endOf(intent: number): WriteFinished | null {
    for (const { ends } of this.#blocks) {
      const end = ends.get(intent);
      if (end !== undefined) return end;
    }
    return null;
  }

  /** The intents of the call with a target that has the name of the object, in their order. */
  intentsOf(call: CallEvent["call"], object: ChangedObject): readonly number[] {
    const names = searchNamesOf(object);
    const found = this.#blocks.flatMap(({ intents }) =>
      names === null
        ? [...intents].filter(([of]) => of.startsWith(`${call} `)).flatMap(([, seqs]) => [...seqs])
        : names.flatMap((name) => [...(intents.get(`${call} ${name}`) ?? [])]),
    );
    return [...new Set(found)].sort((a, b) => a - b);
  }
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}

function addTo({ intents, ends, requests }: WritesOfHour, entry: AuditEntry): void {
  if (entry.kind === "write-finished") {
    ends.set(entry.intent, entry);
    if (entry.requestId !== null && entry.requestId !== "") requests.add(entry.requestId);
  }
  if (entry.kind !== "write-intended") return;
  const target = `${entry.call} ${searchName(entry.target)}`;
  intents.set(target, (intents.get(target) ?? new Set()).add(entry.seq));
}
