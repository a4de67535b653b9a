import type { AlertEvent } from "../../model/alert-event.ts";
import {
  pinInForce,
  type RollbackEnding,
  type ShownPin,
  type SourcePin,
} from "../../model/keys/source-pin.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { ControllerContext } from "../settings.ts";
import type { Fetched } from "./revisions.ts";
import type { SourceIntake } from "./sources/intake-of-source.ts";
import { knownSources } from "./sources/known-sources.ts";

/** Nothing of what was fetched is applied. The next fetch is due when the pin ends, if not before. */
export function keepPinned(
  { pin, newest, verified }: Extract<Fetched, { readonly kind: "pinned" }>,
  { context: { ports }, target: { memory } }: SourceIntake,
): void {
  memory.fetched(ports.clock.nowMs(), { held: null, verified });
  memory.pinned({ ...pin, waiting: newest === pin.revision ? null : newest });
  memory.fetchAt(Math.min(memory.fetchDueMs, Date.parse(pin.until)));
}

/** The record without a pin that has ended by itself, which is in the audit log then. */
export async function withoutEndedPin(intake: SourceIntake): Promise<SourceIntake> {
  const { record, context } = intake;
  if (record?.pin === undefined) return intake;
  if (pinInForce(record, await context.ports.store.nowMs()) !== null) return intake;
  return { ...intake, record: await endPin(intake, { ...record, pin: record.pin }, null) };
}

/** The same revision stays in force until another time. */
export async function changePin(
  pin: SourcePin,
  record: SourceRecord,
  { context: { ports }, target: { memory } }: SourceIntake,
): Promise<void> {
  const { revision, from, actor, reason, until } = pin;
  await ports.recorder.record({
    facts: [{ kind: "rolled-back", source: record.source, revision, from, actor, reason, until }],
    change: { sources: [{ ...record, pin }] },
    alerts: [],
  });
  memory.pinned({ ...pin, waiting: memory.memory.pin?.waiting ?? null });
}

/** @param by null: it ended by itself */
export async function endPin(
  { context: { ports }, target }: SourceIntake,
  { pin: { revision }, ...rest }: SourceRecord & { readonly pin: SourcePin },
  by: { readonly actor: string; readonly reason: string } | null,
): Promise<SourceRecord> {
  const fact = { kind: "rollback-ended", source: rest.source, revision } as const;
  await ports.recorder.record({
    facts: [{ ...fact, ...by }],
    change: { sources: [rest] },
    alerts: [],
  });
  target.memory.pinned(null);
  return rest;
}

const WARN_BEFORE_MS = 900_000;

/** Warns of each pin once before it ends; a pin with another end is another one. */
export class PinWarnings {
  readonly #context: ControllerContext;
  readonly #warned = new Set<string>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** `reported`: they are in the record; otherwise the next tick finds them again. */
  found(nowMs: number): { readonly alerts: readonly AlertEvent[]; readonly reported: () => void } {
    const ending = knownSources(this.#context).flatMap(({ source: { name: source }, namespace, memory }) => {
      const { pin } = memory.memory;
      if (pin === null || Date.parse(pin.until) - nowMs > WARN_BEFORE_MS) return [];
      const id = `${source} ${pin.until}`;
      return this.#warned.has(id) ? [] : [{ id, alert: warning({ source, namespace }, pin) }];
    });
    return {
      alerts: ending.map(({ alert }) => alert),
      reported: () => ending.forEach(({ id }) => this.#warned.add(id)),
    };
  }
}

function warning(
  of: Pick<RollbackEnding, "source" | "namespace">,
  { revision, waiting, until }: ShownPin,
): RollbackEnding {
  const next = waiting === null ? null : shortRevision(waiting);
  return { kind: "rollback-ending", ...of, revision: shortRevision(revision), next, until };
}

/** As far as the record knows: nothing newer could be read. */
export function shownPin({ record, target }: SourceIntake): ShownPin | null {
  const pin = record?.pin ?? null;
  return pin === null ? null : { ...pin, waiting: target.memory.memory.pin?.waiting ?? null };
}
