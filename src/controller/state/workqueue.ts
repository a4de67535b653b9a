import type { PassScope } from "../../judge/subject.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { byText } from "../../text/order.ts";

/** What one pass does. */
export interface DueWork {
  readonly accountId: AccountId;
  readonly scope: PassScope;
}

interface AccountQueue {
  /** When each key is due; each key is queued at most once. */
  readonly keys: Map<Key, number>;
  /** Those that nothing but a revision or an earlier pass made due: if they are many, they wait for the end of a sweep. */
  readonly patient: Set<Key>;
  /** Those that are read a second time while nothing else of the account is due, in this order. */
  readonly secondReads: Set<Key>;
  sweepDueMs: number | null;
  state: "idle" | "running" | "reading" | "overtaken" | "closing";
  /** When the last pass began. */
  beganMs: number;
  /** When the read that can be overtaken began: of a sweep, or a second one. */
  readingBeganMs: number;
  /** Passes over keys overtake it this long after. */
  overtakenAfterMs: number;
  /**
   * The keys that were due when the sweep was taken, without those in whose place it was taken. They are taken again if its
   * read is a long one.
   */
  covered: readonly Key[];
  /** The keys that were taken while the sweep reads. */
  readonly overtaking: Set<Key>;
  closed: () => void;
}

/** Whether a sweep of the account reads so many keys with fewer calls than targeted reads of each. */
type IsSweepCheaper = (accountId: AccountId, keys: number) => boolean;

/**
 * Keys and sweeps with due times, by account. One pass of an account at a time, except while a sweep reads, which takes
 * minutes in a large account, or while a key is read a second time: passes over keys overtake it then, one at a time, and it
 * continues after them.
 *
 *   idle ──take()──► running ──done()──► idle
 *   running ──beginReading()──► reading ──endReading()──► running
 *   reading ──take() of keys──► overtaken ──done()──► reading
 *   overtaken ──endReading()──► closing ──done()──► running
 *
 * A key that is added while its account runs waits for the next pass: it runs once more, never twice concurrently.
 * If a key is added again, the earlier due time is used. Many keys of a revision or of an earlier pass become a sweep where
 * that is cheaper, or wait for the one that reads. Contains keys, never payloads.
 */
export class Workqueue {
  readonly #accounts = new Map<AccountId, AccountQueue>();
  readonly #isSweepCheaper: IsSweepCheaper;

  /** @param isSweepCheaper default: due keys are always read one by one */
  constructor(isSweepCheaper: IsSweepCheaper = () => false) {
    this.#isSweepCheaper = isSweepCheaper;
  }

  /** Of an event, or of a person. */
  addKey(key: Key, dueMs: number): void {
    const { keys, patient } = this.#account(accountIdOf(key));
    patient.delete(key);
    keys.set(key, Math.min(dueMs, keys.get(key) ?? Infinity));
  }

  /** Of a revision, or of an earlier pass: many of them may be due together. */
  addPatientKey(key: Key, dueMs: number): void {
    const { keys, patient } = this.#account(accountIdOf(key));
    if (!keys.has(key)) patient.add(key);
    keys.set(key, Math.min(dueMs, keys.get(key) ?? Infinity));
  }

  /** Of a key that was read after a change: that read may have shown the value from before. Not while anything else is due. */
  addSecondRead(key: Key): void {
    this.#account(accountIdOf(key)).secondReads.add(key);
  }

  addSweep(accountId: AccountId, dueMs: number): void {
    const account = this.#account(accountId);
    account.sweepDueMs = Math.min(dueMs, account.sweepDueMs ?? Infinity);
  }

