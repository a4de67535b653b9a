import type { AuditEntry } from "../../audit/entry.ts";
import { counted } from "../../text/phrases.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { TimelineRecord, TimelineRequest } from "../ports/browser/timeline-record.ts";

/** The maximum number of entries of one kind that a request reads. */
const READ = 5_000;

/** A pass compares a revision soon after it was accepted. */
const ACCEPTED_BEFORE_MS = 86_400_000;

interface ReadKind<Kind extends AuditEntry["kind"]> {
  readonly entries: readonly Extract<AuditEntry, { readonly kind: Kind }>[];
  /** The time of the oldest entry that was read; null: none was left out. */
  readonly cutMs: number | null;
}

/** What the record has of drift and of readings since a time. Bounded: of a long period the newest entries are read. */
export async function timelineRecord(
  audit: AuditLog,
  { sinceMs, openSinceMs }: TimelineRequest,
): Promise<TimelineRecord> {
  const ended = await newestOf(audit, "drift-ended", sinceMs);
  const began = ended.entries.map(beganMs);
  const foundSinceMs = began.reduce((least, ms) => Math.min(least, ms), Math.min(sinceMs, openSinceMs));
  const found = await newestOf(audit, "drift-found", foundSinceMs);
  const authors = await newestOf(audit, "drift-author-found", foundSinceMs);
  const accepted = await newestOf(audit, "revision-accepted", foundSinceMs - ACCEPTED_BEFORE_MS);
  const gaps = await newestOf(audit, "read-gap", sinceMs);
  const days = await newestOf(audit, "control-ran", sinceMs);
  const starts = await newestOf(audit, "started", sinceMs);
  return {
    ended: ended.entries,
    found: [...found.entries, ...authors.entries].toSorted((a, b) => b.seq - a.seq),
    accepted: accepted.entries,
    gaps: gaps.entries,
    days: days.entries,
    starts: starts.entries,
    unknownBefore: await unknownBefore(audit, sinceMs, [
      ended.cutMs,
      gaps.cutMs,
      found.cutMs,
      undecidedUntilMs(ended.entries, found.cutMs),
    ]),
  };
}

/** Drift that Git's change ended was none, unless it was found before: if that entry may not have been read, neither is known. */
function undecidedUntilMs(
  ended: ReadKind<"drift-ended">["entries"],
  foundCutMs: number | null,
): number | null {
  if (foundCutMs === null) return null;
  const undecided = ended.filter((entry) => entry.how === "applied" && beganMs(entry) <= foundCutMs);
  return undecided.reduce((latest, { at }) => Math.max(latest, Date.parse(at)), -Infinity);
}

/** Entries of 0.1 do not have the beginning of the drift. */
function beganMs({ since, at }: { readonly since?: string; readonly at: string }): number {
  return Date.parse(since ?? at);
}

async function newestOf<Kind extends AuditEntry["kind"]>(
  audit: AuditLog,
  kind: Kind,
  sinceMs: number,
): Promise<ReadKind<Kind>> {
  const entries: ReadKind<Kind>["entries"][number][] = [];
  for await (const entry of audit.entries({ kind, newestFirst: true, limit: READ })) {
    if (Date.parse(entry.at) < sinceMs) return { entries, cutMs: null };
    if (entry.kind === kind) entries.push(entry as ReadKind<Kind>["entries"][number]);
  }
  const oldest = entries.at(-1);
  return { entries, cutMs: entries.length < READ || oldest === undefined ? null : Date.parse(oldest.at) };
}

async function unknownBefore(
  audit: AuditLog,
  sinceMs: number,
  cuts: readonly (number | null)[],
): Promise<TimelineRecord["unknownBefore"]> {
  const cutMs = Math.max(...cuts.map((ms) => ms ?? -Infinity));
  if (cutMs > sinceMs)
    return { atMs: cutMs, reason: `only the newest ${counted(READ, "entry", "entries")} are read` };
  for await (const first of audit.entries({ limit: 1 })) {
    const atMs = Date.parse(first.at);
    return atMs > sinceMs ? { atMs, reason: "the record has no older entries" } : null;
  }
  return { atMs: Infinity, reason: "the record has no entries" };
}
