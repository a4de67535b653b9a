/** The place of a value in a file; `line` and `column` are 1-based. Equality, hashes and digests ignore it. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The document's own path to the value, such as `spec.grants[0].dynamodb.table`. */
  readonly path: string;
}

export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}
