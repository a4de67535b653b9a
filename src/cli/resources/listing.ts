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
      const found = await client.list(resource, selection);
      const items = found.filter(await itemSelector(words, found, request));
      return listingAnswer(resource, words, { items, request });
    },
    watch: (request) => watchListing(resource, words, request),
  };
}
