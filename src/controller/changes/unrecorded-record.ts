import type { AccountId } from "../../model/aws/ids.ts";
import type { ChangedObject, WriteEvent } from "../../model/changes/change-event.ts";
import { HISTORY_MS } from "../../model/changes/event-search.ts";
import type { UnrecordedWrite } from "../../model/changes/unrecorded-write.ts";
import type { ControllerContext } from "../settings.ts";
import type { AssumedOwnRole } from "./own-roles.ts";
import { RememberedIds } from "../state/changes/remembered-ids.ts";

/** A write by a session of a role of Grantkeeper. */
export interface OwnRoleWrite {
  readonly event: WriteEvent;
  readonly role: AssumedOwnRole;
}

interface RecordedHour {
  readonly beganMs: number;
  recorded: number;
  /** The calls with their objects of which the record has one. */
  readonly shown: Set<string>;
}

/** Further writes of a call on the same object, in one account and hour, are only counted. */
const RECORDED_AN_HOUR = 200;
const HOUR_MS = 3_600_000;
/** An event that is forgotten is recorded again if it arrives again. */
const REMEMBERED = 100_000;
/** The ids in one line of the log. */
const IDS_IN_A_LINE = 100;

/** What the record has of writes that are not among its own. */
export class UnrecordedRecord {
  readonly #context: ControllerContext;
  /** The events that are recorded, or are being recorded; null: not read from the record yet. */
  #known: Promise<RememberedIds> | null = null;
  /** By account of the role. */
  readonly #hours = new Map<AccountId, RecordedHour>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  knownEvents(): Promise<Pick<RememberedIds, "has">> {
    return this.#knownIds();
  }

  /**
   * Records those that are not recorded yet: after many in an hour the first of each call and object, and how many more. The
   * number is durable like the writes, so that a stop loses none.
   * @throws Error if the record cannot be written
   */
  async record(writes: readonly OwnRoleWrite[]): Promise<void> {
    const known = await this.#knownIds();
    // Another queue may have delivered the same event meanwhile.
    const byId = new Map(writes.map((write) => [write.event.id, write]));
    const added = [...byId.values()].filter(({ event }) => !known.has(event.id));
    for (const { event } of added) known.add(event.id);
    try {
      for (const some of Map.groupBy(added, ({ role }) => role.account.id).values())
        await this.#recordOf(some);
    } catch (error) {
      for (const { event } of added) known.delete(event.id);
      throw error;
    }
  }

  /** @param writes by roles of one account */
  async #recordOf(writes: readonly OwnRoleWrite[]): Promise<void> {
    const [first] = writes;
    if (first === undefined) return;
    const { state, ports } = this.#context;
    const { id: accountId, name: account } = first.role.account;
    const hour = this.#hourOf(accountId);
    const { recorded, omitted } = chosenOf(writes.map(unrecordedWrite), hour);
    this.#log(account, writes, omitted);
    const kind = "unrecorded-writes";
    const fact = { kind, accountId, account, writes: recorded, omitted: omitted.length } as const;
    await ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
    hour.recorded += recorded.length;
    for (const write of recorded) hour.shown.add(callOnObject(write));
    state.unrecordedWrites.recorded();
  }

  /** Of those that are only counted, the log alone has the events. */
  #log(account: string, writes: readonly OwnRoleWrite[], omitted: readonly UnrecordedWrite[]): void {
    const { telemetry } = this.#context.ports;
    const calls = [...new Set(writes.map(({ event }) => event.call))].join(", ");
    telemetry.warn("writes by a role of Grantkeeper are not in its record", {
      account,
      writes: writes.length,
      calls,
    });
    for (let at = 0; at < omitted.length; at += IDS_IN_A_LINE) {
      const ids = omitted.slice(at, at + IDS_IN_A_LINE).map(({ eventId }) => eventId);
      telemetry.warn("writes by a role of Grantkeeper are only counted in its record", {
        account,
        events: ids.join(" "),
      });
    }
  }

  #hourOf(id: AccountId): RecordedHour {
    const nowMs = this.#context.ports.clock.nowMs();
    const before = this.#hours.get(id);
    const isOver = before === undefined || nowMs - before.beganMs >= HOUR_MS || nowMs < before.beganMs;
    const hour = isOver ? { beganMs: nowMs, recorded: 0, shown: new Set<string>() } : before;
    this.#hours.set(id, hour);
    return hour;
  }

  #knownIds(): Promise<RememberedIds> {
    this.#known ??= this.#readKnown();
    // It is read again for the next events.
    this.#known.catch(() => (this.#known = null));
    return this.#known;
  }

  async #readKnown(): Promise<RememberedIds> {
    const { audit, clock } = this.#context.ports;
    // A search finds events of so long ago; SQS keeps its messages for a shorter time.
    const range = { kind: "unrecorded-writes", sinceMs: clock.nowMs() - HISTORY_MS } as const;
    const known = new RememberedIds(REMEMBERED);
    for await (const entry of audit.entries(range))
      if (entry.kind === "unrecorded-writes") for (const { eventId } of entry.writes) known.add(eventId);
    return known;
  }
}

interface ChosenWrites {
  readonly recorded: readonly UnrecordedWrite[];
  readonly omitted: readonly UnrecordedWrite[];
}

function chosenOf(writes: readonly UnrecordedWrite[], hour: RecordedHour): ChosenWrites {
  const recorded: UnrecordedWrite[] = [];
  const omitted: UnrecordedWrite[] = [];
  const shown = new Set<string>();
  for (const write of writes) {
    const what = callOnObject(write);
    const isFirst = !hour.shown.has(what) && !shown.has(what);
    const isKept = isFirst || hour.recorded + recorded.length < RECORDED_AN_HOUR;
    (isKept ? recorded : omitted).push(write);
    shown.add(what);
  }
  return { recorded, omitted };
}

function callOnObject({ accountId, region, call, object }: UnrecordedWrite): string {
  return `${accountId} ${region} ${call} ${object ?? ""}`;
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
