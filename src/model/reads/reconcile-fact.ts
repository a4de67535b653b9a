import { keyParts, type Key } from "../keys/key.ts";

/** A person or a token asked for a new comparison. */
export interface ReconcileFact {
  readonly kind: "reconcile-requested";
  readonly actor: string;
  /** Sorted; null: every key of the namespaces, or too many to name. */
  readonly keys: readonly Key[] | null;
  /** Those of the keys, sorted; null: all. */
  readonly namespaces: readonly string[] | null;
}

/** A program may ask for the same thousands of keys again and again, and every entry is kept. */
const MOST_KEYS = 100;

/** @param keys null: every key */
export function reconcileFact(actor: string, keys: readonly Key[] | null): ReconcileFact {
  const kind = "reconcile-requested";
  if (keys === null) return { kind, actor, keys: null, namespaces: null };
  const namespaces = [...new Set(keys.map((key) => keyParts(key).namespace))].sort();
  return { kind, actor, keys: keys.length > MOST_KEYS ? null : keys.toSorted(), namespaces };
}
