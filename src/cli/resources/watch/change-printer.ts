import type { ApiObject } from "../../../api/object.ts";
import { escapedJson } from "../../../text/characters.ts";
import type { TableContext } from "../resource-tables.ts";
import type { ListingAnswer } from "../listing-answer.ts";
import type { ListingWords } from "../listing-words.ts";
import { answerText, structuredText } from "../../screen/print.ts";
import type { OutputFormat } from "../../toolbox/options.ts";
import type { Toolbox } from "../../toolbox/toolbox.ts";
import { ChangeRows } from "./change-rows.ts";
import type { ItemChange } from "./known-items.ts";

const TYPES = { added: "ADDED", changed: "MODIFIED", removed: "DELETED" } as const satisfies Record<
  ItemChange<never>["kind"],
  string
>;

/**
 * Prints a list, then its changes. Tables get a row for each change that is visible in them; JSON and YAML an event for each
 * change of an object; `name` the name of what has changed.
 */
export class ChangePrinter<Item extends ApiObject<string>> {
  readonly #words: ListingWords<Item>;
  readonly #output: OutputFormat;
  readonly #toolbox: Toolbox;
  readonly #rows: ChangeRows<Item>;

  constructor(words: ListingWords<Item>, output: OutputFormat, toolbox: Toolbox) {
    this.#words = words;
    this.#output = output;
    this.#toolbox = toolbox;
    this.#rows = new ChangeRows(words, output === "wide");
  }

  async begin(answer: ListingAnswer, items: readonly Item[], context: TableContext): Promise<void> {
    if (this.#output === "json" || this.#output === "yaml") {
      for (const item of items) await this.print({ kind: "added", item, before: null }, context);
      return;
    }
    this.#rows.begin(items, context);
    await this.#toolbox.terminal.out(answerText(answer, this.#output, this.#toolbox));
  }

  async print(change: ItemChange<Item>, context: TableContext): Promise<void> {
    const text = this.#text(change, context);
    if (text !== "") await this.#toolbox.terminal.out(text);
  }

  #text(change: ItemChange<Item>, context: TableContext): string {
    const output = this.#output;
    if (output === "json") return `${escapedJson(JSON.stringify(eventOf(change)))}\n`;
    if (output === "yaml") return `---\n${structuredText(eventOf(change), output)}`;
    const { name = ({ metadata }) => metadata.name } = this.#words;
    const answer = {
      value: null,
      lines: this.#rows.linesOf(change, context),
      names: () => [name(change.item, context)],
    };
    return answerText(answer, output, this.#toolbox);
  }
}

function eventOf({ kind, item }: ItemChange<ApiObject<string>>): object {
  const { apiVersion, kind: objectKind, metadata } = item;
  const object = kind === "removed" ? { apiVersion, kind: objectKind, metadata } : item;
  return { type: TYPES[kind], object };
}
