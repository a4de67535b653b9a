import type { OverviewObject } from "../../../api/overview.ts";
import type { ResourceName, ResourceObjects } from "../../../api/resources.ts";
import { accountIdOf } from "../../../model/keys/key.ts";
import { printNote, answerText, structuredText } from "../../screen/print.ts";
import type { OutputFormat } from "../../toolbox/options.ts";
import type { Toolbox } from "../../toolbox/toolbox.ts";
import { itemSelector, listingAnswer, type ListingAnswer } from "../listing-answer.ts";
import type { ListingRequest, ListingWords } from "../listing-words.ts";
import { accountNamesOf } from "../../client/client.ts";
import { CliError } from "../../toolbox/cli-error.ts";
import type { TableContext } from "../resource-tables.ts";
import { noteComparing } from "../listing-notes.ts";
import { KnownItems, type ItemChange } from "./known-items.ts";
import { resourceNews, type ResourceNews } from "./resource-news.ts";
import type { ApiObject } from "../../../api/object.ts";
import { escapedJson } from "../../../text/characters.ts";
import { ChangeRows } from "./change-rows.ts";

export interface WatchRequest extends ListingRequest {
  readonly output: OutputFormat;
  readonly toolbox: Toolbox;
}

/** Prints the items, then each of them whose row has changed, until interrupted. @throws CliError */
export async function watchListing<R extends ResourceName>(
  resource: R,
  words: ListingWords<ResourceObjects[R]>,
  request: WatchRequest,
): Promise<void> {
  const { client, namespace, selector, toolbox } = request;
  const { clock, signal } = toolbox;
  const selection = { namespace: namespace ?? undefined, labelSelector: selector ?? undefined };
  let watch: ListingWatch<R> | null = null;
  try {
    for await (const news of resourceNews({ client, resource, ...selection, clock, signal })) {
      if (watch !== null) await watch.take(news);
      else if (news.kind === "listed")
        watch = await ListingWatch.begin(resource, words, { request, items: news.items });
    }
  } catch (cause) {
    // An interruption also aborts the request that is under way, and is the end of a watch.
    if (!signal.aborted) throw cause;
  }
}

interface Begin<R extends ResourceName> {
  readonly request: WatchRequest;
  readonly items: readonly ResourceObjects[R][];
}

/** One `get --watch` after its first list. */
class ListingWatch<R extends ResourceName> {
  readonly #words: ListingWords<ResourceObjects[R]>;
  readonly #request: WatchRequest;
  readonly #known: KnownItems<ResourceObjects[R]>;
  readonly #printer: ChangePrinter<ResourceObjects[R]>;
  #overview: OverviewObject["status"];

  private constructor(
    words: ListingWords<ResourceObjects[R]>,
    request: WatchRequest,
    selects: (item: ResourceObjects[R]) => boolean,
  ) {
    this.#words = words;
    this.#request = request;
    this.#overview = request.overview;
    this.#known = new KnownItems(selects);
    this.#printer = new ChangePrinter(words, request.output, request.toolbox);
  }

  /** Prints the first list. @throws CliError if its target means nothing */
  static async begin<R extends ResourceName>(
    resource: R,
    words: ListingWords<ResourceObjects[R]>,
    { request, items: found }: Begin<R>,
  ): Promise<ListingWatch<R>> {
    const { output, toolbox, overview } = request;
    const selects = await itemSelector(words, found, request);
    const items = found.filter(selects);
    const answer = listingAnswer(resource, words, { items, request, nearNamespace: "" });
    // The screen of such a list is the sentence of the note.
    if (!answer.isUnknown || (output !== "table" && output !== "wide"))
      await noteComparing(overview, toolbox);
    const watch = new ListingWatch(words, request, selects);
    watch.#known.listed(items, () => false);
    await watch.#printer.begin(answer, items, watch.#context());
    return watch;
  }

  async take(news: ResourceNews<ResourceObjects[R]>): Promise<void> {
    switch (news.kind) {
      case "listed":
        await this.#print(this.#known.listed(news.items, await this.#unknown()));
        return this.#known.isDoubtful ? noteComparing(this.#overview, this.#request.toolbox) : undefined;
      case "changed":
        return this.#print(this.#known.changed(news.item));
      case "removed":
        return this.#print(this.#known.removed(news.item));
      case "idle":
        return this.#known.isDoubtful ? this.#print(this.#known.compared(await this.#unknown())) : undefined;
      case "lost":
        return printNote(`connection lost: ${news.reason}; trying again`, this.#request.toolbox);
      case "connected":
        return printNote("connected again", this.#request.toolbox);
    }
  }

  /** After a restart of the controller, an account has no items of passes until it was compared. */
  async #unknown(): Promise<(item: ResourceObjects[R]) => boolean> {
    const { isOfPasses, keys = () => [], account = () => null } = this.#words;
    if (isOfPasses !== true) return () => false;
    try {
      this.#overview = (await this.#request.client.overview()).status;
    } catch (cause) {
      if (!(cause instanceof CliError)) throw cause;
      // The next request of the watch reports it.
      return () => true;
    }
    const { accounts } = this.#overview;
    const comparing = new Set(
      accounts.flatMap(({ accountId, name, comparing: is }) => (is ? [accountId, name] : [])),
    );
    return (item) =>
      comparing.has(account(item) ?? "") || keys(item).some((key) => comparing.has(accountIdOf(key)));
  }

  async #print(changes: readonly ItemChange<ResourceObjects[R]>[]): Promise<void> {
    for (const change of changes) await this.#printer.print(change, this.#context());
  }

  #context(): TableContext {
    return { nowMs: this.#request.toolbox.clock.nowMs(), accounts: accountNamesOf(this.#overview.accounts) };
  }
}

const TYPES = { added: "ADDED", changed: "MODIFIED", removed: "DELETED" } as const satisfies Record<
  ItemChange<never>["kind"],
  string
>;

/**
 * Prints a list, then its changes. Tables get a row for each change that is visible in them; JSON and YAML an event for each
 * change of an object; `name` the name of what has changed.
 */
class ChangePrinter<Item extends ApiObject<string>> {
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
