import type { ActionItem } from "../../../api/action-required.ts";
import type { SourceStatus } from "../../../api/overview.ts";
import { shortRevision } from "../../../model/values/revision.ts";
import type { Reader } from "../../request/reader.ts";
import { seesEverything } from "../../access/access.ts";
import { isoTime } from "../metadata.ts";
import { seenSources } from "../sources.ts";

/** Git cannot be read, or its newest revision is not accepted. */
export function sourceItems({ world, access }: Reader, source: SourceStatus): readonly ActionItem[] {
  const { name, accepted, failure, held, verified } = source;
  const item = { kind: "source", target: name, security: false } as const;
  const failed: readonly ActionItem[] =
    failure === null
      ? []
      : [{ ...item, message: failure.message, details: [], hint: failure.fix, since: source.fetchedAt }];
  const review = held === null ? "" : `grantkeeper describe approval ${shortRevision(held.revision)}`;
  const waiting: readonly ActionItem[] =
    held === null || held.rejected !== null
      ? []
      : [
          {
            ...item,
            message: `${shortRevision(held.revision)} is not accepted`,
            details: [held.reason, verified?.fix ?? null].filter((detail) => detail !== null),
            hint: seesEverything(access) ? review : `an operator with all namespaces decides: ${review}`,
            since: held.since,
          },
        ];
  const isCovered = accepted !== null || failed.length > 0 || waiting.length > 0;
  return [...failed, ...waiting, ...(isCovered ? [] : [unreadItem(source, world.overview.startedAt)])];
}

/** Nothing of the source is in force, and no approval is pending that would change this. */
function unreadItem({ name, held }: SourceStatus, startedAt: string): ActionItem {
  const item = { kind: "source", target: name, security: false } as const;
  if (held === null)
    return {
      ...item,
      message: "no revision was read yet",
      details: [],
      hint: "grantkeeper status --watch",
      since: startedAt,
    };
  const { revision, rejected, since } = held;
  return {
    ...item,
    message: `no revision is accepted and read: ${shortRevision(revision)} was rejected`,
    details: rejected === null ? [] : [`${rejected.by}: ${rejected.reason}`],
    hint: "push a corrected revision",
    since,
  };
}

/** A queue that answers again by itself after some minutes is no reason to act: the source is fetched at its interval. */
const QUEUE_FAILS_MS = 900_000;

/** The queues that report pushes and have not answered for a while; one item for the sources of one queue. */
export function pushQueueItems(reader: Reader): readonly ActionItem[] {
  const failing = seenSources(reader).flatMap(({ name, location: { pushQueue: url }, pushQueue }) =>
    url !== null && pushQueue?.kind === "failing" && reader.nowMs - pushQueue.sinceMs >= QUEUE_FAILS_MS
      ? [{ name, url, ...pushQueue }]
      : [],
  );
  const byUrl = Map.groupBy(failing, ({ url }) => url);
  return [...byUrl.values()].flatMap((ofQueue) => {
    const [first] = ofQueue;
    if (first === undefined) return [];
    const { url, failure, sinceMs } = first;
    return [
      {
        kind: "push-queue" as const,
        target: ofQueue.map(({ name }) => name).join(", "),
        message: "pushes are noticed at the interval only: the queue is not read",
        details: [url, `${failure.code}: ${failure.reason}`],
        hint: failure.fix,
        security: false,
        since: isoTime(sinceMs),
      },
    ];
  });
}
