import type { AccountId } from "../../model/aws/ids.ts";
import type { CallEvent, ChangedObject, ChangeEvent } from "../../model/changes/change-event.ts";
import type { UnrecordedWrite } from "../../model/changes/unrecorded-write.ts";
import type { ControllerContext } from "../settings.ts";
import type { EnforcedNow } from "../state/controller-state.ts";
import { ownRoleOf, type AssumedOwnRole } from "./own-roles.ts";
import { gapsOf, isInGap, writeOrigin } from "./write-origin.ts";

type WriteEvent = CallEvent & Partial<Pick<ChangeEvent, "object" | "aspect">>;

interface OwnRoleWrite {
  readonly event: WriteEvent;
  readonly role: AssumedOwnRole;
}

interface RecordedHour {
  /** The name. */
  readonly account: string;
  readonly beganMs: number;
  recorded: number;
  /** Those that were only counted. */
  omitted: number;
}

/** SQS keeps a message for 14 days at most, so that an event may arrive again for so long. */
const ARRIVES_AGAIN_MS = 14 * 86_400_000;
/** Before the clock of AWS is known by its answers, it may differ by so much. */
const CLOCKS_MS = 600_000;
/** Further writes in one account and hour are only counted. */
const RECORDED_AN_HOUR = 200;
const HOUR_MS = 3_600_000;
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
  /** The events that are recorded, or are being recorded; null: not read from the record yet. */
  #known: Promise<Set<string>> | null = null;
  readonly #waiting = new Map<string, OwnRoleWrite>();
  /** By intent whose answer was lost: the event of its call. */
  readonly #ofLostAnswers = new Map<number, string>();
  /** By account of the role. */
  readonly #hours = new Map<AccountId, RecordedHour>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /**
   * Records those that are not in the record.
   * @returns the ids of these events, also of those that were recorded before
   * @throws Error if the record cannot be written
   */
  async judge(events: readonly WriteEvent[]): Promise<ReadonlySet<string>> {
    const accounts: EnforcedNow["accounts"] = this.#context.state.enforced?.accounts ?? new Map();
    const writes = events.filter(isOfGrantkeeper).flatMap((event): readonly OwnRoleWrite[] => {
      const role = ownRoleOf(event, accounts);
      return role === null ? [] : [{ event, role }];
    });
    return writes.length === 0 ? new Set() : this.#judgeAll(writes);
  }

  /**
   * Judges those that wait again.
   * @returns the events that are not in the record
   */
  async judgeWaiting(): Promise<readonly WriteEvent[]> {
    await this.#recordOmitted();
    if (this.#waiting.size === 0) return [];
    const waiting = [...this.#waiting.values()];
    const found = await this.#judgeAll(waiting);
    return waiting.map(({ event }) => event).filter(({ id }) => found.has(id));
  }

  async #judgeAll(writes: readonly OwnRoleWrite[]): Promise<ReadonlySet<string>> {
    const known = await this.#knownEvents();
    const unrecorded: OwnRoleWrite[] = [];
    for (const write of writes)
      if (!known.has(write.event.id) && (await this.#isUnrecorded(write))) unrecorded.push(write);
    // Another queue may have delivered the same event meanwhile.
    const found = [...new Map(unrecorded.map((write) => [write.event.id, write])).values()];
    const added = found.filter(({ event }) => !known.has(event.id));
    for (const { event } of added) known.add(event.id);
    try {
      for (const some of Map.groupBy(added, ({ role }) => role.account.id).values()) await this.#record(some);
    } catch (error) {
      for (const { event } of added) known.delete(event.id);
      throw error;
    }
    for (const { event } of found) this.#waiting.delete(event.id);
    return new Set(writes.map(({ event }) => event.id).filter((id) => known.has(id)));
  }

  /** Also notes those that wait. */
  async #isUnrecorded(write: OwnRoleWrite): Promise<boolean> {
    const { event } = write;
    const { audit, clockOffset } = this.#context.ports;
    const origin = await writeOrigin(event, audit, this.#ofLostAnswers);
    if (origin.kind === "open") this.#wait(write);
    else if (origin.kind !== "unrecorded") this.#waiting.delete(event.id);
    if (origin.kind === "answer-lost") this.#ofLostAnswers.set(origin.intent, event.id);
    if (origin.kind !== "unrecorded") return false;
    const offset = clockOffset();
    const clocksMs = offset === null ? CLOCKS_MS : Math.max(Math.abs(offset.minMs), Math.abs(offset.maxMs));
    if (!isInGap(event, await gapsOf(audit), clocksMs)) return true;
    this.#waiting.delete(event.id);
    this.#context.ports.telemetry.warn(
      "a write by a role of Grantkeeper is of a time that the record lacks",
      {
        event: event.id,
        call: event.call,
        at: new Date(event.atMs).toISOString(),
      },
    );
    return false;
  }

  #wait(write: OwnRoleWrite): void {
    this.#waiting.set(write.event.id, write);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > WAITING_AT_MOST && oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** @param writes by roles of one account */
  async #record(writes: readonly OwnRoleWrite[]): Promise<void> {
    const { state, ports } = this.#context;
    const [first] = writes;
    if (first === undefined) return;
    const { id: accountId, name: account } = first.role.account;
    const hour = this.#hourOf(first.role.account);
    const recorded = writes.slice(0, Math.max(0, RECORDED_AN_HOUR - hour.recorded)).map(unrecordedWrite);
    const omitted = writes.length - recorded.length;
    const calls = [...new Set(writes.map(({ event }) => event.call))].join(", ");
    const text = "writes by a role of Grantkeeper are not in its record";
    ports.telemetry.warn(text, { account, writes: writes.length, calls });
    if (recorded.length === 0) {
      hour.omitted += omitted;
      return;
    }
    const fact = {
      kind: "unrecorded-writes",
      accountId,
      account,
      writes: recorded,
      omitted: hour.omitted,
    } as const;
    await ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
    hour.recorded += recorded.length;
    hour.omitted = omitted;
    state.unrecordedWrites.recorded();
  }

  /** Those that were only counted, when their hour is over. */
  async #recordOmitted(): Promise<void> {
    const { state, ports } = this.#context;
    for (const [accountId, { account, beganMs, omitted }] of this.#hours) {
      if (ports.clock.nowMs() - beganMs < HOUR_MS) continue;
      if (omitted > 0) {
        const fact = { kind: "unrecorded-writes", accountId, account, writes: [], omitted } as const;
        await ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
        state.unrecordedWrites.recorded();
      }
      this.#hours.delete(accountId);
    }
  }

  #hourOf({ id, name }: AssumedOwnRole["account"]): RecordedHour {
    const beganMs = this.#context.ports.clock.nowMs();
    const hour = this.#hours.get(id) ?? { account: name, beganMs, recorded: 0, omitted: 0 };
    this.#hours.set(id, hour);
    return hour;
  }

  #knownEvents(): Promise<Set<string>> {
    this.#known ??= this.#readKnown();
    // It is read again for the next events.
    this.#known.catch(() => (this.#known = null));
    return this.#known;
  }

  async #readKnown(): Promise<Set<string>> {
    const { audit, clock } = this.#context.ports;
    const range = { kind: "unrecorded-writes", sinceMs: clock.nowMs() - ARRIVES_AGAIN_MS } as const;
    const known = new Set<string>();
    for await (const entry of audit.entries(range))
      if (entry.kind === "unrecorded-writes") for (const { eventId } of entry.writes) known.add(eventId);
    return known;
  }
}

/** With a session of the caller, AWS makes calls of other services, such as a grant of a key when a function changes. */
function isOfGrantkeeper({ call }: CallEvent): boolean {
  return call.startsWith("iam:") || call.startsWith("lambda:");
}

function unrecordedWrite({ event, role }: OwnRoleWrite): UnrecordedWrite {
  const { id, atMs, accountId, region, call, object, requestId, actor } = event;
  return {
    eventId: id,
    at: new Date(atMs).toISOString(),
    accountId,
    region,
    call,
    object: object === undefined ? null : objectText(object),
    identity: role.identity,
    role: role.arn,
    requestId,
    actor,
  };
}

function objectText(object: ChangedObject): string | null {
  if (object.kind === "not-named") return object.names[0] ?? null;
  if (object.kind === "policy") return object.arn;
  if (object.kind === "role") return `role/${object.name}`;
  return `function/${object.name}${object.qualifier === null ? "" : `:${object.qualifier}`}`;
}
