import { hash } from "node:crypto";
import type { BindingObject } from "../../api/bindings.ts";
import type { BindingStatus, OwnerStatus } from "../../api/manifests.ts";
import type { ApiObject } from "../../api/object.ts";
import type { ResourceObjects } from "../../api/resources.ts";
import { shownText, type TableColumn } from "../kubernetes/columns/column.ts";

/** Removes the times and facts that only show that AWS was read again: otherwise each sweep would change every object. */
type LastingContent<Item> = (item: Item) => object;

const CONTENTS: { readonly [R in keyof ResourceObjects]?: LastingContent<ResourceObjects[R]> } = {
  awsaccounts: (item) =>
    item.status === null
      ? item
      : { ...item, status: { ...item.status, lastSweepAt: null, passing: null, throttled: null } },
  bindings: (item) => ({ ...item, status: contentOfBinding(item.status) }),
  drifts: (item) => ({ ...item, status: { ...item.status, readAt: null } }),
  functionpermissions: (item) => ({ ...item, status: contentOfOwner(item.status) }),
  managedpolicies: (item) => ({ ...item, status: contentOfOwner(item.status) }),
};

function contentOfBinding(status: BindingObject["status"]): object {
  const { live } = status;
  if (live === null) return contentOfStatus(status);
  const role = live.role === null ? null : { ...live.role, lastUsedAtMs: null };
  const found =
    live.function === null ? null : { ...live.function, policiesReadMs: null, policiesKept: null };
  return { ...contentOfStatus(status), live: { role, function: found } };
}

function contentOfOwner(status: OwnerStatus): object {
  return { ...status, bindings: status.bindings.map(contentOfStatus) };
}

function contentOfStatus(status: BindingStatus): object {
  return { ...status, lastVerifiedAt: null };
}

/** Equal for two looks at an object between which nothing of it has changed. @param item with its values, none computed at reading */
export function watchedDigest(resource: string, item: ApiObject<string>): string {
  const contents: Readonly<Record<string, LastingContent<never> | undefined>> = CONTENTS;
  const content = contents[resource] as LastingContent<ApiObject<string>> | undefined;
  const { resourceVersion: _, ...metadata } = item.metadata;
  return hash("sha1", JSON.stringify({ ...(content?.(item) ?? item), metadata }), "base64");
}

/** Equal for two looks at an object between which a table has the same row. */
export function rowDigest<Item extends ApiObject<string>>(
  columns: readonly TableColumn<Item>[],
  item: Item,
): string {
  const { resourceVersion: _, ...metadata } = item.metadata;
  return hash("sha1", JSON.stringify([shownText(columns, item), metadata]), "base64");
}
