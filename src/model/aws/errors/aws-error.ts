import { hideCredentials } from "../../values/credential-text.ts";
import { classOf, type ErrorClass } from "./error-codes.ts";

/** The consequence of an AWS failure; decided once, where the answer is received. */
export type Disposition =
  /** Repeat the same action with backoff, until this long after the write that it waits for. */
  | { readonly kind: "retry"; readonly deadlineMs: number }
  /** Slow down; an observation resolves a lost answer. */
  | { readonly kind: "throttled" }
  /** Live differs from the plan's inputs: read again, plan again. */
  | { readonly kind: "replan" }
  /** The same answer until something changes: retried when live or Git changes, and every hour. */
  | { readonly kind: "terminal" }
  /** Access is missing: retry slowly. `object`: for this action on this object; `account`: the sweep's own reads or STS. */
  | { readonly kind: "circuit"; readonly scope: "object" | "action" | "account" | "region" };

/** The disposition of each class, if it does not depend on the call. */
export const DISPOSITIONS = {
  throttled: { kind: "throttled" },
  /** Another change of the same object is in progress. */
  busy: { kind: "retry", deadlineMs: 60_000 },
  /** A principal that was just created has not propagated yet. */
  "new-principal": { kind: "retry", deadlineMs: 120_000 },
  /**
   * A recent change of the role's trust or permissions has not reached Lambda yet; delays of up to 15 min have been
   * observed.
   */
  "new-trust": { kind: "retry", deadlineMs: 300_000 },
  changed: { kind: "replan" },
  rejected: { kind: "terminal" },
  quota: { kind: "terminal" },
  unmodifiable: { kind: "terminal" },
  key: { kind: "terminal" },
  "no-queue": { kind: "terminal" },
} as const satisfies Partial<Record<ErrorClass, Disposition>>;

/** The kinds of policies that AWS names in a refusal. */
export const DENIERS = [
  "identity policy",
  "permissions boundary",
  "service control policy",
  "resource control policy",
  "session policy",
  "resource policy",
  "trust policy",
  "VPC endpoint policy",
  "unknown",
] as const;

/** The facts in AWS's message about a refused call. */
export interface AccessDenial {
  /** The missing action; not always the call's own (`iam:PassRole` in a call of Lambda). */
  readonly action: string;
  /** The kind of policy that denied the call, if AWS names it. */
  readonly deniedBy: (typeof DENIERS)[number];
  /** `explicit`: a Deny matches; `implicit`: no Allow does. */
  readonly how: "explicit" | "implicit";
  /** The line to add, or where to look. */
  readonly fix: string;
}

export interface AwsErrorFacts {
  /** `iam:DeleteRole role/x`: the call and its object. */
  readonly call: string;
  /** The call alone, which is the action that it needs. Missing: the failure is of no call of AWS, or names no object. */
  readonly action?: string;
  /** AWS's code without the `Exception` suffix. */
  readonly code: string;
  /** AWS's own text. */
  readonly message: string;
  readonly disposition: Disposition;
  readonly requestId: string | null;
  /** True if the request may have taken effect although no answer arrived. */
  readonly lost: boolean;
  /** `principal`: AWS does not know a principal that the call, or the policy that it changes, names. */
  readonly about?: "principal";
  /** Only if access was denied. */
  readonly denial?: AccessDenial;
  /** How to fix it, if the code that found the failure knows. */
  readonly fix?: string;
}

/** A failed AWS call with its consequence. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly facts: AwsErrorFacts;

  constructor(facts: AwsErrorFacts, cause?: unknown) {
    // AWS's message about a signature mismatch contains the session token.
    const message = hideCredentials(facts.message);
    super(`${facts.call}: ${facts.code}: ${message}`, { cause });
    this.facts = { ...facts, message };
  }
}

/** The action that AWS denied: the one that it names, otherwise the call's own. */
export function missingActionOf({ facts: { call, action = call, denial } }: AwsError): string {
  return denial?.action ?? action;
}

/**
 * Equal for calls that failed for the same reason, in other accounts too: the call and AWS's code, and which policy lacks
 * which action. AWS's text has ids of accounts, sessions and requests; it counts only if AWS did not answer.
 */
export function failureCause({ facts: { call, code, denial, requestId, message } }: AwsError): string {
  const missing = denial === undefined ? [] : [denial.action, denial.deniedBy, denial.how];
  const unanswered = requestId === null && denial === undefined ? [message] : [];
  return JSON.stringify([call, code, ...missing, ...unanswered]);
}

/** The SDK's own code for missing credentials. */
const NO_CREDENTIALS = "CredentialsProviderError";

export const NO_CREDENTIALS_FIX =
  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run it where a role provides credentials";

/** They are counted together with the session policy. */
export const NO_TRANSITIVE_TAGS =
  "pass no transitive session tags to the base role, because AWS counts them too: for EKS Pod Identity, disable the session tags of its association";

/** `message; fix`: what a check shows of a failed call. */
export function awsFailureText(error: AwsError): string {
  return [error.message, fixOfAwsError(error)].filter((part) => part !== null).join("; ");
}

/** The fix for a failed call; null if there is no general one. */
export function fixOfAwsError({ facts }: AwsError): string | null {
  if (facts.fix !== undefined) return facts.fix;
  if (facts.code === NO_CREDENTIALS) return NO_CREDENTIALS_FIX;
  // The SDK's own correction of the clock was not enough.
  if (classOf(facts.code, facts.message) === "clock")
    return "correct the clock of this machine, for example with NTP";
  if (facts.code === "PackedPolicyTooLarge") return NO_TRANSITIVE_TAGS;
  if (facts.code === "AWSOrganizationsNotInUse")
    return "name a reader in the management account of the organization, or in a delegated administrator";
  if (facts.code === "ParentNotFound")
    return "name organizational units of this organization in the AccountSet";
  return facts.denial?.fix ?? null;
}
