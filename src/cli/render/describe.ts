import type { BindingObject, DriftObject } from "../../api/bindings.ts";
import type { AuditEvent } from "../../api/events.ts";
import { driftLine } from "../../plan/render.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Key } from "../../model/key.ts";
import { ownerText, placeText } from "../target.ts";
import { lastLines } from "./describe-last.ts";
import { callerRows, grantRows, type PermissionText } from "./describe-permissions.ts";
import { roleLines } from "./describe-role.ts";
import { whyOf } from "./resource-tables.ts";
import { grid, table, type Column } from "./table.ts";
import { age, ago, clockTime } from "./time.ts";
import { shortHash } from "./words.ts";

/** One function (or ManagedPolicy) with all that is known of it. */
export interface DescribeFacts {
  /** Of one owner, sorted by key. */
  readonly bindings: readonly BindingObject[];
  readonly drifts: readonly DriftObject[];
  /** About these keys, newest first. */
  readonly events: readonly AuditEvent[];
  /** By short revision: who wrote its commits, as they claim. */
  readonly authors: ReadonlyMap<string, string>;
  /** `main@sha1:…`, null before the first. */
  readonly accepted: string | null;
  readonly nowMs: number;
}

export function describeLines(facts: DescribeFacts): readonly string[] {
  const { bindings, nowMs } = facts;
  const [first] = bindings;
  if (first === undefined) return [];
  const blocks = [
    [headLine(first, facts.accepted)],
    targetLines(bindings, nowMs),
    ...bindings.map((binding) => driftBlock(binding, facts)),
    ...sameOnce(bindings, "May do", grantRows),
    ...sameOnce(bindings, "May be called by", callerRows),
    roleLines(bindings),
    noteLines(bindings),
    notWatched(bindings),
    lastLines(facts.events, { authors: facts.authors, nowMs }),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, at) => (at === 0 ? block : ["", ...block]));
}

function headLine({ spec }: BindingObject, accepted: string | null): string {
  const { desired, source, key } = spec;
  const file =
    source === null
      ? "no longer in git"
      : `${source.file}${accepted === null ? "" : ` @ ${shortHash(accepted)}`}`;
  const what = desired === null || !("functionName" in desired) ? "" : `function ${desired.functionName}`;
  return [ownerText(key), file, what].filter((part) => part !== "").join("     ");
}

function targetLines(bindings: readonly BindingObject[], nowMs: number): readonly string[] {
  const columns: readonly Column<BindingObject>[] = [
    { title: "TARGET", cell: ({ status }) => placeText(status) },
    { title: "MODE", cell: ({ status }) => status.mode },
    { title: "SYNC", cell: ({ status }) => status.sync },
    { title: "VERIFIED", cell: ({ status }) => ago(status.lastVerifiedAt, nowMs) },
    { title: "APPLIED", cell: ({ status }) => shortHash(status.lastAppliedRevision) },
    { title: "WHY", cell: ({ status }) => targetWhy(status, nowMs) },
  ];
  return table(columns, bindings);
}

function targetWhy({ drift, mode, conditions }: BindingObject["status"], nowMs: number): string {
  const why = whyOf(conditions);
  if (drift === null) return why;
  const since = `drift for ${age(drift.since, nowMs)}`;
  if (mode === "observe") return `${since}, it is observed only`;
  return why === "" ? since : `${since}; ${why}`;
}

function driftBlock({ spec, status }: BindingObject, { drifts, nowMs }: DescribeFacts): readonly string[] {
  const own = drifts.filter((drift) => drift.status.key === spec.key);
  if (own.length === 0) return [];
  const [since] = own.flatMap((drift) => (drift.status.since === null ? [] : [drift.status.since])).sort();
  const when = since === undefined ? "differs" : `differs since ${clockTime(since, nowMs)}`;
  return [`${placeText(status)} ${when}`, ...own.map((drift) => `  ${driftLine(drift.status)}`)];
}

/** Targets whose lines are the same are told once. */
function sameOnce(
  bindings: readonly BindingObject[],
  title: string,
  rowsOf: (binding: DesiredBinding, object: BindingObject) => readonly PermissionText[],
): readonly (readonly string[])[] {
  const written = bindings.flatMap((object) => {
    const { desired } = object.spec;
    if (desired === null || !("role" in desired)) return [];
    const rows = rowsOf(desired, object).map(({ what, on, from, remark }) => [what, on, from, remark]);
    return rows.length === 0 ? [] : [{ place: placeText(object.status), rows, text: JSON.stringify(rows) }];
  });
  const groups = [...Map.groupBy(written, ({ text }) => text).values()];
  return groups.map((group) => {
    const places =
      group.length === written.length && written.length > 1
        ? "everywhere"
        : group.map(({ place }) => place).join(", ");
    return [`${title} (${places})`, ...grid(group[0]?.rows ?? []).map((line) => `  ${line}`)];
  });
}

/** What is no drift and worth knowing: told of a target where not all have it. */
function noteLines(bindings: readonly BindingObject[]): readonly string[] {
  const byNote = new Map<string, string[]>();
  for (const { status } of bindings)
    for (const note of status.notes) byNote.set(note, [...(byNote.get(note) ?? []), placeText(status)]);
  return [...byNote].map(([note, places]) =>
    places.length === bindings.length ? `Note  ${note}` : `Note  ${places.join(", ")}: ${note}`,
  );
}

function notWatched(bindings: readonly BindingObject[]): readonly string[] {
  const all = [...new Set(bindings.flatMap(({ status }) => status.notWatched))];
  return all.length === 0 ? [] : [`Not watched: ${all.join(", ")}`];
}

export function ownersOf(bindings: readonly BindingObject[]): readonly (readonly BindingObject[])[] {
  const kind = (key: Key): string => key.slice(0, key.indexOf("/"));
  return [...Map.groupBy(bindings, ({ spec }) => `${kind(spec.key)} ${ownerText(spec.key)}`).values()];
}
