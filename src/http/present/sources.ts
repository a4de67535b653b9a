import type { QueueHealth } from "../../model/answers/queue-health.ts";
import type { NamespaceSourceStatus, QueueStatus, SourceObject, SourceStatus } from "../../api/overview.ts";
import type { SourceView } from "../../controller/ports/control.ts";
import { sees } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import type { World } from "../request/world.ts";
import { envelope, isoTime } from "./metadata.ts";
import { rollbackStatus } from "./pending/rollbacks.ts";

/** The platform source first, then those of namespaces that the token sees. */
export function seenSources({ access, world }: Reader): readonly SourceView[] {
  const { source, namespaceSources } = world.overview;
  return [
    source,
    ...namespaceSources.filter(({ namespace }) => namespace !== null && sees(access, namespace)),
  ];
}

export function sources(reader: Reader): readonly SourceObject[] {
  return seenSources(reader).map((view) => {
    const { namespace, location, pushQueue } = view;
    const { name, ...status } = sourceStatus(view, reader.world);
    const hook = namespace === null ? "" : `/${name}`;
    return {
      ...envelope("Source", { name }),
      spec: {
        namespace,
        url: location.url,
        ref: location.ref,
        webhooks: location.webhooks.map((sender) => `/hooks/${sender}${hook}`),
        pushQueue: location.pushQueue,
      },
      status: { ...status, pushQueue: pushQueue === null ? null : queueStatus(pushQueue) },
    };
  });
}

export function sourceStatus(view: SourceView, { rejections }: Pick<World, "rejections">): SourceStatus {
  const { name, accepted, fetchedAt, held, failure, uncommitted, verified } = view;
  const { pin } = view;
  return {
    name,
    accepted,
    fetchedAt,
    held: heldRevision(held, rejections),
    failure,
    uncommitted,
    verified,
    ...(pin !== undefined && { rolledBack: rollbackStatus(pin) }),
  };
}

export function namespaceSources(reader: Reader): readonly NamespaceSourceStatus[] {
  return seenSources(reader).flatMap((view) =>
    view.namespace === null ? [] : [{ namespace: view.namespace, ...sourceStatus(view, reader.world) }],
  );
}

function heldRevision(held: SourceView["held"], rejections: World["rejections"]): SourceStatus["held"] {
  if (held === null) return null;
  const { revision, reason, sinceMs } = held;
  const rejection = rejections.find(({ subject }) => subject === revision);
  const rejected = rejection === undefined ? null : { by: rejection.actor, reason: rejection.reason };
  return { revision, reason, since: isoTime(sinceMs), rejected };
}

export function queueStatus(reading: QueueHealth): QueueStatus {
  if (reading.kind !== "failing") return { readable: reading.kind === "read" ? true : null, failure: null };
  const { sinceMs, failure } = reading;
  const { code, reason, fix } = failure;
  return { readable: false, failure: { since: isoTime(sinceMs), code, reason, fix } };
}
