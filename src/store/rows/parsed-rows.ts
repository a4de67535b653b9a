/**
 * The content of rows that are read far more often than written, such as those of accounts, which each request reads: a row is parsed
 * again only when its text is another one. No row of these tables is ever deleted, so that nothing else is kept.
 */
export class ParsedRows<Content> {
  readonly #parse: (text: string) => Content;
  readonly #known = new Map<string, { readonly text: string; readonly content: Content }>();

  constructor(parse: (text: string) => Content) {
    this.#parse = parse;
  }

  contentOf({ name, text }: TextRow): Content {
    const known = this.#known.get(name);
    if (known?.text === text) return known.content;
    const content = this.#parse(text);
    this.#known.set(name, { text, content });
    return content;
  }
}

export interface TextRow {
  /** Of the row in its table. */
  readonly name: string;
  readonly text: string;
}
