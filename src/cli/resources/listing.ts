import { addressOf } from "../client/known-bindings.ts";
import type { ApiObject } from "../../api/object.ts";
import { API_VERSION } from "../../api/group.ts";
import { RESOURCES, type ResourceName, type ResourceObjects } from "../../api/resources.ts";
import type { Key } from "../../model/keys/key.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { someOf } from "../../text/phrases.ts";
import { namesOf, type ApiClient } from "../client/client.ts";
import type { Answer } from "../screen/print.ts";
import { type TableContext } from "./resource-tables.ts";
import { messageTable, type MessageColumn } from "../screen/message-table.ts";
import { table, type Column } from "../screen/table.ts";
import { wrapped } from "../screen/wrap.ts";
import { matching } from "../toolbox/target.ts";

/** What `get` can list, under the names that people type. */
export interface Listing {
  readonly names: readonly string[];
  readonly what: string;
  /** Its items are documents in Git. */
  readonly namesManifests: boolean;
  /** @throws CliError */
  readonly answer: (request: ListingRequest) => Promise<ListingAnswer>;
}

interface ListingAnswer extends Answer {
  /** How many items it has. */
  readonly count: number;
  /** It is empty because nothing was compared since the start of the controller, and its screen shows that. */
  readonly isUnknown: boolean;
}

interface ListingRequest {
  readonly client: ApiClient;
  readonly overview: OverviewObject["status"];
  readonly target: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
  /** Also what is hidden without --all. */
  readonly all: boolean;
  readonly nowMs: number;
}

interface ListingWords<Item> {
  readonly names: readonly string[];
  readonly what: string;
  /** The sentence of an empty list. Default: no resources were found. */
  readonly nothing?: string;
  readonly columns: (context: TableContext) => readonly Column<Item>[];
  /** The last column, if its texts are too long for a row. */
  readonly message?: MessageColumn<Item> | ((context: TableContext) => MessageColumn<Item>);
  /** The record has no items: they are known for the accounts that were compared since the start of the controller. */
  readonly isOfPasses?: true;
  /** The bindings that an item is about: a target chooses by them. Default: none. */
  readonly keys?: (item: Item) => readonly Key[];
  /** Another way to choose an item than its name and its bindings. Default: there is none. */
  readonly isMeant?: (item: Item, target: string) => boolean;
  /** Whether the item is listed; default: always. */
  readonly shown?: (item: Item, all: boolean) => boolean;
  /** What other commands take as this item, for `-o name`. Default: its own name. */
  readonly name?: (item: Item, context: TableContext) => string;
}

export function listing<R extends ResourceName>(
  resource: R,
  words: ListingWords<ResourceObjects[R]>,
): Listing {
  const { names, what, columns, message, keys = () => [], shown = () => true, isMeant = () => false } = words;
  const { name = ({ metadata }) => metadata.name } = words;
  const answer = async ({
    client,
    overview,
    target,
    namespace,
    selector,
    all: unfiltered,
    nowMs,
  }: ListingRequest): Promise<ListingAnswer> => {
    const request = { namespace: namespace ?? undefined, labelSelector: selector ?? undefined };
    const found = await client.list(resource, request);
    const accounts = namesOf(overview.accounts);
    const all = found.filter((item) => shown(item, unfiltered));
    const isNamed = (item: ResourceObjects[R]): boolean =>
      target !== null && (item.metadata.name === target || isMeant(item, target));
    const items =
      target === null ? all : await chosen(all, { isNamed, keys }, { target, accounts, namespace, client });
    const context = { nowMs, accounts };
    const unknown = items.length > 0 ? null : unknownText(overview, words.isOfPasses === true);
    return {
      count: items.length,
      isUnknown: unknown !== null,
      value: listValue(resource, items),
      lines: (layout) => {
        if (unknown !== null) return wrapped(unknown, layout.width);
        if (items.length === 0) return [nothingText(words.nothing, target, namespace)];
        return message === undefined
          ? table(columns(context), items, layout)
          : messageTable(columns(context), typeof message === "function" ? message(context) : message, {
              rows: items,
              layout,
            });
      },
      names: () => [...new Set(items.map((item) => name(item, context)))],
    };
  };
  const namesManifests = resource === "functionpermissions" || resource === "managedpolicies";
  return { names, what, namesManifests, answer };
}

/** A list as the API has it; all its pages are in it. */
function listValue<R extends ResourceName>(resource: R, items: readonly ResourceObjects[R][]): object {
  return { apiVersion: API_VERSION, kind: `${RESOURCES[resource].kind}List`, items };
}

/** Why an empty list claims nothing; null: there is nothing to list. */
function unknownText({ accounts, source }: OverviewObject["status"], isOfPasses: boolean): string | null {
  if (source.accepted === null) return "Not known yet: no revision is in force";
  const names = accounts.filter(({ comparing }) => comparing).map(({ name }) => name);
  if (!isOfPasses || names.length === 0) return null;
  const verb = names.length === 1 ? "has" : "have";
  return `Not known yet: ${someOf(names)} ${verb} not been compared since the controller started`;
}

function nothingText(
  nothing = "No resources found",
  target: string | null,
  namespace: string | null,
): string {
  const about = target === null ? "" : ` for ${target}`;
  return `${nothing}${about}${namespace === null ? "" : ` in namespace ${namespace}`}`;
}

interface Choice<Item> {
  readonly isNamed: (item: Item) => boolean;
  readonly keys: (item: Item) => readonly Key[];
}

interface WantedTarget {
  readonly target: string;
  readonly accounts: ReadonlyMap<string, string>;
  readonly namespace: string | null;
  readonly client: ApiClient;
}

/**
 * By its own name, or by a binding that it is about; none when the target is there and nothing of this sort is about it.
 * @throws CliError when the target means nothing at all
 */
async function chosen<Item extends ApiObject<string>>(
  all: readonly Item[],
  { isNamed, keys }: Choice<Item>,
  { target, accounts, namespace, client }: WantedTarget,
): Promise<readonly Item[]> {
  const named = all.filter(isNamed);
  if (named.length > 0) return named;
  const about = all.flatMap((item) => keys(item).map((key) => ({ ...addressOf(key, accounts), item })));
  const bindings = await client.list("bindings", { namespace: namespace ?? undefined });
  const there = bindings.map(({ spec }) => ({ ...addressOf(spec.key, accounts), item: null }));
  const meant = new Set<Item | null>(
    matching(target, [...about, ...there], namespace).map(({ item }) => item),
  );
  return all.filter((item) => meant.has(item));
}
