import type { AlertRouteState, SinkProblem } from "../../model/records/alert-route-state.ts";
import type { OpenIncident } from "../../model/records/incident-record.ts";

/** An outgoing alert; sent at least once, for each route in order of id. */
export interface OutboxMessage {
  readonly id: number;
  readonly route: string;
  readonly body: string;
  readonly attempts: number;
  readonly dueMs: number;
}

/** How a receiver names an incident from now on; null: it has ended. */
export interface ThreadChange {
  readonly incident: string;
  readonly thread: string | null;
}

/** The messages that a receiver accepted together. */
export interface AcceptedMessages {
  readonly route: string;
  readonly ids: readonly number[];
  readonly atMs: number;
  readonly threads: readonly ThreadChange[];
  /** A part of the receiver did not accept them; null: none. */
  readonly problem: SinkProblem | null;
}

/** A message that the receiver did not accept. */
export interface FailedMessage {
  readonly route: string;
  readonly id: number;
  readonly atMs: number;
  /** null: it is not sent again. */
  readonly nextDueMs: number | null;
  /** Of a message that is not sent again. */
  readonly threads: readonly ThreadChange[];
  readonly problem: SinkProblem;
}

/** An open incident again, for one route. */
export interface RepeatedAlert {
  readonly incident: string;
  readonly route: string;
  readonly body: string;
  readonly dueMs: number;
  readonly nowMs: number;
}

/** Waiting messages of a route for its fallback. */
export interface WaitingCopy {
  readonly from: string;
  readonly to: string;
  /** Messages that were due first before this time. */
  readonly beforeMs: number;
  readonly nowMs: number;
}

/** The part of the record that the outbox reads and writes. Every method is one transaction. */
export interface OutboxStore {
  /** The open incidents with these names; null: all. Sorted by name. */
  incidents(names: readonly string[] | null): Promise<readonly OpenIncident[]>;
  /** The names of the open incidents that begin with one of the prefixes; reads no others. */
  incidentNames(prefixes: readonly string[]): Promise<readonly string[]>;
  /** The oldest messages of a route, also those that wait for a retry: they delay the later ones. */
  waiting(route: string, limit: number): Promise<readonly OutboxMessage[]>;
  /** How the receiver names the incidents that it was notified of, by incident. */
  threads(route: string): Promise<ReadonlyMap<string, string>>;
  /** Removes the messages from the outbox. */
  accepted(messages: AcceptedMessages): Promise<void>;
  failed(message: FailedMessage): Promise<void>;
  /** A failure that belongs to no message. */
  noteProblem(route: string, problem: SinkProblem, atMs: number): Promise<void>;
  /** Puts the message into the outbox, unless the incident has ended. */
  repeat(alert: RepeatedAlert): Promise<void>;
  /** Gives the fallback a copy of each message that it has not yet. @returns how many */
  copyWaiting(copy: WaitingCopy): Promise<number>;
  /** Removes the messages of all other routes. @returns how many */
  dropOthers(routes: readonly string[]): Promise<number>;
  /** By route; a route without messages and deliveries is absent. */
  routeStates(nowMs: number): Promise<ReadonlyMap<string, AlertRouteState>>;
}
