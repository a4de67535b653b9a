import type { ApiObject } from "../../api/object.ts";
import { isObject } from "../../text/json-values.ts";
import { seesEverything } from "../access/access.ts";
import { scrubSentences } from "../access/redaction.ts";
import { completeMetadata, withLazyStatus } from "../present/metadata.ts";
import type { Reader } from "../request/reader.ts";
import type { RequestedReconciles } from "../request/requested-reconciles.ts";

interface ShownFacts {
  readonly requestedReconciles: RequestedReconciles;
}

/**
 * With the metadata that every object has. Removes the names of other namespaces from the sentences of the status; `spec`
 * stays as the team wrote it.
 */
export function shownObject<Item extends ApiObject<string>>(
  item: Item,
  { access, scrub, world }: Reader,
  { requestedReconciles }: ShownFacts,
): Item {
  const metadata = completeMetadata(item, world);
  if (!("status" in item)) return { ...item, metadata };
  const status = (): unknown => {
    const handled = requestedReconciles.handled(metadata.uid);
    const { status: known } = item;
    const given =
      handled === null || !isObject(known) ? known : { ...known, lastHandledReconcileAt: handled };
    return seesEverything(access) ? given : scrubSentences(given, scrub);
  };
  return withLazyStatus(item, { metadata, status });
}

/** All values of the object as they are now. */
export function snapshot<Item extends object>(item: Item): Item {
  return { ...item };
}
