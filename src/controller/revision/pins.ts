import {
  pinInForce,
  type RollbackEnding,
  type ShownPin,
  type SourcePin,
} from "../../model/keys/source-pin.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import type { ControllerContext } from "../settings.ts";
import { reportName } from "../state/recorded-reports.ts";
import { holdRevision } from "./intake.ts";
import { changedWaitNotes } from "./merged/waiting-notes.ts";
import type { FetchResult } from "./revisions.ts";
import type { SourceIntake } from "./sources/intake-of-source.ts";
import { knownSources } from "./sources/known-sources.ts";

/** On the screens and in the metric. */
export function showPin(pin: ShownPin | null, { context: { ports }, target }: SourceIntake): void {
  target.memory.pinned(pin);
  ports.telemetry.gauge("source_rolled_back", pin === null ? 0 : 1, { source: target.source.name });
}

/** Nothing of what was fetched is applied. The next fetch is due when the pin ends, if not before. */
export async function keepPinned(
  { pin, held, verified }: Extract<FetchResult, { readonly kind: "pinned" }>,
  intake: SourceIntake,
): Promise<void> {
  const { memory } = intake.target;
  if (held === null) memory.fetched(intake.context.ports.clock.nowMs(), { held, verified });
  else await holdRevision(held, intake);
  memory.fetchAt(Math.min(memory.fetchDueMs, Date.parse(pin.until)));
}

/** The record without a pin that has ended by itself, which is in the audit record then. */
export async function withoutEndedPin(intake: SourceIntake): Promise<SourceIntake> {
  const { record, context } = intake;
  if (record?.pin === undefined) return intake;
  if (pinInForce(record, await context.ports.store.nowMs()) !== null) return intake;
  return { ...intake, record: await endPin(intake, { ...record, pin: record.pin }, null) };
}

/** The same revision stays in force until another time. */
export async function changePin(pin: SourcePin, record: SourceRecord, intake: SourceIntake): Promise<void> {
  const { ports } = intake.context;
  const { revision, from, actor, reason, until } = pin;
  await ports.recorder.record({
    facts: [{ kind: "rolled-back", source: record.source, revision, from, actor, reason, until }],
    change: { sources: [{ ...record, pin }] },
    alerts: changedWaitNotes(pin, intake),
  });
  showPin({ ...pin, waiting: intake.target.memory.memory.pin?.waiting ?? null }, intake);
}

/** Its revision stays in force until a newer one is. @param by null: it ended by itself */
export async function endPin(
  intake: SourceIntake,
  { pin, ...rest }: SourceRecord & { readonly pin: SourcePin },
  by: { readonly actor: string; readonly reason: string } | null,
): Promise<SourceRecord> {
  const { ports } = intake.context;
  const { revision } = pin;
  const fact = { kind: "rollback-ended", source: rest.source, revision } as const;
  const until = by === null ? pin.until : new Date(await ports.store.nowMs()).toISOString();
  const pastPin = { ...pin, until };
  const ended = { ...rest, pastPin };
  await ports.recorder.record({
    facts: [{ ...fact, ...by }],
    change: { sources: [ended] },
    alerts: [],
  });
  showPin({ ...pastPin, ended: true, waiting: intake.target.memory.memory.pin?.waiting ?? null }, intake);
  return ended;
}

const WARN_BEFORE_MS = 900_000;

/** The pins that end soon, by the name of their warning, which each gets once; a pin with another end is another one. */
export function endingPins(context: ControllerContext, nowMs: number): ReadonlyMap<string, RollbackEnding> {
  return new Map(
    knownSources(context).flatMap(({ source: { name: source }, namespace, memory }) => {
      const { pin } = memory.memory;
      const leftMs = pin === null ? 0 : Date.parse(pin.until) - nowMs;
      if (pin === null || leftMs <= 0 || leftMs > WARN_BEFORE_MS) return [];
      const isHeld = pin.waiting !== null && memory.memory.held?.revision === pin.waiting;
      const about = { source, namespace, ...(isHeld && { isHeld }) };
      return [[reportName("rollback-ending", `${source} ${pin.until}`), warning(about, pin)] as const];
    }),
  );
}

function warning(
  of: Pick<RollbackEnding, "source" | "namespace" | "isHeld">,
  { revision, waiting, until, actor, reason: given }: ShownPin,
): RollbackEnding {
  const reason = of.namespace === null ? given : null;
  const next = waiting === null ? null : shortRevision(waiting);
  return { kind: "rollback-ending", ...of, revision: shortRevision(revision), next, until, actor, reason };
}

/** The pin that is shown, also one that has ended, until a newer revision is in force. */
export function shownPin(fetched: FetchResult, { record, target }: SourceIntake): ShownPin | null {
  const pin = record?.pin ?? record?.pastPin ?? null;
  if (pin === null) return null;
  const newest = newestOf(fetched) ?? target.memory.memory.pin?.waiting ?? null;
  const waiting = newest === pin.revision ? null : newest;
  return { ...pin, waiting, ...(record?.pin === undefined && { ended: true }) };
}

function newestOf(fetched: FetchResult): Revision | null {
  if (fetched.kind === "pinned") return fetched.newest;
  if (fetched.kind === "new") return fetched.snapshot.revision;
  return fetched.kind === "held" ? fetched.revision : null;
}
