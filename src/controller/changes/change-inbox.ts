import { readChangeMessage, type ChangeMessage } from "../../iam/trail/change-message.ts";
import type { Desired } from "../../model/desired.ts";
import type { QueueFailure } from "../../model/answers/queue-health.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { CallEvent, ChangeEvent, ChangeRecord } from "../../model/changes/change-event.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import { lastAppliedState } from "../../judge/subject.ts";
import type { ControllerContext } from "../settings.ts";
import type { EnforcedNow } from "../state/controller-state.ts";
import { addAffected, keysOfChange, type AffectedKeys, type AffectedObject } from "./affected-keys.ts";
import { DeniedCalls } from "./denied-calls.ts";
import { KeptCalls } from "./kept-calls.ts";
import { OwnRoleWatch } from "./own-role-watch.ts";
import { isOwnWrite } from "./own-writes.ts";
import { RememberedIds } from "../state/changes/remembered-ids.ts";

/** The ids that are remembered, so that an event that is delivered twice causes one read. */
const REMEMBERED = 10_000;
/** A read may still show the value from before the change, so the keys are read once more after this time. */
const READ_AGAIN_MS = 30_000;
/** Reading more applied states together would block the event loop. */
const STATES_AT_A_TIME = 50;

interface KeyChange {
  readonly event: ChangeEvent;
  readonly keys: readonly Key[];
}

interface ReadMessages {
  readonly changes: readonly KeyChange[];
  /** The places of the messages that are no events: they are not deleted, so that SQS moves them to the dead-letter queue. */
  readonly kept: readonly number[];
}

/** The change events of all queues: what they concern is recorded, and then read immediately. */
export class ChangeInbox {
  readonly #context: ControllerContext;
  readonly #wake: () => void;
  readonly #ownRoles: OwnRoleWatch;
  readonly #denied: DeniedCalls;
  readonly #keptCalls: KeptCalls;
  readonly #seen = new RememberedIds(REMEMBERED);
  /**
   * When each key is read once more at the earliest; the oldest event first. A process that is killed loses it: the next one
   * begins with a sweep of each account.
   */
  readonly #readAgain = new Map<Key, number>();
  /** The same for accounts. */
  readonly #sweepAgain = new Map<AccountId, number>();
  /** When the last sweep begins, or began, that a call which may be of any object caused. */
  readonly #sweptMs = new Map<AccountId, number>();
  #index: { readonly desired: Desired; readonly affected: Promise<AffectedKeys> } | null = null;

  constructor(context: ControllerContext, wake: () => void) {
    this.#context = context;
    this.#wake = wake;
    this.#ownRoles = new OwnRoleWatch(context);
    this.#denied = new DeniedCalls(context);
    this.#keptCalls = new KeptCalls(context);
  }

  /** False: no revision is in force, so that it is unknown which keys an event concerns. */
  get isReady(): boolean {
    return this.#context.state.enforced !== null;
  }

  /** @param accounts the accounts whose events it is for */
  addQueue(url: string, accounts: ReadonlySet<string>): void {
    this.#context.state.changeQueues.add(url, accounts);
  }

  /** Notes what a request to the queue found; null: it was answered. */
  queueAnswered(url: string, failure: QueueFailure | null): void {
    const { state, ports } = this.#context;
    state.changeQueues.answered(url, failure, ports.clock.nowMs());
  }

  /** Someone else received messages of the queue. */
  receivedElsewhere(url: string, count: number): void {
    const { state, ports } = this.#context;
    state.changeQueues.receivedElsewhere(url, count, ports.clock.nowMs());
  }

  /**
   * Records the changes that concern keys, and makes these keys due. The messages may be deleted when it has returned.
   * @returns the places of the messages that must not be deleted
   * @throws Error if the record cannot be written: nothing may be deleted
   */
  async receive(bodies: readonly string[], accounts: ReadonlySet<string>): Promise<readonly number[]> {
    const { state, ports } = this.#context;
    const messages = bodies.map((body) => readChangeMessage(body, accounts));
    // Before anything can fail: no sweep keeps an earlier reading of what they concern.
    for (const message of messages) state.eventTrust.received(message, accounts, ports.clock.nowMs());
    const unrecorded = await this.#ownRoles.judge(messages.flatMap(eventsOf));
    const calls = messages.flatMap(deniedOf);
    const denied = await this.#denied.record(calls);
    this.#keptCalls.keep(calls);
    for (const key of denied) state.queue.addKey(key, ports.clock.nowMs());
    const { changes, kept } = await this.#read(messages, unrecorded);
    if (changes.length > 0) await this.#recordChanges(changes);
    if (changes.length + unrecorded.size + denied.size > 0) this.#wake();
    return kept;
  }

