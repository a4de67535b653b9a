import { DenialCounter } from "../../../explain/denials/denial-counter.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { CallDenial } from "../../../model/denials/call-denial.ts";
import type { FunctionDenials } from "../../../model/denials/denied-request.ts";
import { accountIdOf, type Key } from "../../../model/keys/key.ts";
import type { AccountRecord } from "../../../model/records/account-record.ts";
import { getOrAdd } from "../../../model/values/lists.ts";
import { RememberedIds } from "./remembered-ids.ts";

/** A request that was not denied for so long is forgotten. */
const DENIALS_KEPT_MS = 604_800_000;
/** The record of an account is written with each of its passes. */
const LIMITS = { ofFunction: 20, inAll: 1_000 };
const REMEMBERED = 10_000;

/**
 * The denied requests of functions by account. The inbox adds them, and each pass writes them with the record of its
 * account: a process that is killed loses those since the last pass. The denials in the record are added before the
 * first pass of a process. Those of assigned accounts are also stated to their replica, and no pass may have written them yet.
 */
export class KeptDenials {
  readonly #counters = new Map<AccountId, DenialCounter>();
  readonly #restored = new Set<AccountId>();
  /** By account: what a process before this one stated last. */
  readonly #stated = new Map<AccountId, readonly FunctionDenials[]>();
  readonly #seen = new RememberedIds(REMEMBERED);

  /** @returns false: the event was added before, or is too old */
  add(key: Key, call: CallDenial, nowMs: number): boolean {
    if (this.#seen.has(call.id) || call.atMs < nowMs - DENIALS_KEPT_MS) return false;
    if (call.id !== "") this.#seen.add(call.id);
    getOrAdd(this.#counters, accountIdOf(key), () => new DenialCounter(LIMITS)).add(key, call);
    return true;
  }

  /** Before the first pass. */
  continueWith(stated: ReadonlyMap<AccountId, readonly FunctionDenials[]>): void {
    for (const [accountId, denials] of stated) this.#stated.set(accountId, denials);
  }

  /** The denials in the record were added. */
  isRestored(accountId: AccountId): boolean {
    return this.#restored.has(accountId);
  }

  /** Another process receives the denied calls of the account, and these are all of them. */
  replace(accountId: AccountId, denials: readonly FunctionDenials[]): void {
    const counter = new DenialCounter(LIMITS);
    for (const one of denials) counter.addAll(one);
    this.#counters.set(accountId, counter);
    this.#restored.add(accountId);
  }

  /** The record for a pass: with the denied requests of this process and of the ones before it. */
  recorded({ denials = [], ...record }: AccountRecord, nowMs: number): AccountRecord {
    const { accountId } = record;
    const counter = getOrAdd(this.#counters, accountId, () => new DenialCounter(LIMITS));
    for (const one of this.#earlier({ accountId, denials }, nowMs)) counter.addAll(one);
    this.#restored.add(accountId);
    this.#stated.delete(accountId);
    counter.forgetBefore(nowMs - DENIALS_KEPT_MS);
    const all = counter.all();
    return { ...record, ...(all.length > 0 && { denials: all }) };
  }

  /** The same to show it, also by a process that makes no passes. */
  shown(record: Pick<AccountRecord, "accountId" | "denials">, nowMs: number): readonly FunctionDenials[] {
    const shown = new DenialCounter(LIMITS);
    for (const one of this.#earlier(record, nowMs)) shown.addAll(one);
    for (const one of this.#counters.get(record.accountId)?.all() ?? []) shown.addAll(one);
    shown.forgetBefore(nowMs - DENIALS_KEPT_MS);
    return shown.all();
  }

  /** Those of the processes before this one that were not added yet. */
  #earlier(
    { accountId, denials = [] }: Pick<AccountRecord, "accountId" | "denials">,
    nowMs: number,
  ): readonly FunctionDenials[] {
    if (this.#restored.has(accountId)) return [];
    const stated = this.#stated.get(accountId);
    return stated === undefined ? denials : laterOf([...denials, ...stated], nowMs - DENIALS_KEPT_MS);
  }
}

/** The record and what was stated count the same calls of a function, and the one with fewer calls is older. */
function laterOf(counts: readonly FunctionDenials[], forgottenMs: number): readonly FunctionDenials[] {
  const byKey = Map.groupBy(
    counts.flatMap((one) => keptOf(one, forgottenMs)),
    ({ key }) => key,
  );
  return [...byKey.values()].flatMap((same) => same.toSorted((a, b) => callsOf(b) - callsOf(a)).slice(0, 1));
}

/** Forgotten calls would make an older count the larger one. */
function keptOf(counted: FunctionDenials, forgottenMs: number): readonly FunctionDenials[] {
  const counter = new DenialCounter(LIMITS);
  counter.addAll(counted);
  counter.forgetBefore(forgottenMs);
  return counter.all();
}

function callsOf({ requests, otherCalls }: FunctionDenials): number {
  return requests.reduce((sum, { calls }) => sum + calls, otherCalls);
}
