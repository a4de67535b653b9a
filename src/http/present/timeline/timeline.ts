import type { TimelineObject } from "../../../api/questions.ts";
import type { TimelineDrift, TimelineStep } from "../../../model/reads/timeline.ts";
import type { TimelineRange } from "../../../model/reads/timeline-range.ts";
import type { AccountView, Control } from "../../../controller/ports/control.ts";
import type { TimelineRecord } from "../../../controller/ports/browser/timeline-record.ts";
import { accountIdOf, keyParts, type Key } from "../../../model/keys/key.ts";
import { byTextOf } from "../../../text/order.ts";
import { seesEverything } from "../../access/access.ts";
import { visibleKeys, type Reader } from "../../request/reader.ts";
import { answeredInSlices } from "../../request/slices.ts";
import { visibleEntry } from "../events.ts";
import { envelope, isoTime } from "../metadata.ts";
import { firstDeclared } from "./declared.ts";
import { openDrift } from "./drifts.ts";
import { shownEndedDrifts, joinedByKey } from "./ended.ts";
import { gapsIn, shownGap, type FoundGap } from "./gaps.ts";
import { coveredSteps, ownersInSteps, type Period, type TimeSpan } from "./spans.ts";

const HOUR_MS = 3_600_000;
/** How long each range is, and each of its steps. */
const RANGES = {
  "24h": { rangeMs: 24 * HOUR_MS, stepMs: HOUR_MS / 4 },
  "7d": { rangeMs: 7 * 24 * HOUR_MS, stepMs: 2 * HOUR_MS },
  "30d": { rangeMs: 30 * 24 * HOUR_MS, stepMs: 6 * HOUR_MS },
} as const satisfies Record<TimelineRange, { readonly rangeMs: number; readonly stepMs: number }>;

/** The most rows of each list. */
const LISTED = 200;

/**
 * The clock of an entry may be a little ahead of this one. Later times are not known, and are never shown as free of
 * drift.
 */
const AHEAD_MS = 60_000;

interface TimelineQuestion {
  /** null: of all that the token sees. */
  readonly namespace: string | null;
  readonly range: TimelineRange;
  /** The end of the range; null: now. */
  readonly untilMs: number | null;
}

/** Of what began before the end of the range. */
interface OpenNow {
  readonly drifts: readonly TimelineDrift[];
  readonly notCompared: number;
}

/** Reads a limited number of entries of the record. */
export async function timeline(
  reader: Reader,
  control: Control,
  { namespace, range, untilMs }: TimelineQuestion,
): Promise<TimelineObject> {
  const { rangeMs, stepMs } = RANGES[range];
  const toMs = Math.min(untilMs ?? reader.nowMs, reader.nowMs + AHEAD_MS);
  const period = { fromMs: toMs - rangeMs, toMs, stepMs };
  const keys = visibleKeys(reader).filter(
    (key) => namespace === null || keyParts(key).namespace === namespace,
  );
  const open = await openNow(reader, keys, toMs);
  const openSinceMs = open.drifts.reduce((least, { since }) => Math.min(least, Date.parse(since)), Infinity);
  const record = await control.timeline({ sinceMs: period.fromMs, openSinceMs });
  const accounts = accountsOf(reader, { keys, namespace });
  const gaps = gapsIn(period, {
    accounts,
    record,
    sweepMs: reader.world.overview.sweepMs,
    nowMs: reader.nowMs,
  });
  const drifts = driftsAt(toMs, open.drifts, visibleIn({ reader, control, namespace }, record));
  return {
    ...envelope("Timeline", { name: "timeline" }),
    status: {
      from: isoTime(period.fromMs),
      to: isoTime(period.toMs),
      stepSeconds: stepMs / 1_000,
      steps: stepsOf(period, { drifts: [...drifts.open, ...drifts.ended], gaps, accounts: accounts.length }),
      accounts: accounts.length,
      notCompared: open.notCompared,
      driftingPolicies: drifts.open.filter(({ key }) => keyParts(key).kind === "policy").length,
      drifting: drifts.open.slice(0, LISTED),
      ended: drifts.ended.slice(0, LISTED),
      gaps: gaps.slice(0, LISTED).map(shownGap),
      omitted: {
        drifting: Math.max(0, drifts.open.length - LISTED),
        ended: Math.max(0, drifts.ended.length - LISTED),
        gaps: Math.max(0, gaps.length - LISTED),
      },
    },
  };
}

