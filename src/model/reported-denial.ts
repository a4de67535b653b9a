import type { AccessDenial } from "./aws-error.ts";

/** A refused call as AWS told it, in a message or in an event. What nothing says is null; nothing is guessed. */
export interface ReportedDenial {
  /** ARN of who asked; of a function the session of its role, whose name is the function's. */
  readonly caller: string | null;
  /** ARN of the session's role, with its path, where an event says it. */
  readonly role: string | null;
  /** `service:Name`, in the case in which it was told. */
  readonly action: string | null;
  /** The call, where what it needs is not told. */
  readonly operation: string | null;
  /** An ARN, `*`, or what the service says instead (the name of a secret). */
  readonly resource: string | null;
  readonly region: string | null;
  readonly deniedBy: AccessDenial["deniedBy"];
  /** `explicit`: a Deny stands there; `implicit`: no Allow does. */
  readonly how: AccessDenial["how"] | "unknown";
  /** ARN of the policy that denies, where AWS says it. */
  readonly policy: string | null;
  /** What `aws sts decode-authorization-message` reads. */
  readonly encoded: string | null;
  /** The request's condition keys, as far as they are told; in any case. */
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
