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
  { kind, resourceVersion: now }: { readonly kind: Item["kind"]; readonly resourceVersion: string },
): ApiList<Item> {
  const before = request.continue === undefined ? null : readContinue(request.continue);
  const after = before?.place ?? null;
  // A watch after the last page begins with the changes since the first one.
  const resourceVersion = before?.resourceVersion ?? now;
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
      continue: writeContinue({ place: last.place, resourceVersion }),
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

interface Continued {
  readonly place: string;
  /** The version that the first page had. */
  readonly resourceVersion: string;
}

function writeContinue({ place, resourceVersion }: Continued): string {
  return Buffer.from(`${resourceVersion}\0${place}`, "utf8").toString("base64url");
}

function readContinue(token: string): Continued {
  const text = Buffer.from(token, "base64url").toString("utf8");
  const [, resourceVersion, place] = /^(\d{1,19})\0([^\0]*\0[^\0]*)$/.exec(text) ?? [];
  if (
    resourceVersion === undefined ||
    place === undefined ||
    writeContinue({ place, resourceVersion }) !== token
  )
    throw new ApiFailure("BadRequest", "continue: expected a value from a list of this server");
  return { place, resourceVersion };
}