/** As they were at that time: what ended later was open, and what began later was not there. */
function driftsAt(
  toMs: number,
  openNow: readonly TimelineDrift[],
  record: Pick<TimelineRecord, "ended" | "found" | "accepted">,
): { readonly open: readonly TimelineDrift[]; readonly ended: readonly TimelineDrift[] } {
  const all = shownEndedDrifts(record, toMs);
  const later = all.filter(({ ended }) => ended === null);
  const open = openNow.map((drift) => firstDeclared(drift, record, toMs));
  return {
    open: joinedByKey([...open, ...later]).toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since)),
    ended: all.filter(({ ended }) => ended !== null),
  };
}

async function openNow(reader: Reader, keys: readonly Key[], toMs: number): Promise<OpenNow> {
  const drifts: TimelineDrift[] = [];
  let notCompared = 0;
  for await (const key of answeredInSlices(keys)) {
    const record = reader.world.records.get(key);
    if (record?.status?.sync === "Unknown") notCompared += 1;
    const drift = record === undefined ? null : openDrift(reader, record, toMs);
    if (drift !== null) drifts.push(drift);
  }
  return { drifts, notCompared };
}

/** Those with a key of the question; a token that sees everything also sees those without keys. */
function accountsOf(
  { world, access }: Reader,
  { keys, namespace }: { readonly keys: readonly Key[]; readonly namespace: string | null },
): readonly AccountView[] {
  const isAll = seesEverything(access) && namespace === null;
  const named = new Set<string>(keys.map((key) => accountIdOf(key)));
  return [...world.accounts.values()]
    .filter(({ id }) => isAll || named.has(id))
    .toSorted(byTextOf(({ name }) => name));
}

/** What the token sees of the entries. Authors of commits are those of all namespaces. */
function visibleIn(
  {
    reader: { access },
    control,
    namespace,
  }: {
    readonly reader: Reader;
    readonly control: Control;
    readonly namespace: string | null;
  },
  { ended, found, accepted }: TimelineRecord,
): Pick<TimelineRecord, "ended" | "found" | "accepted"> {
  const visible = <Entry extends TimelineRecord["ended" | "found"][number]>(
    entries: readonly Entry[],
  ): readonly Entry[] =>
    entries.flatMap((entry) => {
      if (namespace !== null && keyParts(entry.key).namespace !== namespace) return [];
      const shown = visibleEntry({ control, access }, entry);
      return shown === null ? [] : [shown as Entry];
    });
  return {
    ended: visible(ended),
    found: visible(found),
    accepted: seesEverything(access) ? accepted : [],
  };
}

function stepsOf(
  period: Period,
  {
    drifts,
    gaps,
    accounts,
  }: {
    readonly drifts: readonly TimelineDrift[];
    readonly gaps: readonly FoundGap[];
    readonly accounts: number;
  },
): readonly TimelineStep[] {
  const drifting = ownersInSteps(
    drifts.map((drift) => spanOf(drift, period)),
    period,
  );
  const owned = gaps.map((gap) => ({ ...gap, owner: gap.account?.id ?? "" }));
  const ofAccounts = owned.filter(({ account }) => account !== null);
  const ofAll = owned.filter(({ account }) => account === null);
  const unread = ownersInSteps(ofAccounts, period);
  const unreadAll = ownersInSteps(ofAll, period);
  const entire = ofAccounts.filter(({ regions }) => regions.length === 0);
  const isDark = coveredSteps(entire, accounts, period);
  const isDarkForAll = coveredSteps(ofAll, 1, period);
  return drifting.map((count, at) => ({
    at: isoTime(period.fromMs + at * period.stepMs),
    drifting: count === 0 && (isDark[at] === true || isDarkForAll[at] === true) ? null : count,
    unread: (unreadAll[at] ?? 0) > 0 ? accounts : (unread[at] ?? 0),
  }));
}

function spanOf(
  { key, since, ended }: TimelineDrift,
  { toMs }: Period,
): TimeSpan & { readonly owner: string } {
  const fromMs = Date.parse(since);
  // A drift that was found and reverted by one pass still counts in its step.
  const endMs = ended === null ? toMs : Math.max(Date.parse(ended.at), fromMs + 1);
  return { owner: key, fromMs, toMs: endMs };
}
