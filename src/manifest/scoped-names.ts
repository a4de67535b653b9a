import { getOrAdd } from "../model/values/lists.ts";

interface NamesInScope {
  readonly kind: string;
  readonly namespace: string;
  readonly names: Set<string>;
}

/**
 * Names that were seen, each in its kind and namespace. No text of the three together is made: that takes longer than
 * everything else for ten thousand documents, most of which have the kind and the namespace of the one before.
 */
export class ScopedNames {
  readonly #scopes = new Map<string, Map<string, NamesInScope>>();
  #last: NamesInScope | undefined;

  /** @returns false if it was seen before */
  add(kind: string, namespace: string, name: string): boolean {
    if (this.#last?.kind !== kind || this.#last.namespace !== namespace) {
      const ofKind = getOrAdd(this.#scopes, kind, () => new Map<string, NamesInScope>());
      this.#last = getOrAdd(ofKind, namespace, () => ({ kind, namespace, names: new Set() }));
    }
    const { names } = this.#last;
    const before = names.size;
    return names.add(name).size > before;
  }
}
