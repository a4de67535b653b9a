import { FAILURE_CODES, type FailureReason, type FailureStatus } from "../../api/failure.ts";
import { CliError, type ExitCode } from "../toolbox/cli-error.ts";
import type { Connection } from "./connection.ts";
import { errorCode } from "../../model/values/error-code.ts";

/** There was no answer, or not in time. */
export function connectionFailure({ url, start }: Connection, cause: unknown): CliError {
  return new CliError(
    `cannot reach the controller: ${reasonOf(cause)}`,
    `start it with "${start}", or set --server`,
    { exitCode: 4, cause, place: url, code: "Unreachable" },
  );
}

function isError(cause: unknown): cause is { readonly message: string } {
  return (
    typeof cause === "object" && cause !== null && "message" in cause && typeof cause.message === "string"
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name cannot be resolved",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
};

/** The cause of the error of `fetch` has the reason. */
function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "unknown failure";
  if ("name" in cause && cause.name === "TimeoutError") return "no answer in time";
  const inner = "cause" in cause && isError(cause.cause) ? cause.cause : cause;
  const code = errorCode(inner);
  if (code !== undefined) return REASONS[code] ?? code;
  return isError(inner) ? inner.message : "unknown failure";
}

/** Which exit code follows from the answer: 4 where the controller cannot answer, or not this token. */
const EXIT_CODES: Partial<Record<FailureReason, ExitCode>> = {
  Unauthorized: 4,
  Forbidden: 4,
  Timeout: 4,
  TooManyRequests: 4,
  ServiceUnavailable: 4,
  Conflict: 3,
};

/** The request was refused. */
export class RefusalAnswer extends CliError {
  readonly reason: FailureReason;
  /** The wrong fields of the request, such as `files[3].path`. */
  readonly fields: readonly string[];

  constructor(connection: Connection, answer: FailureStatus) {
    const { message, reason, details } = answer;
    super(message, fixOf(connection, answer), { exitCode: EXIT_CODES[reason] ?? 1, code: reason });
    this.reason = reason;
    this.fields = (details?.causes ?? []).map(({ field }) => field);
  }
}

/** The controller refused the request, or the server is not Grantkeeper. */
export function failureOfAnswer(connection: Connection, status: number, answer: unknown): CliError {
  if (isFailure(answer)) return new RefusalAnswer(connection, answer);
  if (status === FAILURE_CODES.RequestEntityTooLarge) return new RefusalAnswer(connection, PROXY_REFUSES);
  return new CliError(
    `the server answered ${status}, and not as Grantkeeper does`,
    "check whether --server, or http.listen in the operator's file, names the controller",
    { exitCode: 4, place: connection.url, code: "NotGrantkeeper" },
  );
}

/** A proxy has a limit and an error page of its own. */
const PROXY_REFUSES: FailureStatus = {
  apiVersion: "v1",
  kind: "Status",
  metadata: {},
  status: "Failure",
  reason: "RequestEntityTooLarge",
  code: FAILURE_CODES.RequestEntityTooLarge,
  message: "a proxy before the controller takes no request of this size",
  details: { hint: "raise the limit of the proxy for the size of a request" },
};

function fixOf(connection: Connection, answer: FailureStatus): string | null {
  if (answer.reason === "Unauthorized") return tokenFix(connection);
  if (answer.reason === "Forbidden" && answer.details?.hint === undefined)
    return "use a token with that scope and namespace: tokens in the operator's file";
  return answer.details?.hint ?? retryFix(answer);
}

function tokenFix({ token, tokenFrom }: Connection): string {
  if (token === null)
    return `set GRANTKEEPER_TOKEN${tokenFrom === null ? "" : `, or run where ${tokenFrom} can be read`}`;
  return `the token came from ${tokenFrom ?? "GRANTKEEPER_TOKEN"}; is it of this controller, and not expired?`;
}

function retryFix({ details }: FailureStatus): string | null {
  const seconds = details?.retryAfterSeconds;
  return seconds === undefined ? null : `try again in ${seconds} s`;
}

function isFailure(answer: unknown): answer is FailureStatus {
  if (typeof answer !== "object" || answer === null) return false;
  return (
    "kind" in answer && answer.kind === "Status" && "message" in answer && typeof answer.message === "string"
  );
}
