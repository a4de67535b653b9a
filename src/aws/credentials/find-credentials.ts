import { NO_CREDENTIALS_FIX } from "../../model/aws/aws-error.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import { CredentialsError } from "../errors/credentials-error.ts";
import type { CredentialParts, Environment, FoundCredentials } from "./provided-credentials.ts";
import { profileName, PROVIDERS, type Provider } from "./providers.ts";

/**
 * Asks the providers in their order.
 * @throws CredentialsError with the reason of each provider, or of the one that is configured and fails
 */
export async function findCredentials(parts: CredentialParts): Promise<FoundCredentials> {
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
