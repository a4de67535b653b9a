import { sha256Hex } from "../../model/values/digest.ts";
import { randomBytes } from "node:crypto";
import type { Clock } from "../../controller/ports/clock.ts";
import type { SessionStore } from "../../controller/ports/browser/session-store.ts";
import type { SessionRecord, SignInMethod } from "../../model/people/session-record.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { ApiCaller, Grant } from "./access.ts";

const HOUR_MS = 3_600_000;
const LIFE_MS = { local: HOUR_MS, oidc: 8 * HOUR_MS } as const satisfies Record<SignInMethod, number>;
const IDLE_MS = HOUR_MS;
/** Less often than each request: the time of the last one is a write to the disk. */
const NOTED_MS = 60_000;

/** A person who has proved their identity. */
export type Person = Pick<
  SessionRecord,
  "method" | "issuer" | "actor" | "displayName" | "mail" | "groups" | "provedMs"
>;

/** What a session may do by the present configuration; null: it has no such sign-in any more. */
export type GrantsOf = (session: SessionRecord) => readonly Grant[] | null;

export interface OpenSession {
  readonly session: SessionRecord;
  readonly caller: ApiCaller;
}

/** The sessions of the page. The token is the secret of a browser, 256 random bits; nothing else has it. */
export class PageSessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #grantsOf: GrantsOf;
  /** By hash: of the open watches. */
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(parts: { readonly store: SessionStore; readonly clock: Clock; readonly grantsOf: GrantsOf }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#grantsOf = parts.grantsOf;
  }

  async begin(person: Person): Promise<{ readonly token: string; readonly session: SessionRecord }> {
    const token = randomBytes(32).toString("base64url");
    const beganMs = this.#clock.nowMs();
    const endsMs = beganMs + LIFE_MS[person.method];
    const session: SessionRecord = { ...person, hash: hashOf(token), beganMs, endsMs };
    await this.#store.add(session);
    return { token, session };
  }

  /** null: no such session, it has ended, or the configuration grants it nothing any more. */
  async find(token: string): Promise<OpenSession | null> {
    const open = await this.#open(token);
    if (open === null) return null;
    const { usedMs, ...found } = open;
    const nowMs = this.#clock.nowMs();
    if (nowMs - usedMs >= NOTED_MS) await this.#store.used(found.session.hash, nowMs);
    return found;
  }

  /** The same, without a use of the session: no person caused the request. */
  async look(token: string): Promise<OpenSession | null> {
    const open = await this.#open(token);
    return open === null ? null : { session: open.session, caller: open.caller };
  }

  /** Whether it would be found. This does not count as use of the session: an open watch does not keep it alive. */
  async isOpen(token: string): Promise<boolean> {
    return (await this.openCaller(token)) !== null;
  }

  /** Whose session it is, without a use of it; null: it would not be found. */
  async openCaller(token: string): Promise<ApiCaller | null> {
    return (await this.#open(token))?.caller ?? null;
  }

  /** Calls the listener as soon as the session is ended here. @returns a function that ends the wait */
  onEnd(token: string, listener: () => void): () => void {
    const hash = hashOf(token);
    const listeners = getOrAdd(this.#listeners, hash, () => new Set());
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(hash);
    };
  }

  async #open(token: string): Promise<(OpenSession & { readonly usedMs: number }) | null> {
    const hash = hashOf(token);
    const known = await this.#store.find(hash);
    if (known === null) return null;
    const { session, usedMs } = known;
    const nowMs = this.#clock.nowMs();
    const grants = this.#grantsOf(session);
    if (nowMs >= session.endsMs || nowMs - usedMs >= IDLE_MS || grants === null || grants.length === 0) {
      await this.#store.remove(hash);
      return null;
    }
    const { actor, provedMs, mail, endsMs } = session;
    return { session, caller: { actor, grants, provedMs, mail, endsMs }, usedMs };
  }

  /** Ends the session. @returns false: it had ended before */
  async end({ hash }: SessionRecord): Promise<boolean> {
    const wasOpen = await this.#store.remove(hash);
    for (const listener of this.#listeners.get(hash) ?? []) listener();
    return wasOpen;
  }
}

function hashOf(token: string): string {
  return sha256Hex(token);
}
