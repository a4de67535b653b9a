import type { AuditEvent } from "../../api/events.ts";
import { formatDuration } from "../../model/duration.ts";
import { eventsDelta } from "./event-delta.ts";
import { grid } from "./table.ts";
import { age } from "./time.ts";
import { counted, shortHash } from "./words.ts";

const AT_MOST = 5;

interface LastContext {
  /** By short revision: who wrote its commits, as they claim. */
  readonly authors: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** What was written and what was reverted last, newest first. `events` are newest first. */
export function lastLines(events: readonly AuditEvent[], context: LastContext): readonly string[] {
  const rows = [...writeRows(events, context), ...revertRows(events, context)]
    .toSorted((a, b) => b.seq - a.seq)
    .slice(0, AT_MOST)
    .map(({ cells }) => cells);
  return rows.length === 0 ? [] : ["Last", ...grid(rows).map((line) => `  ${line}`)];
}

interface LastRow {
  readonly seq: number;
  readonly cells: readonly string[];
}

/** One row a pass. */
function writeRows(events: readonly AuditEvent[], { authors, nowMs }: LastContext): readonly LastRow[] {
  const writes = events.filter(({ kind }) => kind === "write-intended");
  const failed = new Set(
    events
      .filter(({ kind, outcome }) => kind === "write-finished" && outcome === "failed")
      .map(({ intent }) => intent),
  );
  return [...Map.groupBy(writes, ({ pass }) => pass).values()].flatMap((group): readonly LastRow[] => {
    const [newest] = group;
    if (newest === undefined) return [];
    const revision = shortHash(textOf(newest["revision"]));
    const author = authors.get(revision);
    const calls = [...new Set(group.map((event) => textOf(event["call"])))].toReversed();
    const change = eventsDelta(group.toReversed());
    const failures = group.filter(({ seq }) => failed.has(seq)).length;
    const count = `${counted(group.length, "call")}${failures === 0 ? "" : `, ${failures} failed`}`;
    return [
      {
        seq: newest.seq,
        cells: [
          age(newest.at, nowMs),
          revision,
          author === undefined ? "" : `${author} (claimed)`,
          count,
          change === "" ? calls.join(", ") : change,
        ],
      },
    ];
  });
}

function revertRows(events: readonly AuditEvent[], { nowMs }: LastContext): readonly LastRow[] {
  return events
    .filter(({ kind, how }) => kind === "drift-ended" && how === "reverted")
    .map((ended) => {
      const found = events.find(
        (event) => event.kind === "drift-found" && event.seq < ended.seq && event["key"] === ended["key"],
      );
      const stood =
        found === undefined ? "" : `stood ${formatDuration(Date.parse(ended.at) - Date.parse(found.at))}`;
      const fields = Array.isArray(ended["fields"]) ? ended["fields"].map(String).join(", ") : "";
      return { seq: ended.seq, cells: [age(ended.at, nowMs), "reverted", stood, "", fields] };
    });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
