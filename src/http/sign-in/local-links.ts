import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../controller/ports/clock.ts";

const LIFE_MS = 60_000;
/** Links that no one opens: the oldest is forgotten first. */
const MOST = 100;

export type LocalCode =
  | { readonly kind: "valid"; readonly user: string }
  | { readonly kind: "used" }
  | { readonly kind: "expired" }
  | { readonly kind: "unknown" };

interface KnownCode {
  readonly user: string;
  readonly endsMs: number;
  readonly isUsed: boolean;
}

/** The codes of the links that `grantkeeper open` prints: each signs in once, within a minute. A restart forgets them. */
export class LocalLinks {
  readonly #clock: Clock;
  readonly #codes = new Map<string, KnownCode>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param user the name of the system user that asked; "": not known */
  create(user: string): { readonly code: string; readonly endsMs: number } {
    const code = randomBytes(32).toString("base64url");
    const endsMs = this.#clock.nowMs() + LIFE_MS;
    this.#codes.set(hashOf(code), { user, endsMs, isUsed: false });
    const [oldest] = this.#codes.keys();
    if (this.#codes.size > MOST && oldest !== undefined) this.#codes.delete(oldest);
    return { code, endsMs };
  }

  /** What the code is, without using it. */
  examine(code: string): LocalCode {
    const known = this.#codes.get(hashOf(code));
    if (known === undefined) return { kind: "unknown" };
    if (known.isUsed) return { kind: "used" };
    return known.endsMs > this.#clock.nowMs() ? { kind: "valid", user: known.user } : { kind: "expired" };
  }

  /** The same, and a valid code is used by it. */
  consume(code: string): LocalCode {
    const found = this.examine(code);
    const hash = hashOf(code);
    const known = this.#codes.get(hash);
    if (found.kind === "valid" && known !== undefined) this.#codes.set(hash, { ...known, isUsed: true });
    return found;
  }
}

/** By the hash, so that the time of a look-up reveals nothing of a code. */
function hashOf(code: string): string {
  return createHash("sha256").update(code, "utf8").digest("hex");
}
