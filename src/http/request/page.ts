import { API_VERSION } from "../../api/group.ts";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { byTextOf } from "../../text/order.ts";
import { ApiFailure } from "./failure.ts";
import { parseLabelSelector } from "./label-selector.ts";

export interface PageRequest {
  readonly labelSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
}

/**
 * Selects, sorts and cuts. A page goes on after the last item of the one before, by name: what was added or removed
 * in between shifts nothing.
 */
export function pageOf<Item extends ApiObject<string>>(
  kind: Item["kind"],
  items: readonly Item[],
  request: PageRequest,
  resourceVersion: string,
): ApiList<Item> {
  const after = request.continue === undefined ? null : readContinue(request.continue);
  const selects = request.labelSelector ? parseLabelSelector(request.labelSelector) : null;
  const left = items
    .map((item) => ({ item, place: placeOf(item) }))
    .filter(
      ({ item, place }) =>
        (after === null || place > after) && (selects?.(item.metadata.labels ?? {}) ?? true),
    )
    .sort(byTextOf(({ place }) => place));
  const page = left.slice(0, request.limit ?? left.length);
  const last = page.at(-1);
  const remaining = left.length - page.length;
  const more =
    last === undefined || remaining === 0
      ? {}
      : {
          continue: writeContinue(last.place),
          ...(selects === null ? { remainingItemCount: remaining } : {}),
        };
  return {
    apiVersion: API_VERSION,
    kind: `${kind}List`,
    metadata: { resourceVersion, ...more },
    items: page.map(({ item }) => item),
  };
}

/** Sorts by namespace, then name; NUL stands in neither. */
function placeOf({ metadata }: ApiObject<string>): string {
  return `${metadata.namespace ?? ""}\0${metadata.name}`;
}

function writeContinue(place: string): string {
  return Buffer.from(place, "utf8").toString("base64url");
}

function readContinue(token: string): string {
  const place = Buffer.from(token, "base64url").toString("utf8");
  if (!place.includes("\0") || writeContinue(place) !== token) {
    throw new ApiFailure("BadRequest", "continue: not a value that a list of this server gave");
  }
  return place;
}
