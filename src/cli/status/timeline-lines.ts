import type { Timeline, TimelineDrift } from "../../model/reads/timeline.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import { formatSpan } from "../../model/values/duration.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import type { Layout } from "../screen/layout.ts";
import { messageTable } from "../screen/message-table.ts";
import { clockSecond, clockTime } from "../../wording/time.ts";
import {
  authorWords,
  changeWords,
  endWords,
  gapPlace,
  gapReason,
  isNoAuthor,
  nowWords,
  openFor,
} from "../../wording/timeline-words.ts";

/** The most rows of each table; `-o wide` shows all. */
const SHOWN = 20;
const WIDEST_CHART = 72;

interface TimelineScreen {
  readonly accounts: ReadonlyMap<string, string>;
  readonly layout: Layout;
}

/** What drifts and since when, what drifted, and when neither is known. */
export function timelineLines(timeline: Timeline, screen: TimelineScreen): readonly ScreenLine[] {
  const { drifting, ended, omitted } = timeline;
  return [
    nowWords(timeline),
    "",
    ...chartLines(timeline, screen.layout),
    ...driftTable("Drifting", { drifts: drifting, omitted: omitted.drifting }, { timeline, screen }),
    ...driftTable("Ended", { drifts: ended, omitted: omitted.ended }, { timeline, screen }),
    ...gapTable(timeline, screen.layout),
  ];
}

/** The chart of the steps: a column of several steps shows the highest count, and never a part that is not known as no drift. */
export function chartText(steps: Timeline["steps"], columns: number): string {
  const each = Math.ceil(steps.length / columns);
  const groups = Array.from({ length: Math.ceil(steps.length / each) }, (_, at) =>
    steps.slice(at * each, (at + 1) * each),
  );
  return groups.map(columnText).join("");
}

function columnText(steps: Timeline["steps"]): string {
  const most = Math.max(...steps.map(({ drifting }) => drifting ?? 0));
  if (most > 9) return "+";
  if (most > 0) return String(most);
  return steps.some(({ unread, drifting }) => drifting === null || unread > 0) ? "?" : "_";
}

function chartLines({ steps, from, to }: Timeline, { width }: Layout): readonly string[] {
  const chart = chartText(steps, Math.min(WIDEST_CHART, width));
  const start = `${formatSpan(Date.parse(to) - Date.parse(from))} ago`;
  const end = "now".padStart(Math.max(4, chart.length - start.length));
  return [
    chart,
    `${start}${end}`,
    "_ no drift   1-9 that many drift   + over 9   ? not known: no complete read",
  ];
}

function driftTable(
  title: string,
  { drifts, omitted }: { readonly drifts: readonly TimelineDrift[]; readonly omitted: number },
  { timeline, screen }: { readonly timeline: Timeline; readonly screen: TimelineScreen },
): readonly ScreenLine[] {
  if (drifts.length === 0) return [];
  const { layout, accounts } = screen;
  const nowMs = Date.parse(timeline.to);
  const rows = layout.isWide ? drifts : drifts.slice(0, SHOWN);
  const left = drifts.length - rows.length + omitted;
  return [
    "",
    title,
    ...messageTable(
      [
        { title: "TARGET", cell: ({ key }) => targetText(addressOf(key, accounts)) },
        { title: "SINCE", cell: ({ since }) => clockSecond(since, nowMs) },
        { title: "FOR", cell: (drift) => openFor(drift, nowMs) },
      ],
      { title: "CHANGES", texts: textsOf },
      { rows, layout },
    ),
    ...(left > 0 ? [`${left} more${omitted > 0 ? "" : ": -o wide"}`] : []),
  ];
}

function textsOf(drift: TimelineDrift): readonly string[] {
  const end = endWords(drift);
  const entry = drift.ended === null ? "" : `, entry ${drift.ended.entry}`;
  return [
    changeWords(drift).join("; "),
    ...(drift.risks.length > 0 ? [`risk: ${drift.risks.join(", ")}`] : []),
    byText(drift),
    ...(end === null ? [] : [`${end}${entry}`]),
  ];
}

function byText(drift: TimelineDrift): string {
  const author = authorWords(drift);
  return isNoAuthor(author) ? author : `by ${author}`;
}

function gapTable({ gaps, omitted, to }: Timeline, layout: Layout): readonly ScreenLine[] {
  if (gaps.length === 0) return [];
  const nowMs = Date.parse(to);
  const rows = layout.isWide ? gaps : gaps.slice(0, SHOWN);
  const left = gaps.length - rows.length + omitted.gaps;
  return [
    "",
    "Not known",
    ...messageTable(
      [
        { title: "PLACE", cell: gapPlace },
        { title: "FROM", cell: ({ since }) => clockTime(since, nowMs) },
        { title: "UNTIL", cell: ({ until }) => (until === null ? "now" : clockTime(until, nowMs)) },
      ],
      { title: "REASON", texts: (gap) => [gapReason(gap, nowMs)] },
      { rows, layout },
    ),
    ...(left > 0 ? [`${left} more${omitted.gaps > 0 ? "" : ": -o wide"}`] : []),
  ];
}
