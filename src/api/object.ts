import type { API_VERSION } from "./group.ts";

/** Kubernetes' ObjectMeta, as far as it is used. What an object lacks is left out. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  /** UUIDv5 of kind, namespace and name; objects of git only. */
  readonly uid?: string;
  /** Counts changes of the canonical spec; objects of git only. */
  readonly generation?: number;
  /** The store's sequence when the object last changed; objects of git only. */
  readonly resourceVersion?: string;
  /** ISO 8601. */
  readonly creationTimestamp?: string;
  /** Of the document; kinds that are made from a binding have its document's. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ApiObject<Kind extends string> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

interface ListMeta {
  /** The store's sequence when the list was read. */
  readonly resourceVersion: string;
  /** Present when `limit` cut the list: pass it back as `continue`. */
  readonly continue?: string;
  /** How many items follow; left out with a label selector. */
  readonly remainingItemCount?: number;
}

/** Items are sorted by namespace, then name; events by age, newest first. */
export interface ApiList<Item extends ApiObject<string>> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: `${Item["kind"]}List`;
  readonly metadata: ListMeta;
  readonly items: readonly Item[];
}
