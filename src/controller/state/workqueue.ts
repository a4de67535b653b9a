import type { PassScope } from "../../judge/subject.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { byText } from "../../text/order.ts";
import {
  type AccountQueue,
  dequeueKeys,
  dequeuePlanned,
  dequeueSweep,
  dueKeys,
  earliestOf,
  emptyQueue,
  isSweepDue,
  rankOf,
} from "./passes/account-queue.ts";

/** What one pass does. */
export interface DueWork {
  readonly accountId: AccountId;
  readonly scope: PassScope;
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

  /** Of a key whose writes an earlier pass of this process planned. Not while anything else is due; a sweep covers it. */
  addPlanned(key: Key): void {
    this.#account(accountIdOf(key)).planned.add(key);
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
    const isIdle = keys.length === 0 && !isSweepDue(account, nowMs);
    if (account.planned.size > 0 && isIdle) return { accountId, scope: dequeuePlanned(account) };
    const [secondRead] = account.secondReads;
    if (secondRead !== undefined && isIdle)
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

  /** Whether other work of the account is due while its pass runs. */
  isAwaited(accountId: AccountId, nowMs: number): boolean {
    const account = this.#account(accountId);
    return isSweepDue(account, nowMs) || earliestOf(account.keys) <= nowMs;
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
    account.planned.clear();
    account.covered = [];
    account.sweepDueMs = null;
  }

  /** The number of waiting keys, due or not. */
  depth(): number {
    return [...this.#accounts.values()].reduce((sum, account) => sum + account.keys.size, 0);
  }

  /** Infinity: nothing can be taken. */
  #dueAt(accountId: AccountId, account: AccountQueue): number {
    const { state, keys, secondReads, planned, sweepDueMs, readingBeganMs, overtakenAfterMs, covered } =
      account;
    if (state === "idle" && (secondReads.size > 0 || planned.size > 0)) return -Infinity;
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
    const created = emptyQueue();
    this.#accounts.set(accountId, created);
    return created;
  }
}

/** A sweep that reads no longer than this is not overtaken: it reads the keys itself. */
const OVERTAKEN_AFTER_MS = 1_000;
