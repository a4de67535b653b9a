import type { ApiClient } from "../client/client.ts";
import { keyParts } from "../../model/keys/key.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import { sortedSet } from "../../text/order.ts";
import { RESOURCES, type ResourceName, type ResourceObjects } from "../../api/resources.ts";
import { itemSelector, listingAnswer, type ListingAnswer } from "./listing-answer.ts";
import type { ListingRequest, ListingWords } from "./listing-words.ts";
import { watchListing, type WatchRequest } from "./watch/watch-listing.ts";

/** What `get` can list, under the names that people type. */
export interface Listing {
  readonly names: readonly string[];
  readonly what: string;
  /** Its items are documents in Git. */
  readonly namesManifests: boolean;
  /** @throws CliError */
  readonly answer: (request: ListingRequest) => Promise<ListingAnswer>;
  /** Prints the items, then their changes until interrupted. @throws CliError */
  readonly watch: (request: WatchRequest) => Promise<void>;
}

export function listing<R extends ResourceName>(
  resource: R,
  words: ListingWords<ResourceObjects[R]>,
): Listing {
  return {
    names: [...new Set([...words.names, ...(RESOURCES[resource].shortNames ?? [])])],
    what: words.what,
    namesManifests: resource === "functionpermissions" || resource === "managedpolicies",
    answer: async (request) => {
      const { client, namespace, selector } = request;
      const selection = { namespace: namespace ?? undefined, labelSelector: selector ?? undefined };
      const all = await client.list(resource, selection);
      const { partOf = (item) => item } = words;
      const found = namespace === null ? all : all.map((item) => partOf(item, namespace));
      const items = found.filter(await itemSelector(words, found, request));
      const nearNamespace = items.length > 0 ? "" : await nearNamespaceText(client, namespace);
      return listingAnswer(resource, words, { items, request, nearNamespace });
    },
    watch: (request) => watchListing(resource, words, request),
  };
}

/** For a namespace that none of the bindings has, which this token may see. */
async function nearNamespaceText(client: ApiClient, namespace: string | null): Promise<string> {
  if (namespace === null) return "";
  const bindings = await client.list("bindings");
  const known = sortedSet(bindings.map(({ spec }) => keyParts(spec.key).namespace));
  return known.includes(namespace) ? "" : didYouMean(namespace, known);
}
