import { addressOf } from "../client/known-bindings.ts";
import type { BindingObject } from "../../api/bindings.ts";
import type { OverviewObject } from "../../api/overview.ts";
import type { Key } from "../../model/keys/key.ts";
import type { ApiClient } from "../client/client.ts";
import { eventPages, recentEvents } from "../client/recent-events.ts";
import { targetText } from "../../model/keys/target-text.ts";
import { bindingResult, plannedRevert, type PlannedRevert, type ResultContext } from "./binding-result.ts";
import type { BrokenDocument, Look } from "./wait-result.ts";

/** The names that the line of progress shows. */
const NAMES = 3;
/** So many waiting bindings are looked at in one look: the rest waits for its turn. */
const LOOKED_AT = 50;

/** The moment of a look. */
export interface LookTime {
  readonly nowMs: number;
  /** When the wait is over. */
  readonly endMs: number;
}

interface EndContext extends Pick<ResultContext, "holds">, Pick<Look, "accounts"> {
  readonly isRead: (binding: BindingObject) => boolean;
}

export interface WaitSubject {
  /** The newest entry of the record when the wait began. */
  readonly since: number;
  readonly resultOf: typeof bindingResult;
  /** Of a binding that is removed meanwhile: a reconcile has done it, but it never becomes ready. */
  readonly removed: "applied" | "not-applied";
}

export async function newestEntry(client: ApiClient): Promise<number> {
  const [newest] = await recentEvents(client, { limit: 1 });
  return newest?.seq ?? 0;
}

/**
 * The bindings that a command waits for. All are read at the beginning and at the end; between them only those that are
 * not finished, at most fifty in a look, so that a wait costs the controller the same whatever the size of the
 * installation is.
 */
export class BindingWatch {
  readonly #client: ApiClient;
  readonly #subject: WaitSubject;
  readonly #bindings = new Map<Key, BindingObject>();
  #waiting: readonly Key[] | null = null;
  #dueAt: ReadonlyMap<string, string> = new Map();
  #reverts: ReadonlyMap<string, PlannedRevert> = new Map();

  constructor(client: ApiClient, subject: WaitSubject) {
    this.#client = client;
    this.#subject = subject;
  }

