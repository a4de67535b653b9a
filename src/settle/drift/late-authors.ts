import type { AuditFact } from "../../audit/entry.ts";
import { spannedOffset } from "../../model/changes/clock-offset.ts";
import type { AttributedDrift, Attribution } from "../../model/changes/attribution.ts";
import { driftFingerprint, driftOfFingerprint } from "../../model/drift.ts";
import type { KeyRecord, OpenDrift, UnattributedDrift } from "../../model/keys/key-record.ts";
import { historyMs } from "../../judge/plan-subject.ts";
import type { Pass } from "../../judge/subject.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { JudgedView } from "../outcome/outcome.ts";
import { attributionOf, STALE_MS } from "./attribution.ts";
import type { EndedDrift } from "./ended-drifts.ts";
import type { DriftIncident } from "./incident.ts";
import { isSecurity } from "./new-drifts.ts";
import { revised, withRecorded } from "./revised-attribution.ts";

/** For each key; the oldest are forgotten first. Each has what AWS showed, which may be an entire document. */
const MOST_UNATTRIBUTED = 10;

/** An author that was found after the difference had ended. */
export interface LateAuthor extends AttributedDrift {
  readonly drift: UnattributedDrift;
}

interface LateAuthors {
  readonly found: readonly LateAuthor[];
  /** Those whose author is still sought, or may be corrected. */
  readonly unattributed: readonly UnattributedDrift[];
}

interface LateInputs {
  readonly pass: Pass;
  readonly writes: Pick<RecentWrites, "byTarget">;
  readonly nowMs: number;
}

/**
 * The authors of differences that ended before, by the events that arrived since. As long as the passes know all of our own
 * writes since the last read without the difference: one of them may be later than a call that seems to explain it.
 */
function lateAuthors({ unattributed = [] }: KeyRecord, inputs: LateInputs): LateAuthors {
  const { pass, nowMs } = inputs;
  const knownMs = nowMs - historyMs(pass.account);
  const known = unattributed.filter(({ lastCleanMs }) => lastCleanMs - STALE_MS >= knownMs);
  const found = known.flatMap((drift): readonly LateAuthor[] => {
    const attribution = authorNow(drift, inputs);
    return attribution === null ? [] : [{ difference: drift.difference, attribution, drift }];
  });
  // A later event may correct a name, too.
  const after = known.map((drift): UnattributedDrift => {
    const attribution = found.find((one) => one.drift === drift)?.attribution ?? drift.attribution;
    return { ...drift, attribution };
  });
  return { found, unattributed: after };
}

/** The authors that this pass found of differences that ended before it, and those that are still sought, or may be corrected. */
export function settleAuthors(
  ending: EndedIncident,
  inputs: LateInputs,
): LateAuthors & { readonly facts: readonly AuditFact[] } {
  const { key, record } = ending.view.subject;
  const late = lateAuthors(record, inputs);
  const unattributed = [...late.unattributed, ...endedUnattributed(ending)];
  return { found: late.found, unattributed, facts: authorFacts(key, late) };
}

/** null: no event that explains more than before is known. */
function authorNow(drift: UnattributedDrift, { pass, writes }: LateInputs): Attribution | null {
  if (pass.changes === undefined) return null;
  const { sinceMs, seenUntilMs, lastCleanMs, attribution: before } = drift;
  const difference = driftOfFingerprint(drift.fingerprint);
  const changes = withRecorded(difference, { changes: pass.changes, before, readMs: sinceMs });
  const clockOffset = spannedOffset(drift.clockOffset, pass.clockOffset ?? null);
  const seen = { fromMs: sinceMs, toMs: seenUntilMs };
  const after = attributionOf(difference, { changes, writes, lastCleanMs, seen, clockOffset });
  const attribution = revised(before, after);
  return attribution === null || attribution.kind === "unknown" ? null : attribution;
}

/** What a pass finds of the drift of a key. */
export interface DriftChanges {
  readonly ended: readonly EndedDrift[];
  /** By fingerprint, including the ended ones: those of before and those that the pass found. */
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
  readonly incident: DriftIncident;
}

interface EndedIncident extends DriftChanges {
  readonly view: JudgedView;
}

/** The differences that ended in this pass, unless Grantkeeper ended them by applying Git. */
function endedUnattributed({
  view,
  ended,
  openDrifts,
  incident,
}: EndedIncident): readonly UnattributedDrift[] {
  const seen = new Map(view.judged.drifts.map((drift) => [driftFingerprint(drift), drift]));
  const incidentMs = incident.ended?.sinceMs ?? incident.sinceMs;
  return ended.flatMap(({ fingerprint, sinceMs, how }): readonly UnattributedDrift[] => {
    if (how !== "reverted" && how !== "gone") return [];
    const open = openDrifts[fingerprint];
    const { difference, lastCleanMs = null, seenUntilMs, attribution } = open ?? {};
    if (open === undefined || difference === undefined || lastCleanMs === null || seenUntilMs === undefined)
      return [];
    if (attribution === undefined) return [];
    const drift = seen.get(fingerprint);
    const severity = (drift === undefined ? open.risks.length > 0 : isSecurity(drift)) ? "security" : "other";
    const isAlerted = incidentMs !== null && sinceMs >= incidentMs && drift?.tier !== "metadata";
    const alertedAs = isAlerted ? severity : null;
    return [{ ...open, fingerprint, difference, sinceMs, lastCleanMs, seenUntilMs, attribution, alertedAs }];
  });
}

/** The record of a key with the differences whose author is sought. */
export function withUnattributed(record: KeyRecord, unattributed: readonly UnattributedDrift[]): KeyRecord {
  const { unattributed: _, ...others } = record;
  return unattributed.length === 0
    ? others
    : { ...others, unattributed: unattributed.slice(-MOST_UNATTRIBUTED) };
}

/** One for each pass that had found differences: they are in one entry of the record, whose number the recorder knows. */
function authorFacts(
  key: KeyRecord["key"],
  { found }: LateAuthors,
): readonly Extract<AuditFact, { readonly kind: "drift-author-found" }>[] {
  return [...Map.groupBy(found, ({ drift }) => drift.sinceMs)]
    .toSorted(([a], [b]) => a - b)
    .map(([sinceMs, authors]) => ({
      kind: "drift-author-found",
      key,
      fields: [
        ...new Set(authors.map(({ drift }) => driftOfFingerprint(drift.fingerprint).change.kind)),
      ].sort(),
      found: null,
      since: new Date(sinceMs).toISOString(),
      authors: authors.map(({ difference, attribution }) => ({ difference, attribution })),
    }));
}