  /** @see OwnRoleWatch.judge */
  judge(events: readonly ChangeEvent[]): Promise<ReadonlySet<string>> {
    return this.#ownRoles.judge(events);
  }

  /** Writes by roles of Grantkeeper whose own intents had not ended when their events arrived. */
  async judgeWaiting(): Promise<void> {
    if (!this.isReady) return;
    const found = (await this.#ownRoles.judgeWaiting()).filter(isChange);
    if (found.length === 0) return;
    const affected = await this.#affected();
    const changes = found
      .map((event) => ({ event, keys: keysOfChange(event, affected) }))
      .filter(({ keys }) => keys.length > 0);
    if (changes.length > 0) await this.#recordChanges(changes);
    this.#wake();
  }

  async #recordChanges(changes: readonly KeyChange[]): Promise<void> {
    const { ports } = this.#context;
    const receivedMs = ports.clock.nowMs();
    const records = changes.map(({ event }): ChangeRecord => ({ event, receivedMs }));
    await ports.recorder.record({ facts: [], change: { changes: records }, alerts: [] });
    const named = changes.filter(({ event }) => !mayBeAnyObject(event));
    const keys = new Set(named.flatMap((one) => one.keys));
    await this.#makeDue(keys, receivedMs);
    for (const { event } of changes) this.#seen.add(event.id);
    const ofAnyObject = changes.filter(({ event }) => mayBeAnyObject(event));
    for (const id of new Set(ofAnyObject.flatMap(({ keys }) => keys.map(accountIdOf))))
      this.#sweepSoon(id, receivedMs);
    for (const key of keys) {
      this.#readAgain.delete(key);
      this.#readAgain.set(key, receivedMs + READ_AGAIN_MS);
    }
  }

