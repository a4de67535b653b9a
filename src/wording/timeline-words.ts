import type { Timeline, TimelineDrift, TimelineGap } from "../model/reads/timeline.ts";
import type { Attribution } from "../model/changes/attribution.ts";
import { actorText } from "../model/changes/author-text.ts";
import type { RecordedDriftEnd } from "../model/drift.ts";
import { shortRevision } from "../model/values/revision.ts";
import { formatDuration, formatSpan, formatUpperBound } from "../model/values/duration.ts";
import { clockSecond, type ScreenClock } from "./time.ts";
import { boundText } from "./words.ts";
import { counted } from "../text/phrases.ts";

const ENDS = {
  reverted: "reverted by Grantkeeper",
  applied: "now as declared",
  gone: "no longer differs",
  released: "released, no longer compared",
  "account-removed": "account no longer declared, may still differ",
} as const satisfies Record<RecordedDriftEnd, string>;

/** How a drift ended; null: it has not. */
export function endWords({ ended }: TimelineDrift): string | null {
  return ended === null ? null : ENDS[ended.how];
}

/** What differs, or differed. */
export function changeWords({ changes }: TimelineDrift): readonly string[] {
  return changes.length === 0 ? ["what differed then is not known"] : changes;
}

const NOT_KNOWN = "author not known";
const BEFORE_FIRST_APPLY = "no author: a change of Git or of AWS, nothing was applied here yet";
const BEFORE_FIRST_APPLIED = "no author: a change of Git or of AWS, nothing had been applied here yet";
const NO_AUTHORS: readonly string[] = [NOT_KNOWN, BEFORE_FIRST_APPLY, BEFORE_FIRST_APPLIED];

/** Words that name no one. */
export function isNoAuthor(words: string): boolean {
  return NO_AUTHORS.includes(words);
}

/** Who made it: each caller once. What Git alone made has no author in AWS. */
export function authorWords(drift: TimelineDrift): string {
  const {
    authors,
    declaredIn,
    declaredBy = [],
    declaredByUnknown: unknown,
    ended,
    isBeforeFirstApply,
  } = drift;
  const named = [...new Set(authors.flatMap(({ attribution }) => namesOf(attribution)))];
  if (named.length > 0) return named.join("; ");
  if (declaredIn === undefined) return isBeforeFirstApply === true ? BEFORE_FIRST_APPLY : NOT_KNOWN;
  // Git alone makes a difference only as long as nothing was applied: it is then no change that someone made.
  if (ended !== null) return BEFORE_FIRST_APPLIED;
  const by = unknown === undefined ? commitAuthors(declaredBy) : [`${NOT_KNOWN}: ${unknown}`];
  return `Git (${[shortRevision(declaredIn), ...by].join(", ")}), not applied yet`;
}

const AUTHORS_SHOWN = 2;

/** `commits by Dana Ruiz and 3 others, unverified`: anyone can write any author into a commit. */
function commitAuthors(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length - AUTHORS_SHOWN;
  const shown = [...names.slice(0, AUTHORS_SHOWN), ...(more > 0 ? [counted(more, "other")] : [])];
  return [`commits by ${shown.join(" and ")}`, "unverified"];
}

function namesOf(attribution: Attribution): readonly string[] {
  if (attribution.kind === "unknown") return [];
  if (attribution.kind === "named") return [actorText(attribution.change.actor)];
  const names = [...new Set(attribution.changes.map(({ actor }) => actorText(actor)))];
  return [`not certain: ${names.join(" or ")}`];
}

/** `prod, eu-west-1`; an entire account has no regions, and a gap of all accounts no account. */
export function gapPlace({ account, regions }: TimelineGap): string {
  return account === null ? "all accounts" : [account, ...regions].join(", ");
}

/** Why it is not known, in the zone of the screen. */
export function gapReason({ reason, startedAt }: TimelineGap, clock: number | ScreenClock): string {
  return startedAt === undefined
    ? reason
    : `${reason}; the controller started at ${clockSecond(startedAt, clock)}`;
}

/**
 * How long a drift was open. A drift that a reading showed first may have begun after the reading before it: the
 * longest time counts.
 */
export function openFor({ since, lastCleanAt, ended }: TimelineDrift, nowMs: number): string {
  if (ended === null) return formatDuration(Math.max(0, nowMs - Date.parse(since)));
  const endMs = Date.parse(ended.at);
  if (lastCleanAt === null) return `at least ${formatSpan(Math.max(0, endMs - Date.parse(since)))}`;
  return `at most ${formatUpperBound(Math.max(0, endMs - Date.parse(lastCleanAt)))}`;
}

/** The answer: what drifts now, and whether that is known of everything. */
export function nowWords(timeline: Timeline): string {
  const { drifting, driftingPolicies, omitted, gaps, accounts, notCompared } = timeline;
  const count = drifting.length + omitted.drifting;
  const open = new Set(gaps.flatMap(({ account, until }) => (until === null ? [account] : [])));
  const unknown = [
    ...(open.size > 0
      ? [`${open.has(null) ? accounts : open.size} of ${counted(accounts, "account")} not read`]
      : []),
    ...(notCompared > 0 ? [`${counted(notCompared, "binding")} not compared`] : []),
  ];
  const known =
    count > 0
      ? `Drifting now: ${boundText(count - driftingPolicies, driftingPolicies)}`
      : "No drift found now";
  if (accounts === 0) return "Drift is not known: no account is read";
  return unknown.length === 0 ? known : `${known}; not known: ${unknown.join(", ")}`;
}

/** The highest bar of the picture: how many had a difference at some time within its step. */
export function highestBarText(count: number): string {
  if (count === 1) return "highest bar: 1 binding or policy";
  return `highest bar: ${count} bindings and policies, not necessarily at the same time`;
}
