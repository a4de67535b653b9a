import type { Environment } from "../../model/network/environment.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { CredentialParts, FoundCredentials } from "./provided-credentials.ts";
import { NO_CREDENTIALS_FIX } from "../../model/aws/errors/aws-error.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import { CredentialsError } from "../errors/credentials-error.ts";
import { profileName, PROVIDERS, type Provider } from "./providers.ts";

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

/**
 * Asks the providers in their order.
 * @throws CredentialsError with the reason of each provider, or of the one that is configured and fails
 */
async function findCredentials(parts: CredentialParts): Promise<FoundCredentials> {
  const reasons: string[] = [];
  for (const provider of PROVIDERS) {
    const reason = provider.absent(parts.env);
    const found = reason ?? (await ask(provider, parts));
    if (typeof found !== "string") return found;
    reasons.push(`${provider.name}: ${found}`);
  }
  throw new CredentialsError(`no credentials found (${reasons.join("; ")})`, NO_CREDENTIALS_FIX);
}

/** The credentials, or why a provider that no one configured has none. */
async function ask(provider: Provider, parts: CredentialParts): Promise<FoundCredentials | string> {
  const { env } = parts;
  try {
    const credentials = await provider.load(parts);
    return { credentials, place: provider.place(env, credentials) };
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    const reason = reasonOf(cause);
    if (isOptional(provider, env, cause)) return reason;
    throw new CredentialsError(`${provider.name}: ${reason}`, provider.fix, cause);
  }
}

/** Only the profile `default` may be missing. An instance without a role is no mistake: nothing is configured for it. */
function isOptional({ name }: Provider, env: Environment, cause: unknown): boolean {
  if (name === "instance") return true;
  const isMissing = reasonOf(cause).startsWith("Could not resolve credentials using profile");
  return name === "profile" && isMissing && profileName(env) === "default";
}

/** One line. The SDK wraps errors as text: `NetworkError: the proxy …`. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split("\n")[0] ?? "").replace(/^\w*Error: /, "").replace(/\.$/, "");
}
