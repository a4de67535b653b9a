import type { SessionRecord } from "../../../model/people/session-record.ts";

/** A session with the time of its last request. */
export interface KnownSession {
  readonly session: SessionRecord;
  readonly usedMs: number;
}

/** The part of the record that has the sessions of the page. Every method is one transaction. */
export interface SessionStore {
  /** Adds a session that begins now, and removes those that have ended until then. */
  add(session: SessionRecord): Promise<void>;
  /** By its hash; also one that has ended. */
  find(hash: string): Promise<KnownSession | null>;
  /** Notes the time of a request. */
  used(hash: string, atMs: number): Promise<void>;
  /** @returns false: there was none */
  remove(hash: string): Promise<boolean>;
}
