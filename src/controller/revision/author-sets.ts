import { getOrAdd } from "../../model/values/lists.ts";
import { allAuthors, recordedAuthors, type Authors } from "../../model/authors.ts";

/**
 * The different sets of authors of one revision, each once. It lives as long as one revision is accepted: most of ten
 * thousand keys have the same parts, which are joined once.
 */
export class AuthorSets {
  readonly #sets: Authors[] = [];
  readonly #placeByText = new Map<string, number>();
  readonly #placeByParts = new Map<string, number>();
  readonly #partIds = new Map<Authors, number>();
  readonly #approvers: ReadonlySet<string>;

  /** @param approvers addresses in the operator's file */
  constructor(approvers: ReadonlySet<string>) {
    this.#approvers = approvers;
  }

  get sets(): readonly Authors[] {
    return this.#sets;
  }

  /** The place of all parts together in `sets`. */
  placeOf(parts: readonly Authors[]): number {
    const ids = parts.map((part) => this.#idOf(part)).join(" ");
    return getOrAdd(this.#placeByParts, ids, () =>
      this.#add(recordedAuthors(allAuthors(parts), this.#approvers)),
    );
  }

  #idOf(part: Authors): number {
    return getOrAdd(this.#partIds, part, () => this.#partIds.size);
  }

  #add(authors: Authors): number {
    return getOrAdd(this.#placeByText, JSON.stringify(authors), () => this.#sets.push(authors) - 1);
  }
}
