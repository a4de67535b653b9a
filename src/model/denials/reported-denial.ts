import type { AccessDenial } from "../aws/errors/aws-error.ts";

/** A refused call as AWS reported it, in a message or in an event. Missing parts are null; nothing is guessed. */
export interface ReportedDenial {
  /** ARN of the caller; for a function the session of its role, whose name is the function's. */
  readonly caller: string | null;
  /** ARN of the session's role, with its path, if an event has it. */
  readonly role: string | null;
  /** `service:Name`, in the reported case. */
  readonly action: string | null;
  /** The API operation, if the missing action is not reported. */
  readonly operation: string | null;
  /** An ARN, `*`, or the text that the service reports instead (the name of a secret). */
  readonly resource: string | null;
  readonly region: string | null;
  readonly deniedBy: AccessDenial["deniedBy"];
  /** `explicit`: a Deny matches; `implicit`: no Allow does. */
  readonly how: AccessDenial["how"] | "unknown";
  /** ARN of the policy that denies, if AWS reports it. */
  readonly policy: string | null;
  /** The input of `aws sts decode-authorization-message`. */
  readonly encoded: string | null;
  /** The reported condition keys of the request; in any case. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

export const NOTHING_REPORTED: ReportedDenial = {
  caller: null,
  role: null,
  action: null,
  operation: null,
  resource: null,
  region: null,
  deniedBy: "unknown",
  how: "unknown",
  policy: null,
  encoded: null,
  context: {},
};
