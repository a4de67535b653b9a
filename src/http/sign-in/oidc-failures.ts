import { beginningOf } from "../../text/cut.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { replaceUnprintable } from "../../text/characters.ts";
import { isObject } from "../../text/json-values.ts";

const LONGEST = 300;

/** The provider cannot be used now; the message is for the log and for `doctor`. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
}

/**
 * Whether the provider answered, and its answer is no sign-in: for the person who signs in. Other failures are of the
 * network or of the secret, about which people who are not signed in learn nothing.
 */
export function isProtocolFailure(cause: unknown): boolean {
  const code = errorCode(cause) ?? "";
  return code.startsWith("OAUTH_") && code !== "OAUTH_TIMEOUT" && code !== "OAUTH_ABORT";
}

/**
 * A failure with the causes below it, in one line. The texts of the library are constant; those of the provider and of the
 * address bar are foreign.
 */
export function failureText(cause: unknown): string {
  const texts: string[] = [];
  let error: unknown = cause;
  while (isError(error) && texts.length < 4) {
    const described = describedBy(error);
    if (described !== "" && !texts.includes(described)) texts.push(described);
    error = error.cause;
  }
  const text = texts.length === 0 ? "unknown failure" : texts.join(": ");
  return beginningOf(
    replaceUnprintable(text, () => "?"),
    LONGEST,
  );
}

interface ErrorParts {
  readonly message: string;
  readonly cause?: unknown;
  readonly error?: unknown;
  readonly error_description?: unknown;
}

function isError(value: unknown): value is ErrorParts {
  return isObject(value) && typeof value["message"] === "string";
}

/** Of an answer with an error, what the provider reports. */
function describedBy({ message, error, error_description: description }: ErrorParts): string {
  const named = [error, description].filter((part) => typeof part === "string" && part !== "");
  return named.length > 0 ? named.join(": ") : message;
}
