import type { AuditEvent } from "../api/events.ts";
import type { ApiClient } from "./client.ts";

/** Entries of the record, newest first; at most 1000. */
export async function recentEvents(
  client: ApiClient,
  {
    key,
    namespace,
    limit,
  }: { readonly key?: string; readonly namespace?: string | undefined; readonly limit: number },
): Promise<readonly AuditEvent[]> {
  const query = key === undefined ? undefined : { key };
  const events = await client.list("events", { namespace, most: limit, query });
  return events.map(({ event }) => event);
}
