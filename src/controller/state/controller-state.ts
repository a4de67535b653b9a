import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { RoleChecks } from "../../guard/role-checks.ts";
import { DocumentCache } from "../../iam/compare/document-cache.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Declaration } from "../../explain/state/declared.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { RefusedFile } from "../../model/snapshot.ts";
import type { SourceFailure } from "../ports/control.ts";
import { Workqueue } from "./workqueue.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Hold } from "../../model/answers/hold.ts";
import type { Orphan } from "../../model/answers/orphan.ts";

/** The accepted revision and its compiled meaning; replaced as a whole, never changed. */
export interface Enforced extends Declaration {
  /** Files and folders that the source did not read. */
  readonly refused: readonly RefusedFile[];
  readonly uncommitted: boolean;
  readonly acceptedAtMs: number;
}

/** With values that are derived once: the action data of the named services, and the documents' texts by key. */
export interface EnforcedNow extends Enforced {
  /** The accounts of the revision, and those that only its broken documents name. */
  readonly accounts: ReadonlyMap<AccountId, DesiredAccount>;
  readonly actionData: ActionData;
  readonly sourceTexts: ReadonlyMap<Key, string>;
}

export interface PassFault {
  readonly sinceMs: number;
  /** One line without credentials. */
  readonly reason: string;
  readonly isAlerted: boolean;
}

/** The memory of one account after its last pass. */
export interface AccountMemory {
  readonly live: LiveAccount | null;
  readonly views: ReadonlyMap<Key, KeyView>;
  readonly holds: readonly Hold[];
  readonly orphans: readonly Orphan[];
  /** The first pass ended, normally or by a named failure. */
  readonly firstPassEnded: boolean;
  readonly failure: string | null;
  /** Set while passes end with an unexpected error: the state of the account is unknown then. */
  readonly fault: PassFault | null;
  /** Consecutive failed attempts, by key; forgotten on success. */
  readonly attempts: ReadonlyMap<Key, number>;
}

export interface SourceMemory {
  readonly fetchedAtMs: number | null;
  readonly failure: SourceFailure | null;
  /** The alert about the failure is recorded. */
  readonly isAlerted: boolean;
  readonly held: { readonly revision: Revision; readonly reason: string; readonly sinceMs: number } | null;
}

/** A pending `reconcile` request: done when every key had a pass that began after a fetch that began after the request. */
export interface ReconcileToken {
  readonly accounts: ReadonlyMap<AccountId, Set<Key>>;
  readonly whole: boolean;
  /** The requested keys, sorted; null: all. */
  readonly keys: readonly Key[] | null;
  /** By account: why its account-wide reads failed since. The request no longer waits for these accounts. */
  readonly unreadable: Map<AccountId, string>;
  /** Only fetches with a higher number count. */
  readonly afterFetch: number;
  /** Only passes with a higher number count; null: the fetch has not ended yet. */
  readonly afterPass: number | null;
}

/**
 * The memory of the running controller. All of it can be lost: the first passes restore it from Git, AWS and the
 * record. Members are replaced as a whole, so that a reader never sees a partial change.
 */
export class ControllerState {
  readonly queue = new Workqueue();
  readonly accounts = new Map<AccountId, AccountMemory>();
  /** Parsed policy documents, shared by all passes of this process; bounded. */
  readonly documents = new DocumentCache();
  readonly roleChecks = new RoleChecks();
  readonly texts = new CompiledTexts();
  readonly passing = new Set<AccountId>();
  readonly tokens = new Map<string, ReconcileToken>();
  /** Parsed files by path and blob id: an unchanged file is never parsed twice. */
  parsed: ReadonlyMap<string, ParsedFile> = new Map();
  enforced: EnforcedNow | null = null;
  source: SourceMemory = { fetchedAtMs: null, failure: null, isAlerted: false, held: null };
  fetchDueMs = 0;
  /** Keys that had no pass since their document changed. */
  unobserved: ReadonlySet<Key> = new Set();
  /** Ids of the suspensions that were in force at the last tick. */
  suspended: ReadonlySet<string> = new Set();
  passNumber = 0;
  fetchNumber = 0;
  #outdated = new AbortController();
  readonly #hard = new AbortController();

  /** Ends reads and writes immediately: the grace period of a stop is over. */
  get hardStop(): AbortSignal {
    return this.#hard.signal;
  }

  stopHard(): void {
    this.#hard.abort();
  }

  /** Aborts when the inputs of a running pass are outdated: a newer revision was accepted, or something is suspended. */
  get outdated(): AbortSignal {
    return this.#outdated.signal;
  }

  /** Running passes end before their next write: the rest stays queued. */
  cutShort(): void {
    this.#outdated.abort();
    this.#outdated = new AbortController();
  }

  /** A fetch ended, with or without success: requests from before it began are due now. */
  fetchEnded(fetchNumber: number, nowMs: number): void {
    for (const [id, token] of this.tokens) {
      if (token.afterPass !== null || fetchNumber <= token.afterFetch) continue;
      this.tokens.set(id, { ...token, afterPass: this.passNumber });
      for (const [accountId, keys] of token.accounts) {
        if (this.enforced?.accounts.has(accountId) !== true) keys.clear();
        else if (token.whole) this.queue.addSweep(accountId, nowMs);
        else for (const key of keys) this.queue.addKey(key, nowMs);
      }
    }
  }

  /** The requested keys that no whole pass has covered since their fetch. */
  asked(accountId: AccountId): ReadonlySet<Key> {
    const fetched = [...this.tokens.values()].filter(({ afterPass, whole }) => afterPass !== null && !whole);
    return new Set(fetched.flatMap(({ accounts }) => [...(accounts.get(accountId) ?? [])]));
  }

  /**
   * Notifies the tokens that these keys had a whole pass; a pass over an account covers all its keys.
   * @param failure why the account could not be read: tokens no longer wait for it
   */
  passEnded(
    pass: { readonly number: number; readonly account: { readonly id: AccountId } },
    keys: readonly Key[] | "all",
    failure: string | null = null,
  ): void {
    for (const token of this.tokens.values()) {
      const waiting = token.accounts.get(pass.account.id);
      if (waiting === undefined || token.afterPass === null || pass.number <= token.afterPass) continue;
      if (failure !== null && waiting.size > 0) token.unreadable.set(pass.account.id, failure);
      for (const key of keys === "all" || failure !== null ? [...waiting] : keys) waiting.delete(key);
    }
  }

  /** A pass threw: tokens no longer wait for it, as for an account that cannot be read. */
  passFailed({
    accountId,
    afterPass,
    fault,
  }: {
    readonly accountId: AccountId;
    readonly afterPass: number;
    readonly fault: PassFault;
  }): void {
    this.accounts.set(accountId, { ...this.account(accountId), fault });
    this.passEnded({ number: afterPass + 1, account: { id: accountId } }, [], fault.reason);
  }

  account(accountId: AccountId): AccountMemory {
    return this.accounts.get(accountId) ?? EMPTY_ACCOUNT;
  }
}

const EMPTY_ACCOUNT: AccountMemory = {
  live: null,
  views: new Map(),
  holds: [],
  orphans: [],
  firstPassEnded: false,
  failure: null,
  fault: null,
  attempts: new Map(),
};
