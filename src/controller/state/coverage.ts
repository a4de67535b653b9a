import { DocumentRiskCache } from "../../adopt/coverage/document-risks.ts";
import type { EstatePart, FunctionTags } from "../../adopt/estate/estate.ts";
import type { AccountCoverage } from "../../model/answers/coverage.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";

/** The tags of an account's functions, by region; a region that is not in the map was not read yet. */
type TagsByRegion = ReadonlyMap<Region, EstatePart<FunctionTags>>;

const UNREAD: TagsByRegion = new Map();

/** Which live functions have a manifest, by account. All of it can be lost: the next sweep restores it. */
export class CoverageMemory {
  readonly #swept = new Set<AccountId>();
  readonly #due = new Set<AccountId>();
  readonly #tags = new Map<AccountId, TagsByRegion>();
  readonly #documents = new Map<AccountId, DocumentRiskCache>();
  readonly #accounts = new Map<AccountId, AccountCoverage>();

  /** The coverage is computed again; after a sweep the tags are read first. */
  passEnded(accountId: AccountId, swept: boolean): void {
    this.#due.add(accountId);
    if (swept) this.#swept.add(accountId);
  }

  /** The accounts with a sweep since the last call, sorted; an account that is being read keeps its mark. */
  dequeueSwept(reading: ReadonlyMap<AccountId, unknown>): readonly AccountId[] {
    const found = [...this.#swept].filter((accountId) => !reading.has(accountId)).toSorted();
    for (const accountId of found) this.#swept.delete(accountId);
    return found;
  }

  /** The accounts whose coverage is out of date, sorted. */
  dequeueDue(): readonly AccountId[] {
    return drained(this.#due);
  }

  tagsOf(accountId: AccountId): TagsByRegion {
    return this.#tags.get(accountId) ?? UNREAD;
  }

  tagsRead(accountId: AccountId, tags: TagsByRegion): void {
    this.#tags.set(accountId, tags);
    this.#due.add(accountId);
  }

  documentsOf(accountId: AccountId): DocumentRiskCache {
    const known = this.#documents.get(accountId) ?? new DocumentRiskCache();
    this.#documents.set(accountId, known);
    return known;
  }

  computed(coverage: AccountCoverage): void {
    this.#accounts.set(coverage.accountId, coverage);
  }

  /** Null: not computed since the start. */
  of(accountId: AccountId): AccountCoverage | null {
    return this.#accounts.get(accountId) ?? null;
  }

  /** The account is no longer in Git. */
  forget(accountId: AccountId): void {
    this.#tags.delete(accountId);
    this.#documents.delete(accountId);
    this.#accounts.delete(accountId);
  }
}

function drained(accounts: Set<AccountId>): readonly AccountId[] {
  const sorted = [...accounts].sort();
  accounts.clear();
  return sorted;
}
