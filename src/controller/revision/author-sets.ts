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
    const known = this.#placeByParts.get(ids);
    if (known !== undefined) return known;
    const place = this.#add(recordedAuthors(allAuthors(parts), this.#approvers));
    this.#placeByParts.set(ids, place);
    return place;
  }

  #idOf(part: Authors): number {
    const id = this.#partIds.get(part) ?? this.#partIds.size;
    this.#partIds.set(part, id);
    return id;
  }

  #add(authors: Authors): number {
    const text = JSON.stringify(authors);
    const place = this.#placeByText.get(text) ?? this.#sets.length;
    if (place === this.#sets.length) this.#sets.push(authors);
    this.#placeByText.set(text, place);
    return place;
  }
}
