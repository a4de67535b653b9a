import type { Key } from "../keys/key.ts";

/** The document at a place of a file; undefined: none begins before it. */
export function documentAt<Document extends { readonly file: string; readonly line: number }>(
  { file, line }: { readonly file: string; readonly line: number },
  documents: readonly Document[],
): Document | undefined {
  return documents
    .filter((document) => document.file === file && document.line <= line)
    .toSorted((a, b) => b.line - a.line)[0];
}

/** A FunctionPermission (or other document) as the API shows it. */
export interface ObjectRecord {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Counts changes of the canonical spec. */
  readonly generation: number;
  readonly observedGeneration: number;
  readonly resourceVersion: number;
  readonly createdAt: string;
  /** Metadata and spec as JSON, as in the manifest. */
  readonly document: string;
  readonly file: string;
  readonly line: number;
  readonly keys: readonly Key[];
}