  /**
   * An end rests on how all of them are at the end: a binding that was ready earlier may be broken since.
   *
   * @param keys null: every declared binding
   * @returns what waits after the look; none: all have ended
   */
  async look(keys: readonly Key[] | null, time: LookTime): Promise<readonly Key[]> {
    const waiting = this.#waiting ?? [];
    const isOver = time.nowMs >= time.endMs;
    if (waiting.length > 0 && !isOver) {
      const still = await this.#waitingOf(waiting.slice(0, LOOKED_AT), time);
      this.#waiting = [...waiting.slice(LOOKED_AT), ...still];
      if (this.#waiting.length > 0) return this.#waiting;
    }
    this.#waiting = await this.#waitingOf(keys, time);
    return this.#waiting;
  }

  async #waitingOf(keys: readonly Key[] | null, time: LookTime): Promise<readonly Key[]> {
    const read = new Map((await this.#read(keys)).map((binding) => [binding.spec.key, binding]));
    const asked = keys ?? [...new Set([...this.#bindings.keys(), ...read.keys()])];
    for (const key of asked) {
      const binding = read.get(key);
      if (binding === undefined) this.#bindings.delete(key);
      else this.#bindings.set(key, binding);
    }
    const isWaiting = (key: Key): boolean => this.#state(key, time) === "waiting";
    const unfinished = asked.filter(isWaiting);
    await this.#readPlans(unfinished.slice(0, LOOKED_AT), time.endMs);
    return unfinished.filter(isWaiting);
  }

  /** How each binding is at the end, with the calls that were made meanwhile. */
  async results(
    keys: readonly Key[] | null,
    time: LookTime,
    { holds, accounts, isRead }: EndContext,
  ): Promise<Look["results"]> {
    const context = { ...this.#context(time), holds, calls: await this.#callsSince() };
    const removed = (keys ?? []).filter((key) => !this.#bindings.has(key));
    return [
      ...this.bindings()
        .filter(isRead)
        .map((binding) => this.#subject.resultOf(binding, context)),
      ...removed.map((key) => ({
        state: this.#subject.removed,
        target: targetText(addressOf(key, accounts)),
        text: "removed: Git no longer declares it, and Grantkeeper keeps nothing for it",
      })),
    ];
  }

  bindings(): readonly BindingObject[] {
    return [...this.#bindings.values()];
  }

  /** `orders/orders-api@prod/eu-west-1: 1 call to go: …` of those that wait. */
  waitingResults(time: LookTime): Look["results"] {
    return (this.#waiting ?? []).flatMap((key) => {
      const binding = this.#bindings.get(key);
      return binding === undefined ? [] : [this.#subject.resultOf(binding, this.#context(time))];
    });
  }

  #context({ nowMs }: LookTime): ResultContext {
    return { calls: new Map(), holds: [], nowMs, dueAt: this.#dueAt, reverts: this.#reverts };
  }

  #state(key: Key, time: LookTime): Look["results"][number]["state"] | null {
    const binding = this.#bindings.get(key);
    return binding === undefined ? null : this.#subject.resultOf(binding, this.#context(time)).state;
  }

  async #read(keys: readonly Key[] | null): Promise<readonly BindingObject[]> {
    if (keys !== null && keys.length <= LOOKED_AT) return this.#client.ofKeys("bindings", keys);
    const all = await this.#client.list("bindings");
    const asked = keys === null ? null : new Set(keys);
    return all.filter(({ spec }) => asked?.has(spec.key) ?? spec.source !== null);
  }

  /** Some calls become due only after the wait has ended: a revert gives the team time to declare the change. */
  async #readPlans(keys: readonly Key[], endMs: number): Promise<void> {
    const dueAt = new Map(this.#dueAt);
    const reverts = new Map(this.#reverts);
    for (const { status } of await this.#client.ofKeys("plans", keys)) {
      const { key, plan } = status;
      const dueMs = plan?.nextDueMs ?? null;
      const revert = plan === null ? null : plannedRevert(plan);
      if (dueMs !== null && dueMs > endMs) dueAt.set(key, new Date(dueMs).toISOString());
      if (revert === null) reverts.delete(key);
      else reverts.set(key, revert);
    }
    [this.#dueAt, this.#reverts] = [dueAt, reverts];
  }

  async #callsSince(): Promise<ReadonlyMap<string, number>> {
    const { since } = this.#subject;
    const calls = new Map<string, number>();
    for await (const { events, readTo } of eventPages(this.#client, {})) {
      for (const { seq, kind, key, outcome } of events) {
        const isTaken = outcome === "applied" || outcome === "found-applied";
        if (seq > since && kind === "write-finished" && isTaken && typeof key === "string")
          calls.set(key, (calls.get(key) ?? 0) + 1);
      }
      if (readTo <= since + 1) break;
    }
    return calls;
  }
}

/** A reconcile that was asked for. */
interface Asked {
  readonly token: string;
  /** The newest entry of the record when it was asked for. */
  readonly since: number;
  /** The keys that its target means by now; null: it has none, or is not known. */
  readonly meant: (() => Promise<readonly Key[]>) | null;
}

/** Looks how far a reconcile is, and how its bindings are. The overview is read at the beginning and at the end alone. */
export function reconciliationLook(
  client: ApiClient,
  { token: asked, since, meant }: Asked,
): (time: LookTime) => Promise<Look> {
  const watch = new BindingWatch(client, { since, resultOf: bindingResult, removed: "applied" });
  let first: Pick<Look, "source" | "accounts"> | null = null;
  let token = asked;
  return async (time) => {
    const isOver = time.nowMs >= time.endMs;
    first ??= placesOf(await client.overview());
    const { status: reconciliation } = await client.reconciliation(token, isOver ? undefined : NAMES);
    if (!reconciliation.done) {
      const places = isOver ? placesOf(await client.overview()) : first;
      return { reconciliation, results: [], broken: [], ...places };
    }
    const added = await addedKeys(reconciliation.keys, meant);
    if (added.length > 0 && isOver) {
      const rest = { done: false, waitingFor: added, waiting: added.length };
      return { reconciliation: { ...reconciliation, ...rest }, results: [], broken: [], ...first };
    }
    if (added.length > 0) {
      const keys = [...(reconciliation.keys ?? []), ...added];
      const { metadata, status } = await client.reconcile({ keys });
      token = metadata.name;
      return { reconciliation: { ...status, done: false }, results: [], broken: [], ...first };
    }
    const unread = new Set<string>(reconciliation.unreadable.map(({ accountId }) => accountId));
    const waiting = await watch.look(reconciliation.keys, time);
    if (waiting.length > 0 && !isOver)
      return { reconciliation, results: watch.waitingResults(time), broken: [], ...first };
    const overview = await client.overview();
    const places = placesOf(overview);
    const results = await watch.results(reconciliation.keys, time, {
      holds: overview.status.holds.map(({ status }) => status),
      accounts: places.accounts,
      isRead: ({ status }) => !unread.has(status.accountId),
    });
    const broken = reconciliation.keys === null ? brokenBeside(overview, results) : [];
    return { reconciliation, results, broken, ...places };
  };
}

/** What the target means since the newest revision was fetched, and was not asked for. */
async function addedKeys(keys: readonly Key[] | null, meant: Asked["meant"]): Promise<readonly Key[]> {
  if (keys === null || meant === null) return [];
  const asked = new Set(keys);
  return (await meant()).filter((key) => !asked.has(key));
}

/** Documents and files that are not valid and have no binding among the results that says so. */
function brokenBeside({ status }: OverviewObject, results: Look["results"]): readonly BrokenDocument[] {
  return status.actionRequired.flatMap((item): readonly BrokenDocument[] => {
    if (item.kind !== "broken") return [];
    const isNamed = results.some(
      ({ state, target, text }) =>
        state === "not-applied" &&
        (target.startsWith(`${item.target}@`) || text.startsWith(`broken, ${item.target}:`)),
    );
    return isNamed ? [] : [{ target: item.target, text: `broken, ${item.details[0] ?? item.message}` }];
  });
}

function placesOf({ status }: OverviewObject): Pick<Look, "source" | "accounts"> {
  const { source, accounts } = status;
  return { source, accounts: new Map(accounts.map(({ accountId, name }) => [accountId, name])) };
}
