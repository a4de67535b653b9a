import type { ObjectMeta } from "../object.ts";

/** What `kubectl get` prints. @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
export interface TableObject {
  readonly apiVersion: "meta.k8s.io/v1";
  readonly kind: "Table";
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly columnDefinitions: readonly ColumnDefinition[];
  readonly rows: readonly TableRow[];
}

interface ColumnDefinition {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  /** `name`: the column with the name of the object. */
  readonly format: "" | "name";
  readonly description: string;
  /** 1: only with `-o wide`. */
  readonly priority: 0 | 1;
}

export interface TableRow {
  readonly cells: readonly (string | number)[];
  /** The object, or only its metadata; null: the request asked for none. */
  readonly object: object | null;
}

export interface PartialObjectMetadata {
  readonly apiVersion: "meta.k8s.io/v1";
  readonly kind: "PartialObjectMetadata";
  readonly metadata: ObjectMeta;
}