  /**
   * All due work of one idle account, the longest waiting account first; undefined if there is none. A due sweep covers
   * every key. Keys (changed or requested by people) overtake sweeps that have not waited long. Many keys become a sweep if
   * that is cheaper.
   */
  take(nowMs: number): DueWork | undefined {
    const due = [...this.#accounts]
      .filter(([id, account]) => this.#dueAt(id, account) <= Math.min(nowMs, Number.MAX_VALUE))
      .sort(([idA, a], [idB, b]) => rankOf(a) - rankOf(b) || byText(idA, idB))[0];
    if (due === undefined) return undefined;
    const [accountId, account] = due;
    const isReading = account.state === "reading";
    account.state = isReading ? "overtaken" : "running";
    account.beganMs = nowMs;
    if (isReading) return { accountId, scope: this.#dequeueOvertaking(accountId, account, nowMs) };
    const keys = dueKeys(account.keys, nowMs);
    const [secondRead] = account.secondReads;
    if (secondRead !== undefined && keys.length === 0 && !isSweepDue(account, nowMs))
      return { accountId, scope: { ...dequeueKeys(account, [secondRead]), isSecondRead: true } };
    const isCheaper = this.#isSweepCheaper(accountId, keys.length);
    if (!isCheaper && !isSweepDue(account, nowMs)) return { accountId, scope: dequeueKeys(account, keys) };
    return {
      accountId,
      scope: dequeueSweep(account, isCheaper ? this.#impatient(accountId, account, nowMs) : keys),
    };
  }

  /** The pass of this account ended, with or without success; during the read of a sweep, the pass that overtook it. */
  done(accountId: AccountId): void {
    const account = this.#account(accountId);
    const { state } = account;
    if (state === "running") account.state = "idle";
    else account.beganMs = account.readingBeganMs;
    if (state === "overtaken") account.state = "reading";
    if (state !== "closing") return;
    account.state = "running";
    account.closed();
  }

  /** The running pass begins to read. Passes over keys may overtake it until `endReading`: a sweep only after a second. */
  beginReading(accountId: AccountId, of: "sweep" | "second-read" = "sweep"): void {
    const account = this.#account(accountId);
    account.state = "reading";
    account.readingBeganMs = account.beganMs;
    account.overtakenAfterMs = of === "sweep" ? OVERTAKEN_AFTER_MS : 0;
    if (of === "second-read") account.covered = [];
    account.overtaking.clear();
  }

  /** Waits for the pass that overtakes the sweep, after which no other one can. Returns all keys that were taken meanwhile. */
  async endReading(accountId: AccountId): Promise<ReadonlySet<Key>> {
    const account = this.#account(accountId);
    account.covered = [];
    if (account.state === "overtaken") {
      account.state = "closing";
      await new Promise<void>((resolve) => (account.closed = resolve));
    } else account.state = "running";
    return new Set(account.overtaking);
  }

  /** When the running pass was taken; a sweep that was overtaken keeps its own time. */
  beganMs(accountId: AccountId): number {
    return this.#account(accountId).beganMs;
  }

  isRunning(accountId: AccountId): boolean {
    return (this.#accounts.get(accountId)?.state ?? "idle") !== "idle";
  }

  /** The number of accounts with a running pass. */
  get running(): number {
    return [...this.#accounts.values()].filter(({ state }) => state !== "idle").length;
  }

  /** The number of accounts whose running pass began later than that. */
  runningSince(ms: number): number {
    return [...this.#accounts.values()].filter(({ state, beganMs }) => state !== "idle" && beganMs > ms)
      .length;
  }

  /** The earliest due time of work that can be taken then; null if there is none. */
  nextDueMs(): number | null {
    const earliest = Math.min(
      Infinity,
      ...[...this.#accounts].map(([id, account]) => this.#dueAt(id, account)),
    );
    return earliest === Infinity ? null : earliest;
  }

  /** Forgets an account that no manifest names any more; a running pass ends by itself. */
  forget(accountId: AccountId): void {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return;
    account.keys.clear();
    account.patient.clear();
    account.secondReads.clear();
    account.covered = [];
    account.sweepDueMs = null;
  }

  /** The number of waiting keys, due or not. */
  depth(): number {
    return [...this.#accounts.values()].reduce((sum, account) => sum + account.keys.size, 0);
  }

  /** Infinity: nothing can be taken. */
  #dueAt(accountId: AccountId, account: AccountQueue): number {
    const { state, keys, secondReads, sweepDueMs, readingBeganMs, overtakenAfterMs, covered } = account;
    if (state === "idle" && secondReads.size > 0) return -Infinity;
    if (state === "idle") return Math.min(sweepDueMs ?? Infinity, earliestOf(keys));
    if (state !== "reading") return Infinity;
    const earliest = earliestOf(this.#mayOvertake(accountId, account));
    return Math.max(readingBeganMs + overtakenAfterMs, covered.length > 0 ? -Infinity : earliest);
  }

  #dequeueOvertaking(accountId: AccountId, account: AccountQueue, nowMs: number): PassScope {
    const due = dueKeys(this.#mayOvertake(accountId, account), nowMs);
    const keys = [...new Set([...account.covered, ...due])];
    account.covered = [];
    for (const key of keys) account.overtaking.add(key);
    return dequeueKeys(account, keys);
  }

  /**
   * The keys that do not wait for the end of a sweep. If a sweep reads the patient ones with fewer calls, they are left to
   * it, so that a change event does not wait for all of them.
   */
  #mayOvertake(accountId: AccountId, { keys, patient }: AccountQueue): ReadonlyMap<Key, number> {
    if (!this.#isSweepCheaper(accountId, patient.size)) return keys;
    return new Map([...keys].filter(([key]) => !patient.has(key)));
  }

  /** The due keys without the patient ones; none if they are many, too: reading these twice would take longer than it saves. */
  #impatient(accountId: AccountId, { keys, patient }: AccountQueue, nowMs: number): readonly Key[] {
    const due = dueKeys(keys, nowMs).filter((key) => !patient.has(key));
    return this.#isSweepCheaper(accountId, due.length) ? [] : due;
  }

  #account(accountId: AccountId): AccountQueue {
    const found = this.#accounts.get(accountId);
    if (found !== undefined) return found;
    const created: AccountQueue = {
      keys: new Map(),
      patient: new Set(),
      secondReads: new Set(),
      sweepDueMs: null,
      state: "idle",
      beganMs: 0,
      readingBeganMs: 0,
      overtakenAfterMs: 0,
      covered: [],
      overtaking: new Set(),
      closed: () => undefined,
    };
    this.#accounts.set(accountId, created);
    return created;
  }
}

/** A sweep that reads no longer than this is not overtaken: it reads the keys itself. */
const OVERTAKEN_AFTER_MS = 1_000;

/** A sweep waits this much longer than a key for its turn; a sweep that has waited longer goes first. */
const SWEEP_YIELDS_MS = 30_000;

function rankOf({ state, keys, sweepDueMs, readingBeganMs, covered }: AccountQueue): number {
  const earliestKey = Math.min(earliestOf(keys), covered.length > 0 ? readingBeganMs : Infinity);
  return state === "reading"
    ? earliestKey
    : Math.min(earliestKey, (sweepDueMs ?? Infinity) + SWEEP_YIELDS_MS);
}

function isSweepDue({ sweepDueMs }: AccountQueue, nowMs: number): boolean {
  return sweepDueMs !== null && sweepDueMs <= nowMs;
}

/** @param covered the due keys that are taken again if the read is a long one */
function dequeueSweep(account: AccountQueue, covered: readonly Key[]): PassScope {
  account.sweepDueMs = null;
  account.keys.clear();
  account.patient.clear();
  account.secondReads.clear();
  account.covered = covered;
  return { kind: "all" };
}

/** Not by a spread: there may be more keys than a call takes arguments. */
function earliestOf(keys: ReadonlyMap<Key, number>): number {
  let earliest = Infinity;
  for (const dueMs of keys.values()) earliest = Math.min(earliest, dueMs);
  return earliest;
}

function dueKeys(keys: ReadonlyMap<Key, number>, nowMs: number): readonly Key[] {
  return [...keys].filter(([, dueMs]) => dueMs <= nowMs).map(([key]) => key);
}

function dequeueKeys(
  account: AccountQueue,
  keys: readonly Key[],
): Extract<PassScope, { readonly kind: "keys" }> {
  for (const key of keys) {
    account.keys.delete(key);
    account.patient.delete(key);
    account.secondReads.delete(key);
  }
  return { kind: "keys", keys: keys.toSorted() };
}
