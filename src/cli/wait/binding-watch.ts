import type { BindingObject } from "../../api/bindings.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { addressOf, type Key, targetText } from "../../model/keys/key.ts";
import { accountNamesOf, type ApiClient } from "../client/client.ts";
import { eventPages } from "../client/recent-events.ts";
import {
  isUnfinished,
  plannedRevert,
  type bindingResult,
  type BindingResult,
  type PlannedRevert,
  type ResultContext,
} from "./binding-result.ts";
import type { LookTime } from "./look.ts";

/**
 * At most so many waiting bindings are read in one look; the others take turns. Their keys are in the URL, and proxies
 * accept 8 KB: 40 keys of the longest names stay below.
 */
const READ_AT_MOST = 40;

interface WatchSettings {
  /** The newest entry of the record when the wait began. */
  readonly since: number;
  readonly resultOf: typeof bindingResult;
  /** For a binding that is removed during the wait: a reconcile is then done, but the binding never becomes ready. */
  readonly removed: "applied" | "not-applied";
}

/** At the end of a wait: the overview, and the accounts that could not be read. */
interface EndFacts {
  readonly overview: OverviewObject["status"];
  readonly unreadable: readonly { readonly accountId: string }[];
}

/**
 * The bindings that a command waits for. All are read at the beginning and at the end; in between only the unfinished
 * ones, at most forty in a look, so that the load on the controller does not grow with the installation.
 */
export class BindingWatch {
  readonly #client: ApiClient;
  readonly #settings: WatchSettings;
  readonly #bindings = new Map<Key, BindingObject>();
  /** The most calls that were still planned at any look: the rest of them was made since. */
  readonly #planned = new Map<Key, number>();
  #waiting: readonly Key[] = [];
  #dueAt: ReadonlyMap<string, string> = new Map();
  #reverts: ReadonlyMap<string, PlannedRevert> = new Map();

  constructor(client: ApiClient, settings: WatchSettings) {
    this.#client = client;
    this.#settings = settings;
  }

  /**
   * Before the wait ends, all bindings are read again: one that was ready earlier may be broken by now.
   *
   * @param keys null: every declared binding
   * @returns true while any of them waits
   */
  async isWaiting(keys: readonly Key[] | null, time: LookTime): Promise<boolean> {
    const [first, others] = [this.#waiting.slice(0, READ_AT_MOST), this.#waiting.slice(READ_AT_MOST)];
    if (first.length > 0 && time.nowMs < time.endMs) {
      this.#waiting = [...others, ...(await this.#waitingOf(first, time))];
      if (this.#waiting.length > 0) return true;
    }
    this.#waiting = await this.#waitingOf(keys, time);
    return this.#waiting.length > 0;
  }

  async #waitingOf(keys: readonly Key[] | null, time: LookTime): Promise<readonly Key[]> {
    const read = new Map((await this.#read(keys)).map((binding) => [binding.spec.key, binding]));
    const wanted = keys ?? [...new Set([...this.#bindings.keys(), ...read.keys()])];
    for (const key of wanted) {
      const binding = read.get(key);
      if (binding === undefined) this.#bindings.delete(key);
      else this.#bindings.set(key, binding);
      const left = binding?.status.plan?.actions ?? 0;
      this.#planned.set(key, Math.max(left, this.#planned.get(key) ?? 0));
    }
    const isWaiting = (key: Key): boolean => this.#resultsOf([key], this.#context(time)).some(isUnfinished);
    const unfinished = wanted.filter(isWaiting);
    await this.#readPlans(unfinished.slice(0, READ_AT_MOST), time.endMs);
    return unfinished.filter(isWaiting);
  }

  /** The result of each binding at the end, with the calls that were made during the wait. */
  async results(
    keys: readonly Key[] | null,
    time: LookTime,
    { overview, unreadable }: EndFacts,
  ): Promise<readonly BindingResult[]> {
    const holds = overview.holds.map(({ status }) => status);
    const comparedAll = keys === null;
    const context = { ...this.#context(time), holds, comparedAll, calls: await this.#callsSince() };
    const unread = new Set(unreadable.map(({ accountId }) => accountId));
    const read = [...this.#bindings].filter(([, { status }]) => !unread.has(status.accountId));
    const removed = (keys ?? []).filter((key) => !this.#bindings.has(key));
    const accounts = accountNamesOf(overview.accounts);
    return [
      ...this.#resultsOf(
        read.map(([key]) => key),
        context,
      ),
      ...removed.map((key) => ({
        state: this.#settings.removed,
        target: targetText(addressOf(key, accounts)),
        text: "removed: Git no longer declares it, and Grantkeeper keeps nothing for it",
      })),
    ];
  }

  bindings(): readonly BindingObject[] {
    return [...this.#bindings.values()];
  }

  waitingResults(time: LookTime): readonly BindingResult[] {
    const left = (key: Key): number => this.#bindings.get(key)?.status.plan?.actions ?? 0;
    const made = this.#waiting.map((key) => [key, (this.#planned.get(key) ?? 0) - left(key)] as const);
    return this.#resultsOf(this.#waiting, { ...this.#context(time), calls: new Map(made) });
  }

  #resultsOf(keys: readonly Key[], context: ResultContext): readonly BindingResult[] {
    return keys.flatMap((key) => {
      const binding = this.#bindings.get(key);
      return binding === undefined ? [] : [this.#settings.resultOf(binding, context)];
    });
  }

  #context({ nowMs }: LookTime): ResultContext {
    return {
      calls: new Map(),
      holds: [],
      comparedAll: false,
      nowMs,
      dueAt: this.#dueAt,
      reverts: this.#reverts,
    };
  }

  async #read(keys: readonly Key[] | null): Promise<readonly BindingObject[]> {
    if (keys !== null && keys.length <= READ_AT_MOST) return this.#client.ofKeys("bindings", keys);
    const all = await this.#client.list("bindings");
    const wanted = keys === null ? null : new Set(keys);
    return all.filter(({ spec }) => wanted?.has(spec.key) ?? spec.source !== null);
  }

  /** Some calls become due only after the wait has ended: before a revert, the team has time to declare the change. */
  async #readPlans(keys: readonly Key[], endMs: number): Promise<void> {
    const dueAt = new Map(this.#dueAt);
    const reverts = new Map(this.#reverts);
    for (const { status } of await this.#client.ofKeys("plans", keys)) {
      const { key, isComplete } = status;
      const plan = status.isOutdated === true ? null : status.plan;
      const dueMs = plan?.nextDueMs ?? null;
      const revert = plan === null ? null : plannedRevert(plan, isComplete);
      if (dueMs !== null && dueMs > endMs) dueAt.set(key, new Date(dueMs).toISOString());
      else dueAt.delete(key);
      if (revert === null) reverts.delete(key);
      else reverts.set(key, revert);
    }
    [this.#dueAt, this.#reverts] = [dueAt, reverts];
  }

  async #callsSince(): Promise<ReadonlyMap<string, number>> {
    const { since } = this.#settings;
    const calls = new Map<string, number>();
    for await (const { events, readTo } of eventPages(this.#client, {})) {
      for (const { seq, kind, key, outcome } of events) {
        const isApplied = outcome === "applied" || outcome === "found-applied";
        if (seq > since && kind === "write-finished" && isApplied && typeof key === "string")
          calls.set(key, (calls.get(key) ?? 0) + 1);
      }
      if (readTo <= since + 1) break;
    }
    return calls;
  }
}
