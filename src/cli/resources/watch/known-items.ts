import type { ApiObject } from "../../../api/object.ts";

export interface ItemChange<Item> {
  readonly kind: "added" | "changed" | "removed";
  /** Of a removed one, as it was known last. */
  readonly item: Item;
  /** null: it was not known. */
  readonly before: Item | null;
}

type Identified = Pick<ApiObject<string>, "metadata">;

/** The listed objects that a watch has shown, and what has changed since. */
export class KnownItems<Item extends Identified> {
  readonly #selects: (item: Item) => boolean;
  readonly #items = new Map<string, Item>();
  /** Missing in the last list, without being removed: their account was not compared since the controller started. */
  readonly #doubtful = new Map<string, Item>();

  constructor(selects: (item: Item) => boolean) {
    this.#selects = selects;
  }

  get isDoubtful(): boolean {
    return this.#doubtful.size > 0;
  }

  /** @param isUnknown whether it is not known if the object still exists */
  listed(items: readonly Item[], isUnknown: (item: Item) => boolean): readonly ItemChange<Item>[] {
    const listed = new Set(items.filter(this.#selects).map(idOf));
    const missing = [...this.#items].filter(([id]) => !listed.has(id));
    for (const [id, item] of missing) if (isUnknown(item)) this.#doubtful.set(id, item);
    const gone = missing.filter(([id]) => !this.#doubtful.has(id));
    return [
      ...gone.flatMap(([, item]) => this.removed(item)),
      ...this.compared(isUnknown),
      ...items.flatMap((item) => this.changed(item)),
    ];
  }

  /** More accounts may have been compared: what is still missing there is removed. */
  compared(isUnknown: (item: Item) => boolean): readonly ItemChange<Item>[] {
    return [...this.#doubtful.values()].flatMap((item) => (isUnknown(item) ? [] : this.removed(item)));
  }

  changed(item: Item): readonly ItemChange<Item>[] {
    if (!this.#selects(item)) return this.removed(item);
    const id = idOf(item);
    const before = this.#items.get(id) ?? null;
    this.#items.set(id, item);
    this.#doubtful.delete(id);
    if (before === null) return [{ kind: "added", item, before }];
    return contentOf(before) === contentOf(item) ? [] : [{ kind: "changed", item, before }];
  }

  removed(item: Identified): readonly ItemChange<Item>[] {
    const id = idOf(item);
    const before = this.#items.get(id);
    this.#items.delete(id);
    this.#doubtful.delete(id);
    return before === undefined ? [] : [{ kind: "removed", item: before, before }];
  }
}

/** Names are unique within a namespace. */
export function idOf({ metadata }: Identified): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** A version is of one process: after its restart, objects that are the same have others. */
function contentOf(item: Identified): string {
  return JSON.stringify({ ...item, metadata: { ...item.metadata, resourceVersion: undefined } });
}
