import type { OverviewObject } from "../../api/overview.ts";
import type { Key } from "../../model/keys/key.ts";
import type { ApiClient } from "../client/client.ts";
import type { MessageColumn } from "../screen/message-table.ts";
import type { Column } from "../screen/table.ts";
import type { TableContext } from "./resource-tables.ts";

export interface ListingRequest {
  readonly client: ApiClient;
  readonly overview: OverviewObject["status"];
  readonly target: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
  /** Also what is hidden without --all. */
  readonly all: boolean;
  readonly nowMs: number;
}

export interface ListingWords<Item> {
  readonly names: readonly string[];
  readonly what: string;
  /** The sentence of an empty list. Default: the first name is not found. */
  readonly nothing?: string;
  /** `items`: those of the table; missing: they are not known yet, because the caller watches. */
  readonly columns: (context: TableContext, items?: readonly Item[]) => readonly Column<Item>[];
  /** The last column, if its texts are too long for a row. */
  readonly message?: MessageColumn<Item> | ((context: TableContext) => MessageColumn<Item>);
  /** The message names the item, together with its first column: it is also shown of a removed one. */
  readonly isNamedByMessage?: true;
  /** The record has no items: they are known for the accounts that were compared since the start of the controller. */
  readonly isOfPasses?: true;
  /** The bindings that an item is about: a target chooses by them. Default: none. */
  readonly keys?: (item: Item) => readonly Key[];
  /** The namespace of the source that declares an item without `keys`; null: the platform source. Missing: none is known. */
  readonly sourceNamespace?: (item: Item) => string | null;
  /** The namespaces that an item outside of namespaces is about, for `-n`; null: all. Missing: `-n` selects nothing. */
  readonly namespaces?: (item: Item) => readonly string[] | null;
  /** What an item outside of namespaces shows of one, with `-n`. Default: the item. */
  readonly partOf?: (item: Item, namespace: string) => Item;
  /** The name or id of its account, where its bindings do not show it. */
  readonly account?: (item: Item) => string | null;
  /** Another way to choose an item than its name and its bindings. Default: there is none. */
  readonly isMeant?: (item: Item, target: string) => boolean;
  /** Whether the item is listed; default: always. */
  readonly shown?: (item: Item, all: boolean) => boolean;
  /** What other commands take as this item, for `-o name`. Default: its own name. */
  readonly name?: (item: Item, context: TableContext) => string;
}

export function messageColumnOf<Item>(
  { message }: Pick<ListingWords<Item>, "message">,
  context: TableContext,
): MessageColumn<Item> | null {
  return (typeof message === "function" ? message(context) : message) ?? null;
}
