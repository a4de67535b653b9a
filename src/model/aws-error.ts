import { hideCredentials } from "./credential-text.ts";

/** What follows from an AWS failure; decided once, where the answer is received. */
export type Disposition =
  /** The same action again, with backoff, until this long after the write that it waits for. */
  | { readonly kind: "retry"; readonly deadlineMs: number }
  /** Slow down; a lost answer is resolved by observing. */
  | { readonly kind: "throttled" }
  /** The world is not as the plan saw it: read again, plan again. */
  | { readonly kind: "replan" }
  /** The same answer until something changes: tried again when live or git does, and every hour. */
  | { readonly kind: "terminal" }
  /** Access is missing: probe slowly. `object`: for this action on this object; `account`: the sweep's own reads or STS. */
  | { readonly kind: "circuit"; readonly scope: "object" | "action" | "account" | "region" };

/** What AWS's text says about a refused call. */
export interface AccessDenial {
  /** The action that is missing; not always the call's own (`iam:PassRole` in a call of Lambda). */
  readonly action: string;
  /** Whose policy said no, as far as AWS says it. */
  readonly deniedBy:
    | "identity policy"
    | "permissions boundary"
    | "service control policy"
    | "resource control policy"
    | "session policy"
    | "resource policy"
    | "trust policy"
    | "VPC endpoint policy"
    | "unknown";
  /** `explicit`: a Deny stands there; `implicit`: no Allow does. */
  readonly how: "explicit" | "implicit";
  /** The line to add, or where to look. */
  readonly fix: string;
}

export interface AwsErrorFacts {
  /** `iam:DeleteRole role/x`: the call and its object. */
  readonly call: string;
  /** AWS's code without the `Exception` suffix. */
  readonly code: string;
  /** AWS's own text. */
  readonly message: string;
  readonly disposition: Disposition;
  readonly requestId: string | null;
  /** True when the request may have taken effect although no answer came. */
  readonly lost: boolean;
  /** `principal`: a principal that the call, or the policy that it changes, names is unknown to AWS. */
  readonly about?: "principal";
  /** Only where access was denied. */
  readonly denial?: AccessDenial;
}

/** A failed AWS call that already knows what follows. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly facts: AwsErrorFacts;

  constructor(facts: AwsErrorFacts, cause?: unknown) {
    // AWS's text of a signature that does not match has the session token in it.
    const message = hideCredentials(facts.message);
    super(`${facts.call}: ${facts.code}: ${message}`, { cause });
    this.facts = { ...facts, message };
  }
}

/** The SDK's own code for credentials that it finds nowhere. */
const NO_CREDENTIALS = "CredentialsProviderError";

/** Codes that the SDK's own clock correction could not cure. */
const CLOCK_IS_WRONG = new Set(["RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"]);

/** What a person can do about a failed call; null where nothing general can be said. */
export function fixOfAwsError({ facts }: AwsError): string | null {
  if (facts.code === NO_CREDENTIALS)
    return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run it where a role gives credentials";
  if (CLOCK_IS_WRONG.has(facts.code)) return "correct the clock of this machine, for example with NTP";
  return facts.denial?.fix ?? null;
}
