import type { FailureStatus } from "../api/failure.ts";
import { CliError } from "./cli-error.ts";
import type { Connection } from "./connection.ts";
import { errorCode } from "./error-code.ts";

/** Nobody answered, or not in time. */
export function connectionFailure({ url, start }: Connection, cause: unknown): CliError {
  const why = reasonOf(cause);
  return new CliError(
    `no controller answers at ${url} (${why})`,
    `start it with: ${start}   or name another with --server`,
    1,
    cause,
  );
}

/** What fetch says lies in the cause of its error. */
function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "unknown failure";
  if ("name" in cause && cause.name === "TimeoutError") return "no answer in time";
  const inner = "cause" in cause ? cause.cause : cause;
  return errorCode(inner) ?? ("message" in cause ? String(cause.message) : "unknown failure");
}

/** The server said no, or what answered is no Grantkeeper. */
export function failureOfAnswer(connection: Connection, status: number, answer: unknown): CliError {
  if (!isFailure(answer)) {
    return new CliError(
      `${connection.url} answered ${status} with something that is no answer of grantkeeper`,
      "see whether --server, or http.listen in the operator's file, names the controller",
    );
  }
  const causes = (answer.details?.causes ?? []).map(({ field, message }) => `\n  ${field}: ${message}`);
  const message = `${answer.message}${causes.join("")}`;
  if (answer.reason === "Unauthorized") return new CliError(message, tokenMend(connection));
  if (answer.reason === "Forbidden")
    return new CliError(message, "use a token with that scope and namespace: tokens in the operator's file");
  return new CliError(message, answer.details?.hint ?? retryMend(answer));
}

function tokenMend({ token, tokenFrom }: Connection): string {
  if (token === null)
    return `set GRANTKEEPER_TOKEN${tokenFrom === null ? "" : `, or run where ${tokenFrom} can be read`}`;
  return `the token came from ${tokenFrom ?? "GRANTKEEPER_TOKEN"}; is it of this controller, and not expired?`;
}

function retryMend({ details }: FailureStatus): string | null {
  const seconds = details?.retryAfterSeconds;
  return seconds === undefined ? null : `try again in ${seconds} s`;
}

function isFailure(answer: unknown): answer is FailureStatus {
  if (typeof answer !== "object" || answer === null) return false;
  return (
    "kind" in answer && answer.kind === "Status" && "message" in answer && typeof answer.message === "string"
  );
}
