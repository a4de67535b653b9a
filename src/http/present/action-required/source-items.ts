import type { ActionItem } from "../../../api/action-required.ts";
import type { SourceStatus } from "../../../api/overview.ts";
import { mergedDiagnostics, mergedMessage, type Diagnostic } from "../../../model/diagnostic.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { remainsTextOf } from "../../../model/keys/last-applied.ts";
import { shortRevision } from "../../../model/values/revision.ts";
import { pathsAbove } from "../../../model/keys/paths.ts";
import type { Reader } from "../../request/reader.ts";
import { seesEverything } from "../../access/access.ts";
import { isoTime } from "../metadata.ts";
import { seenSources } from "../sources.ts";
import { conditionOf, hasReason, type KeyFacts } from "./context.ts";
import type { ObjectRecord } from "../../../model/records/object-record.ts";

/** Git cannot be read, or its newest revision is not accepted. */
export function sourceItems({ world, access }: Reader, source: SourceStatus): readonly ActionItem[] {
  const { name, accepted, failure, held, verified } = source;
  const item = { kind: "source", target: name, security: false } as const;
  const failed: readonly ActionItem[] =
    failure === null
      ? []
      : [{ ...item, message: failure.message, details: [], hint: failure.fix, since: source.fetchedAt }];
  const review = held === null ? "" : `grantkeeper describe hold ${shortRevision(held.revision)}`;
  const isRejected = world.rejections.some(({ subject }) => subject === held?.revision);
  const waiting: readonly ActionItem[] =
    held === null || isRejected
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
  const missing: readonly ActionItem[] =
    accepted !== null || failure !== null || held !== null
      ? []
      : [
          {
            ...item,
            message: "no revision was read yet",
            details: [],
            hint: "grantkeeper status --watch",
            since: world.overview.startedAt,
          },
        ];
  return [...failed, ...waiting, ...missing];
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
        kind: "source" as const,
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

/** One item for each document that is not valid, or for each file in which no document is recognised. */
export function brokenItems(
  { world }: Reader,
  diagnostics: readonly Diagnostic[],
  keys: readonly KeyFacts[],
): readonly ActionItem[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const byDocument = Map.groupBy(errors, (error) => documentName(error, world.objects));
  const named = [...byDocument].map(([target, group]): ActionItem => {
    const file = group[0]?.origin.file ?? "";
    const own = keys.filter(({ key }) => isOf(world.objectOf.get(key), target, file));
    return {
      kind: "broken",
      keys: own.filter(({ status }) => status.lastAppliedRevision !== null).map(({ key }) => key),
      target,
      message: remainsTextOf(own.map(({ status }) => status.lastAppliedRevision)),
      details: errorTexts(group),
      hint: group[0]?.fix ?? "grantkeeper validate",
      security: false,
      since: null,
    };
  });
  const covered = new Set(errors.map(({ origin }) => origin.file));
  const isCovered = ({ key }: KeyFacts): boolean =>
    [world.objectOf.get(key)?.file ?? "", world.overview.brokenKeys.get(key) ?? ""]
      .flatMap(pathsAbove)
      .some((path) => covered.has(path));
  return [...named, ...keys.filter((facts) => !isCovered(facts)).flatMap(brokenItem)];
}

/** A binding that is invalid although no diagnostic that the token sees explains it. */
function brokenItem(facts: KeyFacts): readonly ActionItem[] {
  const ready = conditionOf(facts, "Ready");
  if (ready === undefined || !hasReason(facts, "ValidationFailed")) return [];
  return [
    {
      kind: "broken",
      keys: [facts.key],
      target: facts.target,
      message: remainsTextOf([facts.status.lastAppliedRevision]),
      details: [ready.message],
      hint: "grantkeeper validate",
      security: false,
      since: ready.lastTransitionTime,
    },
  ];
}

const SHOWN = 1;

function errorTexts(group: readonly Diagnostic[]): readonly string[] {
  const texts = mergedDiagnostics(group).map(
    (merged) => `${formatOrigin(merged.lead.origin)}: ${mergedMessage(merged)}`,
  );
  const more = texts.length - SHOWN;
  return more <= 0 ? texts : [`${texts[0] ?? ""} (and ${more} more)`];
}

/** `search/index`: the document around the place; the file if there is none. */
function documentName({ origin }: Diagnostic, objects: readonly ObjectRecord[]): string {
  const around = objects
    .filter(({ file, line }) => file === origin.file && line <= origin.line)
    .toSorted((a, b) => b.line - a.line)[0];
  return around === undefined ? origin.file : `${around.namespace}/${around.name}`;
}

function isOf(object: ObjectRecord | undefined, target: string, file: string): boolean {
  if (object === undefined) return false;
  return target === file ? object.file === file : `${object.namespace}/${object.name}` === target;
}
