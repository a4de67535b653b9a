/** Which entries may be removed. */
export interface RemovalBounds {
  /** Only entries before this time. */
  readonly beforeMs: number;
  /** Only entries before this number. The entry itself stays: a reader that took it last finds its place by it. */
  readonly readUpTo: number;
}

/** The end of a run of entries that a removal takes from the beginning of the chain. */
export interface RemovableRun {
  readonly first: number;
  readonly upTo: number;
  /** The hash of entry `upTo`, which the checkpoint after it signs. */
  readonly head: string;
}

/**
 * Removes entries from the beginning of the chain, up to a checkpoint, which stays. A removal that was recorded and
 * interrupted can be continued. Each method takes a few milliseconds of the database, and rejects with a StoreError.
 */
export interface EntryRemoval {
  /**
   * @param sql a query of one number, `seq`; its parameters are $1, $2 …, each once and in this order
   * @returns Infinity without a row
   */
  numberOf(sql: string, ...values: readonly number[]): Promise<number>;
  /** The hash of the entry before this one. */
  hashBefore(seq: number): Promise<string>;
  /** The last entry that a recorded removal takes; 0 without one. Only a record that a checkpoint signs counts. */
  recordedUpTo(): Promise<number>;
  /** Removes some of the entries of a recorded removal. @returns whether there may be more */
  removeSome(upTo: number): Promise<boolean>;
  /** Removes some of the documents that only removed entries needed. @returns whether there may be more */
  removeSomeDocuments(): Promise<boolean>;
  /** Returns some unused space to the file system. @returns whether there may be more */
  returnSomeSpace(): Promise<boolean>;
}

/**
 * The entries before a checkpoint that has all its copies outside. Entries from the oldest write without an outcome
 * on are kept. null: none may be removed.
 */
export async function removableRun(
  removal: EntryRemoval,
  { beforeMs, readUpTo }: RemovalBounds,
  mostEntries: number,
): Promise<RemovableRun | null> {
  const first = await firstSeq(removal);
  if (first === Infinity) return null;
  const reach = Math.max(first + mostEntries, await checkpointAfter(removal, first));
  const limits = [
    await firstYoung(removal, { beforeMs, first, last: reach }),
    ...(await obstacles(removal, readUpTo)).map(({ seq }) => seq),
    reach,
  ];
  const sql = "SELECT max(seq) AS seq FROM entries WHERE kind = 'checkpoint' AND seq <= $1";
  const checkpoint = await removal.numberOf(sql, Math.min(...limits, LAST));
  if (checkpoint === Infinity || checkpoint <= first) return null;
  return { first, upTo: checkpoint - 1, head: await removal.hashBefore(checkpoint) };
}

/** Why no entry is removed although the first ones are old enough; null: none of them is, or some can be removed. */
export async function obstacleOf(
  removal: EntryRemoval,
  { beforeMs, readUpTo }: RemovalBounds,
): Promise<string | null> {
  const first = await firstSeq(removal);
  const checkpoint = first === Infinity ? Infinity : await checkpointAfter(removal, first);
  // Without a checkpoint, or with a younger entry before it, nothing is due.
  if (checkpoint === Infinity) return null;
  if ((await firstYoung(removal, { beforeMs, first, last: checkpoint })) < checkpoint) return null;
  const found = (await obstacles(removal, readUpTo)).filter(({ seq }) => seq < checkpoint);
  return found.length === 0 ? null : found.map(({ reason }) => reason).join("; ");
}

function firstSeq(removal: EntryRemoval): Promise<number> {
  return removal.numberOf("SELECT min(seq) AS seq FROM entries");
}

/** The number of the first checkpoint after this entry; Infinity without one. */
function checkpointAfter(removal: EntryRemoval, seq: number): Promise<number> {
  const sql = "SELECT min(seq) AS seq FROM entries WHERE kind = 'checkpoint' AND seq > $1";
  return removal.numberOf(sql, seq);
}

interface Run {
  readonly beforeMs: number;
  readonly first: number;
  readonly last: number;
}

/** By number, not by the index of times: the clock may have been set back, and the read must be short. */
function firstYoung(removal: EntryRemoval, { beforeMs, first, last }: Run): Promise<number> {
  const sql = "SELECT min(seq) AS seq FROM entries WHERE seq BETWEEN $1 AND $2 AND +at_ms >= $3";
  return removal.numberOf(sql, first, Math.min(last, LAST), beforeMs);
}

interface Obstacle {
  /** The last entry that may be removed. */
  readonly seq: number;
  readonly reason: string;
}

/** What keeps entries that are old enough. */
async function obstacles(removal: EntryRemoval, readUpTo: number): Promise<readonly Obstacle[]> {
  const open = await removal.numberOf("SELECT min(intent) AS seq FROM writes WHERE outcome IS NULL");
  const copied = await removal.numberOf("SELECT min(seq) - 1 AS seq FROM unanchored");
  return [
    { seq: open, reason: `entry ${open} is a write without an outcome` },
    { seq: copied, reason: `the checkpoint in entry ${copied + 1} has no copy outside yet` },
    { seq: readUpTo, reason: `audit.stdout has written the entries up to ${readUpTo} only` },
  ];
}

/** No database takes an infinite number. */
const LAST = Number.MAX_SAFE_INTEGER;
