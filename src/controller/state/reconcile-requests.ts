import type { AccountId, Namespace } from "../../model/aws/ids.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";

/**
 * Which fetches and passes count for a request: only those with a higher number. Of fetches, those of each source that it
 * waits for; null: the platform source.
 */
type Phase =
  | { readonly kind: "fetching"; readonly lastFetches: Map<Namespace | null, number> }
  | { readonly kind: "comparing"; readonly lastPass: number };

interface ReconcileState {
  /** The requested keys, sorted; null: all. */
  readonly keys: readonly Key[] | null;
  readonly waitingFor: ReadonlyMap<AccountId, Set<Key>>;
  /** By account: why its account-wide reads failed since. The request no longer waits for these accounts. */
  readonly unreadable: Map<AccountId, string>;
  readonly phase: Phase;
}

/** What a request makes due in one account. */
interface RequestedWork {
  readonly accountId: AccountId;
  readonly keys: readonly Key[] | "all";
}

export interface EndedFetch {
  /** Of the source; null: the platform source. */
  readonly namespace: Namespace | null;
  readonly number: number;
}

export interface EndedPass {
  readonly number: number;
  readonly accountId: AccountId;
  /** A pass over an account covers all its keys. */
  readonly keys: readonly Key[] | "all";
  /** Why the account could not be read: requests no longer wait for it. */
  readonly failure: string | null;
}

/** The number of requests whose progress can be asked for. */
const KEPT = 1_000;

/**
 * Requests to reconcile, each under a token:
 *
 *   fetching ──fetchEnded()──► comparing ──passEnded(), until it waits for no key──► done
 *
 * A request is done when every key had a pass that began after a fetch of each of its sources that began after the
 * request.
 */
export class ReconcileRequests {
  readonly #requests = new Map<string, ReconcileState>();

  /** @param known all keys, to wait for if `keys` is null */
  add(
    token: string,
    keys: readonly Key[] | null,
    {
      known,
      accounts,
      lastFetches,
    }: {
      readonly known: Iterable<Key>;
      readonly accounts: Iterable<AccountId>;
      readonly lastFetches: ReadonlyMap<Namespace | null, number>;
    },
  ): void {
    const byAccount = Map.groupBy(keys ?? known, (key) => accountIdOf(key));
    const waitingFor = new Map([...accounts].map((id) => [id, new Set(byAccount.get(id))]));
    const sorted = keys === null ? null : [...keys].sort();
    const phase = { kind: "fetching", lastFetches: new Map(lastFetches) } as const;
    this.#requests.set(token, { keys: sorted, waitingFor, unreadable: new Map(), phase });
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > KEPT && oldest !== undefined) this.#requests.delete(oldest);
  }

  get(token: string): ReconcileState | undefined {
    return this.#requests.get(token);
  }

  /** The fetch ended, with or without success. Returns what the requests from before it make due. */
  fetchEnded(
    { namespace, number }: EndedFetch,
    lastPass: number,
    isDeclared: (accountId: AccountId) => boolean,
  ): readonly RequestedWork[] {
    return [...this.#requests].flatMap(([token, request]) => {
      const { phase, keys: requested, waitingFor } = request;
      if (phase.kind !== "fetching") return [];
      const { lastFetches } = phase;
      if (number > (lastFetches.get(namespace) ?? Infinity)) lastFetches.delete(namespace);
      if (lastFetches.size > 0) return [];
      this.#requests.set(token, { ...request, phase: { kind: "comparing", lastPass } });
      return [...waitingFor].flatMap(([accountId, keys]): readonly RequestedWork[] => {
        if (isDeclared(accountId)) return [{ accountId, keys: requested === null ? "all" : [...keys] }];
        keys.clear();
        return [];
      });
    });
  }

  /** No pass runs over an account that is no longer declared, so that requests no longer wait for it. */
  accountsChanged(isDeclared: (accountId: AccountId) => boolean): void {
    for (const { waitingFor, phase } of this.#requests.values()) {
      if (phase.kind === "fetching") continue;
      for (const [accountId, keys] of waitingFor) if (!isDeclared(accountId)) keys.clear();
    }
  }

  passEnded({ number, accountId, keys, failure }: EndedPass): void {
    for (const { waitingFor, unreadable, phase } of this.#requests.values()) {
      const waiting = waitingFor.get(accountId);
      if (waiting === undefined || phase.kind === "fetching" || number <= phase.lastPass) continue;
      if (failure !== null && waiting.size > 0) unreadable.set(accountId, failure);
      for (const key of keys === "all" || failure !== null ? [...waiting] : keys) waiting.delete(key);
    }
  }

  /** A request for everything waits for a pass over the account. */
  isAskedFor(accountId: AccountId): boolean {
    return [...this.#requests.values()].some(
      ({ keys, phase, waitingFor }) =>
        keys === null && phase.kind === "comparing" && (waitingFor.get(accountId)?.size ?? 0) > 0,
    );
  }

  /** The keys requested by name that no complete pass has covered since their fetch. */
  askedIn(accountId: AccountId): ReadonlySet<Key> {
    const fetched = [...this.#requests.values()].filter(
      ({ keys, phase }) => keys !== null && phase.kind === "comparing",
    );
    return new Set(fetched.flatMap(({ waitingFor }) => [...(waitingFor.get(accountId) ?? [])]));
  }
}
