import { API_VERSION } from "../../api/group.ts";
import type { ApiList, ApiObject } from "../../api/object.ts";
import { byTextOf } from "../../text/order.ts";
import { ApiFailure } from "./failure.ts";
import { parseLabelSelector } from "./label-selector.ts";

export interface ListRequest {
  readonly labelSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
}

/**
 * Selects, sorts and cuts. A page begins after the name of the last item of the previous page, so that items which are
 * added or removed between the two requests shift nothing.
 */
export function pageOf<Item extends ApiObject<string>>(
  items: readonly Item[],
  request: ListRequest,
  { kind, resourceVersion }: { readonly kind: Item["kind"]; readonly resourceVersion: string },
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
  const more = last !== undefined &&
    remaining > 0 && {
      continue: writeContinue(last.place),
      ...(selects === null && { remainingItemCount: remaining }),
    };
  return {
    apiVersion: API_VERSION,
    kind: `${kind}List`,
    metadata: { resourceVersion, ...more },
    items: page.map(({ item }) => item),
  };
}

/** Sorts by namespace, then name; neither contains NUL. */
function placeOf({ metadata }: ApiObject<string>): string {
  return `${metadata.namespace ?? ""}\0${metadata.name}`;
}

function writeContinue(place: string): string {
  return Buffer.from(place, "utf8").toString("base64url");
}

function readContinue(token: string): string {
  const place = Buffer.from(token, "base64url").toString("utf8");
  if (!place.includes("\0") || writeContinue(place) !== token) {
    throw new ApiFailure("BadRequest", "continue: expected a value from a list of this server");
  }
  return place;
}
