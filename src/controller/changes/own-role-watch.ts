import type { CallEvent, WriteEvent } from "../../model/changes/change-event.ts";
import type { ControllerContext } from "../settings.ts";
import type { EnforcedNow } from "../state/controller-state.ts";
import { ownRoleOfCall } from "./own-roles.ts";
import { RecordedWrites } from "./recorded-writes.ts";
import { UnrecordedRecord, type OwnRoleWrite } from "./unrecorded-record.ts";
import { CLOCKS_MS, gapsOf, isInGap, writeOrigin } from "./write-origin.ts";
import { HISTORY_MS } from "../../model/changes/event-search.ts";
import type { WriteIntended } from "../ports/audit-log.ts";

/** The oldest of more are judged no more: each of them may be of an intent whose end is not recorded yet. */
const WAITING_AT_MOST = 1_000;

/**
 * Finds writes by roles of Grantkeeper that its record does not have. An event may arrive before the end of its own write is
 * recorded, so a write of an open intent waits for it:
 *
 *   new ──its request is recorded, or its answer was lost──► own
 *   new ──an intent with its call and input is open──► waiting ──the intent ends──► own, or unrecorded
 *   new ──no intent has its call and input──► unrecorded
 *
 * Those that wait are lost at a stop. That hides nothing: the answers of intents that were open then count as lost.
 */
export class OwnRoleWatch {
  readonly #context: ControllerContext;
  readonly #recorded: RecordedWrites;
  readonly #unrecorded: UnrecordedRecord;
  readonly #waiting = new Map<string, OwnRoleWrite>();
  readonly #lostAnswers: LostAnswers;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#recorded = new RecordedWrites(context.ports.audit);
    this.#unrecorded = new UnrecordedRecord(context);
    this.#lostAnswers = new LostAnswers(context);
  }

  /**
   * Records those that are not in the record.
   * @returns the ids of these events, also of those that were recorded before
   * @throws Error if the record cannot be written
   */
  async judge(events: readonly WriteEvent[]): Promise<ReadonlySet<string>> {
    const accounts: EnforcedNow["accounts"] = this.#context.state.enforced?.accounts ?? new Map();
    const writes = events.filter(isOfCaller).flatMap((event): readonly OwnRoleWrite[] => {
      const role = ownRoleOfCall(event, accounts);
      return role === null ? [] : [{ event, role }];
    });
    return writes.length === 0 ? new Set() : this.#judgeAll(writes);
  }

  /**
   * Judges those that wait again.
   * @returns the events that are not in the record
   */
  async judgeWaiting(): Promise<readonly WriteEvent[]> {
    if (this.#waiting.size === 0) return [];
    const waiting = [...this.#waiting.values()];
    const found = await this.#judgeAll(waiting);
    return waiting.map(({ event }) => event).filter(({ id }) => found.has(id));
  }

  async #judgeAll(writes: readonly OwnRoleWrite[]): Promise<ReadonlySet<string>> {
    const known = await this.#unrecorded.knownEvents();
    await this.#recorded.refresh();
    const suspects: OwnRoleWrite[] = [];
    for (const write of writes)
      if (!known.has(write.event.id) && (await this.#hasNoOrigin(write))) suspects.push(write);
    const found = await this.#withoutGaps(suspects);
    await this.#unrecorded.record(found);
    for (const { event } of suspects) this.#waiting.delete(event.id);
    return new Set(writes.map(({ event }) => event.id).filter((id) => known.has(id)));
  }

  /** Also notes those that wait. */
  async #hasNoOrigin(write: OwnRoleWrite): Promise<boolean> {
    const { event } = write;
    const { audit } = this.#context.ports;
    const eventOf = await this.#lostAnswers.events();
    const origin = await writeOrigin(event, { audit, recorded: this.#recorded, eventOf });
    if (origin.kind === "unrecorded") return true;
    if (origin.kind === "open") this.#wait(write);
    else this.#waiting.delete(event.id);
    if (origin.kind === "answer-lost") await this.#lostAnswers.found(event, origin.intent);
    return false;
  }

  /** Without the writes of times that the record lacks. */
  async #withoutGaps(writes: readonly OwnRoleWrite[]): Promise<readonly OwnRoleWrite[]> {
    if (writes.length === 0) return [];
    const { audit, clockOffset, telemetry } = this.#context.ports;
    const gaps = await gapsOf(audit);
    const offset = clockOffset();
    const clocksMs = offset === null ? CLOCKS_MS : Math.max(Math.abs(offset.minMs), Math.abs(offset.maxMs));
    const isLost = ({ event }: OwnRoleWrite): boolean => isInGap(event, gaps, clocksMs);
    for (const { event } of writes.filter(isLost))
      telemetry.warn("a write by a role of Grantkeeper is of a time that the record lacks", {
        event: event.id,
        call: event.call,
        at: new Date(event.atMs).toISOString(),
      });
    return writes.filter((write) => !isLost(write));
  }

  #wait(write: OwnRoleWrite): void {
    this.#waiting.set(write.event.id, write);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > WAITING_AT_MOST && oldest !== undefined) this.#waiting.delete(oldest);
  }
}

/**
 * With a session of the caller, AWS makes calls of other services, such as a grant of a key when a function changes. CloudTrail
 * then has the service, or for some calls "AWS Internal", in place of the address.
 */
function isOfCaller({ call, actor }: CallEvent): boolean {
  const isOfGrantkeeper = call.startsWith("iam:") || call.startsWith("lambda:");
  return isOfGrantkeeper || (actor.service === null && actor.sourceAddress !== "AWS Internal");
}

/** Which event is that of each intent whose answer was lost. It is in the record, so that a restart explains no second one. */
class LostAnswers {
  readonly #context: ControllerContext;
  /** By intent: the id of the event. null: not read from the record yet. */
  #events: Promise<Map<number, string>> | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** By intent: the id of the event. */
  events(): Promise<ReadonlyMap<number, string>> {
    return this.#all();
  }

  /** @throws Error if the record cannot be written */
  async found({ id, requestId }: WriteEvent, { seq, key }: WriteIntended): Promise<void> {
    const events = await this.#all();
    if (events.has(seq)) return;
    events.set(seq, id);
    const fact = { kind: "lost-answer-found", intent: seq, key, eventId: id, requestId } as const;
    try {
      await this.#context.ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
    } catch (error) {
      events.delete(seq);
      throw error;
    }
  }

  #all(): Promise<Map<number, string>> {
    this.#events ??= this.#read();
    // It is read again for the next events.
    this.#events.catch(() => (this.#events = null));
    return this.#events;
  }

  async #read(): Promise<Map<number, string>> {
    const { audit, clock } = this.#context.ports;
    const range = { kind: "lost-answer-found", sinceMs: clock.nowMs() - HISTORY_MS } as const;
    const events = new Map<number, string>();
    for await (const entry of audit.entries(range))
      if (entry.kind === "lost-answer-found") events.set(entry.intent, entry.eventId);
    return events;
  }
}
