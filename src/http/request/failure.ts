import {
  FAILURE_CODES,
  type FailureCause,
  type FailureReason,
  type FailureStatus,
} from "../../api/failure.ts";
import { isRecordFailure } from "../../controller/ports/store.ts";
import type { Refusal } from "../../controller/ports/control.ts";
import type { Result } from "../../model/values/result.ts";
import type { Scrub } from "../access/redaction.ts";

interface FailureDetails {
  readonly causes?: readonly FailureCause[];
  readonly retryAfterSeconds?: number;
  readonly hint?: string;
  readonly reason?: "SignInAgain";
}

/** Ends a request with that Status. The caller sees the message. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly reason: FailureReason;
  readonly details: FailureDetails;

  constructor(reason: FailureReason, message: string, details: FailureDetails = {}) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}

export function httpStatusOf({ reason, message, details }: ApiFailure): FailureStatus {
  return {
    apiVersion: "v1",
    kind: "Status",
    metadata: {},
    status: "Failure",
    reason,
    code: FAILURE_CODES[reason],
    message,
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

const REFUSED = {
  "not-found": "NotFound",
  invalid: "Invalid",
  conflict: "Conflict",
  ambiguous: "Conflict",
  unavailable: "ServiceUnavailable",
} as const satisfies Record<Refusal["code"], FailureReason>;

/** The value of a command that the controller executed. @throws ApiFailure if it was refused */
export function accepted<T>({ scrub }: { readonly scrub: Scrub }, result: Result<T, Refusal>): T {
  if (result.kind === "ok") return result.value;
  const { code, message, hint } = result.error;
  throw new ApiFailure(REFUSED[code], scrub(message), hint === undefined ? {} : { hint: scrub(hint) });
}

/** Errors that the HTTP framework throws before a handler runs, with our messages. */
const FRAMEWORK: Readonly<Record<string, readonly [FailureReason, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["RequestEntityTooLarge", "the body is too large"],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UnsupportedMediaType", "expected content-type application/json"],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["BadRequest", "expected a JSON body"],
  FST_ERR_CTP_INVALID_JSON_BODY: ["BadRequest", "the body is not JSON"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["BadRequest", "the length of the body differs from content-length"],
};

/** The reason, which names hosts and files, is in the log and in `readyz` on this machine. */
const RECORD_FAILS = "the record of the controller does not answer";
const RECORD_DETAILS = { retryAfterSeconds: 5, hint: "grantkeeper probe ready on its machine shows why" };

/** null: neither the request nor the record is the cause. */
export function asFailure(error: unknown): ApiFailure | null {
  if (error instanceof ApiFailure) return error;
  if (!(error instanceof Error)) return null;
  if (isRecordFailure(error)) return new ApiFailure("ServiceUnavailable", RECORD_FAILS, RECORD_DETAILS);
  const { code, statusCode } = error as { readonly code?: string; readonly statusCode?: number };
  const known = FRAMEWORK[code ?? ""];
  if (known !== undefined) return new ApiFailure(...known);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiFailure("BadRequest", "the request cannot be read");
  }
  return null;
}
