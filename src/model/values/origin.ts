/** The place of a value in a file; `line` and `column` are 1-based. Equality, hashes and digests ignore it. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The document's own path to the value, such as `spec.grants[0].dynamodb.table`. */
  readonly path: string;
  /** Only of a statement that a manifest takes from a GrantTemplate: the place above is the use. */
  readonly template?: TemplatePlace;
}

/** The line of a GrantTemplate that a statement is from. */
export interface TemplatePlace {
  /** `queue-worker@2`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function formatOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

/** The message, with the line of the template if the statement is from one. */
export function withTemplatePlace(message: string, template: TemplatePlace | undefined): string {
  if (template === undefined) return message;
  const { name, file, line, column } = template;
  return `${message} (template ${name}, ${file}:${line}:${column})`;
}
