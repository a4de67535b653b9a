import type { PassScope } from "../../judge/pass.ts";
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
  sweepDueMs: number | null;
  state: "idle" | "running";
  /** When the last pass began. */
  beganMs: number;
}

/**
 * Keys and sweeps with due times, by account. One pass of an account at a time:
 *
 *   idle ──take()──► running ──done()──► idle
 *
 * A key that is added while its account runs waits for the next pass: it runs once more, never twice concurrently.
 * If a key is added again, the earlier due time is used. Contains keys, never payloads.
 */
export class Workqueue {
  readonly #accounts = new Map<AccountId, AccountQueue>();

  addKey(key: Key, dueMs: number): void {
    const { keys } = this.#account(accountIdOf(key));
    keys.set(key, Math.min(dueMs, keys.get(key) ?? Infinity));
  }

  addSweep(accountId: AccountId, dueMs: number): void {
    const account = this.#account(accountId);
    account.sweepDueMs = Math.min(dueMs, account.sweepDueMs ?? Infinity);
  }

  /**
   * All due work of one idle account, the longest waiting account first; undefined if there is none. A due sweep covers
   * every key. Keys (changed or requested by people) overtake sweeps that have not waited long.
   */
  take(nowMs: number): DueWork | undefined {
    const due = [...this.#accounts]
      .filter(([, account]) => account.state === "idle" && dueAt(account) <= nowMs)
      .sort(([idA, a], [idB, b]) => rankOf(a) - rankOf(b) || byText(idA, idB))[0];
    if (due === undefined) return undefined;
    const [accountId, account] = due;
    account.state = "running";
    account.beganMs = nowMs;
    return { accountId, scope: takeScope(account, nowMs) };
  }

  /** The pass of this account ended, with or without success. */
  done(accountId: AccountId): void {
    this.#account(accountId).state = "idle";
  }

  isRunning(accountId: AccountId): boolean {
    return this.#accounts.get(accountId)?.state === "running";
  }

  /** The number of accounts with a running pass. */
  get running(): number {
    return [...this.#accounts.values()].filter(({ state }) => state === "running").length;
  }

  /** The number of accounts whose running pass began later than that. */
  runningSince(ms: number): number {
    return [...this.#accounts.values()].filter(({ state, beganMs }) => state === "running" && beganMs > ms)
      .length;
  }

  /** The earliest due time of an idle account; null if all are empty or running. */
  nextDueMs(): number | null {
    const idle = [...this.#accounts.values()].filter((account) => account.state === "idle");
    const earliest = Math.min(Infinity, ...idle.map(dueAt));
    return earliest === Infinity ? null : earliest;
  }

  /** Forgets an account that no manifest names any more; a running pass ends by itself. */
  forget(accountId: AccountId): void {
    const account = this.#accounts.get(accountId);
    if (account === undefined) return;
    account.keys.clear();
    account.sweepDueMs = null;
  }

  /** The number of waiting keys, due or not. */
  depth(): number {
    return [...this.#accounts.values()].reduce((sum, account) => sum + account.keys.size, 0);
  }

  #account(accountId: AccountId): AccountQueue {
    const found = this.#accounts.get(accountId);
    if (found !== undefined) return found;
    const created: AccountQueue = { keys: new Map(), sweepDueMs: null, state: "idle", beganMs: 0 };
    this.#accounts.set(accountId, created);
    return created;
  }
}

function dueAt(account: AccountQueue): number {
  let earliest = account.sweepDueMs ?? Infinity;
  for (const dueMs of account.keys.values()) earliest = Math.min(earliest, dueMs);
  return earliest;
}

/** A sweep waits this much longer than a key for its turn; a sweep that has waited longer goes first. */
const SWEEP_YIELDS_MS = 30_000;

function rankOf({ keys, sweepDueMs }: AccountQueue): number {
  return Math.min(...keys.values(), (sweepDueMs ?? Infinity) + SWEEP_YIELDS_MS);
}

function takeScope(account: AccountQueue, nowMs: number): PassScope {
  if (account.sweepDueMs !== null && account.sweepDueMs <= nowMs) {
    account.sweepDueMs = null;
    account.keys.clear();
    return { kind: "all" };
  }
  const keys = [...account.keys].filter(([, dueMs]) => dueMs <= nowMs).map(([key]) => key);
  for (const key of keys) account.keys.delete(key);
  return { kind: "keys", keys: keys.sort() };
}
