import type { API_VERSION } from "./group.ts";

/** The used part of Kubernetes' ObjectMeta. Fields without a value are absent. */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  /** UUIDv5 of kind, namespace and name; only for objects declared in Git. */
  readonly uid?: string;
  /** Counts changes of the canonical spec; only for objects declared in Git. */
  readonly generation?: number;
  /** Of its last change, as the token sees it. */
  readonly resourceVersion?: string;
  /** ISO 8601. */
  readonly creationTimestamp?: string;
  /** Of the document. Objects for a binding have the labels of its document. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ApiObject<Kind extends string> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

interface ListMeta {
  /** A watch from it has all changes since the list. */
  readonly resourceVersion: string;
  /** Present if `limit` cut the list: pass it as `continue` to get the next page. */
  readonly continue?: string;
  /** The number of items that follow; absent with a label selector. */
  readonly remainingItemCount?: number;
}

/** Items are sorted by namespace, then name; events by age, newest first. */
export interface ApiList<Item extends ApiObject<string>> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: `${Item["kind"]}List`;
  readonly metadata: ListMeta;
  readonly items: readonly Item[];
}