  /** Of an assigned account in the record, so that a process that is killed after the messages were deleted loses none. */
  async #makeDue(keys: ReadonlySet<Key>, receivedMs: number): Promise<void> {
    const { state, ports } = this.#context;
    for (const [id, some] of Map.groupBy(keys, (key) => accountIdOf(key)))
      if (state.assigned.has(id)) await ports.dueWriter?.write(id, some);
      else for (const key of some) state.queue.addKey(key, receivedMs);
  }

  /**
   * Makes the keys and accounts due whose last event is long enough ago: each second the oldest key of an account. A pass
   * over many keys takes as long as the budget of Lambda needs. If the first read after another event overtakes it, it
   * begins again. A sweep that began later has read the key already.
   */
  readDueAgain(): void {
    const { state, ports } = this.#context;
    const nowMs = ports.clock.nowMs();
    const searched = new Set<AccountId>();
    for (const [key, dueMs] of this.#readAgain) {
      const id = accountIdOf(key);
      if (dueMs > nowMs) continue;
      if (dueMs <= (state.sweeps.beganMs(id) ?? -Infinity)) {
        this.#readAgain.delete(key);
        continue;
      }
      if (searched.has(id)) continue;
      searched.add(id);
      this.#readAgain.delete(key);
      state.queue.addSecondRead(key);
    }
    for (const [id, dueMs] of this.#sweepAgain) {
      if (dueMs > nowMs) continue;
      this.#sweepAgain.delete(id);
      state.queue.addSweep(id, nowMs);
    }
  }

  /**
   * One sweep immediately and one later in each interval of the regular sweeps: anyone can cause a flood of such calls, and
   * nothing else of the account is read during a sweep. Every call is followed by a sweep that begins later.
   */
  #sweepSoon(id: AccountId, receivedMs: number): void {
    const { state, settings } = this.#context;
    // A clock that is set back postpones nothing.
    const latestMs = receivedMs + settings.sweepMs;
    if ((this.#sweepAgain.get(id) ?? Infinity) <= latestMs + READ_AGAIN_MS) return;
    const nextMs = (this.#sweptMs.get(id) ?? -Infinity) + settings.sweepMs;
    const dueMs = Math.min(latestMs, Math.max(receivedMs, nextMs));
    this.#sweptMs.set(id, dueMs);
    state.queue.addSweep(id, dueMs);
    this.#sweepAgain.set(id, dueMs + READ_AGAIN_MS);
  }

  /** @param unrecorded the events of writes by roles of Grantkeeper that are not in its record */
  async #read(messages: readonly ChangeMessage[], unrecorded: ReadonlySet<string>): Promise<ReadMessages> {
    const changes = new Map<string, KeyChange>();
    const kept: number[] = [];
    for (const [place, message] of messages.entries()) {
      if (message.kind === "malformed" || message.kind === "oversized") kept.push(place);
      if (message.kind === "other-write")
        this.#count(unrecorded.has(message.event.id) ? "unrecorded" : "foreign");
      else if (message.kind !== "change") this.#count(message.kind);
      else if (changes.has(message.event.id)) this.#count("repeated");
      else {
        const keys = await this.#keysOf(message.event, unrecorded);
        if (keys !== null) changes.set(message.event.id, { event: message.event, keys });
      }
    }
    return { changes: [...changes.values()], kept };
  }

  /** null: nothing has to be read. */
  async #keysOf(event: ChangeEvent, unrecorded: ReadonlySet<string>): Promise<readonly Key[] | null> {
    const keys = keysOfChange(event, await this.#affected());
    const isUnrecorded = unrecorded.has(event.id) && !this.#seen.has(event.id);
    const outcome = isUnrecorded ? "unrecorded" : await this.#outcomeOf(event, keys);
    const { state, ports } = this.#context;
    if (outcome !== "own") state.eventTrust.reported(event, ports.clock.nowMs());
    this.#count(outcome);
    return (outcome === "read" || isUnrecorded) && keys.length > 0 ? keys : null;
  }

  async #outcomeOf(
    event: ChangeEvent,
    keys: readonly Key[],
  ): Promise<"read" | "repeated" | "own" | "unrelated"> {
    if (keys.length === 0) return "unrelated";
    if (this.#seen.has(event.id)) return "repeated";
    return (await isOwnWrite(event, this.#context.ports.audit)) ? "own" : "read";
  }

  #affected(): Promise<AffectedKeys> {
    const { enforced } = this.#context.state;
    if (enforced === null) throw new Error("no revision is in force");
    const { desired } = enforced.compilation;
    if (this.#index?.desired === desired) return this.#index.affected;
    const affected = this.#affectedBy(enforced);
    this.#index = { desired, affected };
    // It is read again for the next messages, which are these.
    affected.catch(() => (this.#index = null));
    return affected;
  }

  /** By what Git declares, and by what was applied last: this stays in force while a key is invalid, refused or held. */
  async #affectedBy({ compilation, brokenFileKeys }: EnforcedNow): Promise<AffectedKeys> {
    const { store, eventLoop } = this.#context.ports;
    const { desired, invalid } = compilation;
    const affected = new Map<string, AffectedObject>();
    for (const state of [...desired.bindings.values(), ...desired.policies.values()])
      addAffected(affected, state);
    const named = [desired.bindings, desired.policies, invalid, brokenFileKeys];
    const keys = [...new Set(named.flatMap((states) => [...states.keys()]))];
    for (let at = 0; at < keys.length; at += STATES_AT_A_TIME) {
      await eventLoop.turn();
      for (const applied of (await store.appliedStates(keys.slice(at, at + STATES_AT_A_TIME))).values()) {
        const state = lastAppliedState({ applied });
        if (state !== null) addAffected(affected, state);
      }
    }
    return affected;
  }

  #count(outcome: string): void {
    this.#context.ports.telemetry.count("change_messages_total", { outcome });
  }
}

function eventsOf(message: ChangeMessage): readonly (CallEvent | ChangeEvent)[] {
  return message.kind === "change" || message.kind === "other-write" ? [message.event] : [];
}

function deniedOf(message: ChangeMessage): readonly CallDenial[] {
  return message.kind === "failed-call" && message.denied !== null ? [message.denied] : [];
}

function isChange(event: CallEvent): event is ChangeEvent {
  return "object" in event && event.object !== undefined;
}

/**
 * The record of the call names no object: each of the account is read. One sweep instead of a read of each key, since anyone
 * can cause such a record by a long text, also on a role that Grantkeeper does not know.
 */
function mayBeAnyObject({ object }: ChangeEvent): boolean {
  return object.kind === "not-named" && object.names.length === 0;
}
