import { sha256Hex } from "../../model/values/digest.ts";
import { randomBytes } from "node:crypto";
import type { Clock } from "../../controller/ports/clock.ts";

const LIFE_MS = 600_000;
/** Sign-ins that no one completes: the oldest is forgotten first. More than one address can begin in their life. */
const MOST = 15_000;

/** What a sign-in needs again when the provider sends the person back. */
export interface PendingSignIn {
  readonly nonce: string;
  readonly pkceVerifier: string;
  /** Of the page, below /ui/. */
  readonly returnPath: string;
}

/**
 * The sign-ins that have begun, each for the browser that began it, once, for ten minutes. A restart forgets them: the person
 * begins again.
 */
export class PendingSignIns {
  readonly #clock: Clock;
  readonly #pending = new Map<
    string,
    PendingSignIn & { readonly browser: string; readonly endsMs: number }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param browser the secret in the cookie of the browser */
  add(state: string, browser: string, pending: PendingSignIn): void {
    const endsMs = this.#clock.nowMs() + LIFE_MS;
    this.#pending.set(state, { ...pending, browser: hashOf(browser), endsMs });
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MOST && oldest !== undefined) this.#pending.delete(oldest);
  }

  /** null: it was used, is too old, or another browser began it. */
  take(state: string, browser: string): PendingSignIn | null {
    const found = this.#pending.get(state);
    if (found === undefined || found.browser !== hashOf(browser)) return null;
    this.#pending.delete(state);
    return found.endsMs > this.#clock.nowMs() ? found : null;
  }
}

export function newBrowserSecret(): string {
  return randomBytes(32).toString("base64url");
}

export function isBrowserSecret(text: string | null): text is string {
  return text !== null && /^[\w-]{43}$/.test(text);
}

function hashOf(browser: string): string {
  return sha256Hex(browser);
}
