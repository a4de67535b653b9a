import { arnParts, functionInArn, nameInArn } from "../../model/aws/arn.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import type { AttributedChange, Attribution, KnownChanges } from "../../model/changes/attribution.ts";
import type { ChangedObject } from "../../model/changes/change-event.ts";
import { MOST_CANDIDATES, type CallsOfAccount, type SeenCall, type SeenDifference } from "./attribution.ts";

interface RecordedAuthors {
  readonly changes: KnownChanges;
  /** What is recorded of the author; undefined: nothing. */
  readonly before: Attribution | undefined;
  /** The start of the read that first saw the difference. */
  readonly readMs: number;
}

/**
 * The known events and the recorded calls whose events are no longer known, as after a restart: a call that explained the
 * difference is compared with every later event. A candidate stays one, since its event may have shown more.
 */
export function withRecorded(
  drift: SeenDifference,
  { changes, before, readMs }: RecordedAuthors,
): CallsOfAccount {
  const known = new Set(changes.records.map(({ event }) => event.id));
  const lost = changesOf(before).filter(({ eventId }) => !known.has(eventId));
  const object = objectOf(drift);
  if (lost.length === 0 || object === null) return changes;
  const early = before?.kind === "named" ? null : ({ isEarly: true } as const);
  const records = lost.map(({ eventId, at, ...event }): SeenCall => ({
    event: { ...event, id: eventId, atMs: Date.parse(at), object },
    receivedMs: readMs,
    ...early,
  }));
  const all = [...changes.records, ...records].toSorted((a, b) => a.event.atMs - b.event.atMs);
  return { ...changes, records: all };
}

/** A recorded call was of the object that differs. */
function objectOf({ subject, change }: SeenDifference): ChangedObject | null {
  const { service, resource } = arnParts(subject);
  if (service === "iam" && resource.startsWith("role/")) return { kind: "role", name: nameInArn(subject) };
  if (service === "iam" && resource.startsWith("policy/")) return { kind: "policy", arn: subject };
  const ofFunction = functionInArn(subject);
  const region = parseRegion(ofFunction?.region ?? "");
  if (ofFunction === null || region === undefined) return null;
  const qualifier = "qualifier" in change ? change.qualifier : ofFunction.qualifier;
  return { kind: "function", region, name: ofFunction.name, qualifier };
}

/**
 * What is recorded of the author of a difference after more events are known; null: what was recorded before. A later event
 * corrects a name.
 */
export function revised(before: Attribution | undefined, after: Attribution): Attribution | null {
  if (before === undefined) return after;
  if (before.kind === "unknown")
    return after.kind !== "unknown" || after.reason !== before.reason ? after : null;
  const earlier = changesOf(before);
  const isSame = idsOf(after) === idsOf(before);
  // The clocks since then do not take a name back: the difference was seen before.
  if (isSame && after.kind === "candidates" && after.clock !== undefined) return null;
  // Of more candidates than are recorded, one that is no longer known may explain the difference as well.
  if (after.kind !== "candidates" && earlier.length >= MOST_CANDIDATES) return null;
  return isSame && after.kind === before.kind ? null : after;
}

function idsOf(attribution: Attribution): string {
  return changesOf(attribution)
    .map(({ eventId }) => eventId)
    .join(" ");
}

function changesOf(attribution: Attribution | undefined): readonly AttributedChange[] {
  if (attribution?.kind === "named") return [attribution.change];
  return attribution?.kind === "candidates" ? attribution.changes : [];
}
