import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { findCredentials } from "./find-credentials.ts";
import type { CredentialParts, FoundCredentials } from "./provided-credentials.ts";

interface BaseCredentialsParts extends CredentialParts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly telemetry: Telemetry;
}

/** Credentials are renewed this long before they expire. */
const RENEW_MS = 300_000;
/** After a failed renewal; the present credentials are used meanwhile. */
const RETRY_MS = 30_000;

/** The credentials of the process itself: found once, renewed before they expire, kept as long as they are valid. */
export class BaseCredentials {
  readonly #parts: BaseCredentialsParts;
  #current: FoundCredentials | null = null;
  #finding: Promise<FoundCredentials> | null = null;
  #retryMs = 0;

  constructor(parts: BaseCredentialsParts) {
    this.#parts = parts;
  }

  /** @throws CredentialsError, or NetworkError if a proxy or a certificate is the reason */
  async get(): Promise<FoundCredentials> {
    const nowMs = this.#parts.clock.nowMs();
    const current = this.#current;
    const leftMs = current === null ? 0 : expiryOf(current) - nowMs;
    if (current !== null && leftMs > 0 && (leftMs > RENEW_MS || nowMs < this.#retryMs)) return current;
    this.#finding ??= this.#find();
    try {
      return await this.#finding;
    } catch (cause) {
      if (current === null || leftMs <= 0) throw cause;
      this.#retryMs = nowMs + RETRY_MS;
      const reason = cause instanceof Error ? cause.message : String(cause);
      const expires = new Date(expiryOf(current)).toISOString();
      this.#parts.telemetry.warn("the base credentials cannot be renewed", {
        from: current.place,
        expires,
        reason,
      });
      return current;
    }
  }

  async #find(): Promise<FoundCredentials> {
    try {
      this.#current = await findCredentials(this.#parts);
      this.#parts.telemetry.gauge("base_credentials_renewed", 1);
      return this.#current;
    } catch (cause) {
      this.#parts.telemetry.gauge("base_credentials_renewed", 0);
      throw cause;
    } finally {
      this.#finding = null;
    }
  }
}

/** Access keys of users do not expire. */
function expiryOf({ credentials: { expiration } }: FoundCredentials): number {
  return expiration?.getTime() ?? Number.POSITIVE_INFINITY;
}
