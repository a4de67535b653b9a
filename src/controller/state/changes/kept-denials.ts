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
 * first pass of a process.
 */
export class KeptDenials {
  readonly #counters = new Map<AccountId, DenialCounter>();
  readonly #restored = new Set<AccountId>();
  readonly #seen = new RememberedIds(REMEMBERED);

  /** @returns false: the event was added before, or is too old */
  add(key: Key, call: CallDenial, nowMs: number): boolean {
    if (this.#seen.has(call.id) || call.atMs < nowMs - DENIALS_KEPT_MS) return false;
    if (call.id !== "") this.#seen.add(call.id);
    getOrAdd(this.#counters, accountIdOf(key), () => new DenialCounter(LIMITS)).add(key, call);
    return true;
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
    if (!this.#restored.has(accountId)) for (const one of denials) counter.addAll(one);
    this.#restored.add(accountId);
    counter.forgetBefore(nowMs - DENIALS_KEPT_MS);
    const all = counter.all();
    return { ...record, ...(all.length > 0 && { denials: all }) };
  }

  /** The same to show it, also by a process that makes no passes. */
  shown(record: Pick<AccountRecord, "accountId" | "denials">, nowMs: number): readonly FunctionDenials[] {
    const shown = new DenialCounter(LIMITS);
    const { accountId, denials = [] } = record;
    if (!this.#restored.has(accountId)) for (const one of denials) shown.addAll(one);
    for (const one of this.#counters.get(accountId)?.all() ?? []) shown.addAll(one);
    shown.forgetBefore(nowMs - DENIALS_KEPT_MS);
    return shown.all();
  }
}
