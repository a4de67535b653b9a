import { addressOf, keyParts } from "../../model/keys/key.ts";
import type { ApiObject } from "../../api/object.ts";
import { API_VERSION } from "../../api/group.ts";
import { RESOURCES, type ResourceName, type ResourceObjects } from "../../api/resources.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { someOf } from "../../text/phrases.ts";
import { accountNamesOf } from "../client/client.ts";
import type { Answer } from "../screen/print.ts";
import { messageTable } from "../screen/message-table.ts";
import { table } from "../screen/table.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { meant, noSuchTarget } from "../toolbox/target.ts";
import { messageColumnOf, type ListingRequest, type ListingWords } from "./listing-words.ts";

export interface ListingAnswer extends Answer {
  /** How many items it has. */
  readonly count: number;
  /** It is empty because nothing was compared since the start of the controller, and its screen shows that. */
  readonly isUnknown: boolean;
  /** Of the sources that declare its items; null in it: the platform source. */
  readonly namespaces: ReadonlySet<string | null>;
}

interface ListedItems<Item> {
  /** Those that are listed. */
  readonly items: readonly Item[];
  readonly request: ListingRequest;
  /** What follows the sentence of an empty list: `, did you mean orders?`, or nothing. */
  readonly nearNamespace: string;
}

export function listingAnswer<R extends ResourceName>(
  resource: R,
  words: ListingWords<ResourceObjects[R]>,
  { items, request: { overview, target, namespace, nowMs }, nearNamespace }: ListedItems<ResourceObjects[R]>,
): ListingAnswer {
  const {
    columns,
    names,
    nothing = `No ${names[0] ?? resource} found`,
    name = ({ metadata }) => metadata.name,
  } = words;
  const context = { nowMs, accounts: accountNamesOf(overview.accounts) };
  const unknown = items.length > 0 ? null : unknownText(overview, words.isOfPasses === true);
  return {
    count: items.length,
    isUnknown: unknown !== null,
    namespaces: new Set(items.flatMap((item) => namespacesOf(words, item))),
    value: listValue(resource, items),
    lines: (layout) => {
      if (unknown !== null) return wrapped(unknown, layout.width);
      if (items.length === 0)
        return wrapped(`${nothingText(nothing, target, namespace)}${nearNamespace}`, layout.width);
      const message = messageColumnOf(words, context);
      if (message === null) return table(columns(context, items), items, layout);
      return messageTable(columns(context, items), message, { rows: items, layout });
    },
    names: () => [...new Set(items.map((item) => name(item, context)))],
  };
}

/**
 * Whether an item is listed: also of items that are read later. A target chooses by the name of an item, or by a binding that it
 * is about; nothing, if the target is there and no item of this sort is about it.
 * @throws CliError if the target means nothing at all
 */
export async function itemSelector<Item extends ApiObject<string>>(
  { keys = () => [], shown = () => true, isMeant = () => false, namespaces = () => null }: ListingWords<Item>,
  found: readonly Item[],
  { client, overview, target, namespace, all }: ListingRequest,
): Promise<(item: Item) => boolean> {
  const isShown = (item: Item): boolean =>
    shown(item, all) && (namespace === null || namespaces(item)?.includes(namespace) !== false);
  if (target === null) return isShown;
  const isNamed = (item: Item): boolean => item.metadata.name === target || isMeant(item, target);
  const items = found.filter(isShown);
  if (items.some(isNamed)) return (item) => isShown(item) && isNamed(item);
  const accounts = accountNamesOf(overview.accounts);
  const bindings = await client.list("bindings", { namespace: namespace ?? undefined });
  const about = items.flatMap(keys);
  const known = [...about, ...bindings.map(({ spec }) => spec.key)].map((key) => addressOf(key, accounts));
  if (meant(target, known, namespace).length === 0)
    throw noSuchTarget(target, known, {
      namespace,
      listed: "grantkeeper get bindings lists all",
      names: items.map(({ metadata }) => metadata.name),
    });
  return (item) => {
    const addresses = keys(item).map((key) => addressOf(key, accounts));
    return isShown(item) && meant(target, addresses, namespace).length > 0;
  };
}

function namespacesOf<Item>(
  { keys = () => [], sourceNamespace }: Pick<ListingWords<Item>, "keys" | "sourceNamespace">,
  item: Item,
): readonly (string | null)[] {
  const found = keys(item).map((key) => keyParts(key).namespace);
  return found.length > 0 || sourceNamespace === undefined ? found : [sourceNamespace(item)];
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

function nothingText(nothing: string, target: string | null, namespace: string | null): string {
  const about = target === null ? "" : ` for ${target}`;
  return `${nothing}${about}${namespace === null ? "" : ` in namespace ${namespace}`}`;
}
