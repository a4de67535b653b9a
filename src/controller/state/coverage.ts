import type { EstatePart, FunctionTags } from "../../adopt/estate/estate.ts";
import type { AccountId, Region } from "../../model/aws/ids.ts";

/** The tags of an account's functions, by region; a region that is not in the map was not read yet. */
export type TagsByRegion = ReadonlyMap<Region, EstatePart<FunctionTags>>;

const UNREAD: TagsByRegion = new Map();

/** What is known about the functions of the accounts apart from the passes. */
export class CoverageState {
  readonly #swept = new Set<AccountId>();
  readonly #tags = new Map<AccountId, TagsByRegion>();

  /** A sweep ended: the tags are read again. */
  sweepEnded(accountId: AccountId): void {
    this.#swept.add(accountId);
  }

  /** The accounts with a sweep since the last call, sorted. */
  takeSwept(): readonly AccountId[] {
    const swept = [...this.#swept].sort();
    this.#swept.clear();
    return swept;
  }

  tagsOf(accountId: AccountId): TagsByRegion {
    return this.#tags.get(accountId) ?? UNREAD;
  }

  tagsRead(accountId: AccountId, tags: TagsByRegion): void {
    this.#tags.set(accountId, tags);
  }
}
