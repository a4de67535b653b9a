import type { Disposition } from "../model/aws-error.ts";

/** What AWS's words decide: a row for each code, by message where one code means several things. */
export type ErrorRow = Disposition | { readonly kind: "denied" } | { readonly kind: "credentials" };
type Row = ErrorRow | ((message: string) => ErrorRow);

const THROTTLED = { kind: "throttled" } as const;
const REPLAN = { kind: "replan" } as const;
const TERMINAL = { kind: "terminal" } as const;
const DENIED = { kind: "denied" } as const;
const CREDENTIALS = { kind: "credentials" } as const;

/** Another change of the same object is under way. */
const SHORT = { kind: "retry", deadlineMs: 60_000 } as const;
/** A principal that was just created is not known everywhere yet. */
const NEW_PRINCIPAL = { kind: "retry", deadlineMs: 120_000 } as const;
/** Trust or permissions of a role that was just changed are not known to Lambda yet; up to 15 min were seen. */
const NEW_TRUST = { kind: "retry", deadlineMs: 300_000 } as const;
/** Our session ended early: the next try opens another. */
const NEW_SESSION = { kind: "retry", deadlineMs: 120_000 } as const;

/** By code without the `Exception` suffix: IAM's declared errors carry it in the SDK, its undeclared ones do not. */
const ERRORS: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["Throttling", THROTTLED],
  ["Throttled", THROTTLED],
  ["TooManyRequests", THROTTLED],
  ["RequestLimitExceeded", THROTTLED],
  ["RequestThrottled", THROTTLED],
  ["BandwidthLimitExceeded", THROTTLED],
  ["ProvisionedThroughputExceeded", THROTTLED],
  ["PriorRequestNotComplete", THROTTLED],
  ["TransactionInProgress", THROTTLED],
  ["EC2Throttled", THROTTLED],
  ["SlowDown", THROTTLED],
  ["ServiceFailure", THROTTLED],
  ["Service", THROTTLED],
  ["InternalFailure", THROTTLED],
  ["InternalError", THROTTLED],
  ["InternalServer", THROTTLED],
  ["ServiceUnavailable", THROTTLED],
  ["RequestTimeout", THROTTLED],

  ["ConcurrentModification", SHORT],
  ["ResourceConflict", (message) => (/already exists/i.test(message) ? REPLAN : SHORT)],
  ["ResourceInUse", SHORT],
  ["ResourceNotReady", SHORT],
  ["MalformedPolicyDocument", (message) => (/invalid principal/i.test(message) ? NEW_PRINCIPAL : TERMINAL)],
  ["InvalidParameterValue", invalidParameter],

  ["PreconditionFailed", REPLAN],
  ["EntityAlreadyExists", REPLAN],
  ["NoSuchEntity", REPLAN],
  ["ResourceNotFound", REPLAN],
  ["DeleteConflict", REPLAN],

  ["LimitExceeded", TERMINAL],
  ["PolicyLengthExceeded", TERMINAL],
  ["InvalidInput", TERMINAL],
  ["Validation", TERMINAL],
  ["ValidationError", TERMINAL],
  ["PolicyNotAttachable", TERMINAL],
  ["UnmodifiableEntity", TERMINAL],
  ["PublicPolicy", TERMINAL],
  ["InvalidCodeSignature", TERMINAL],
  ["CodeVerificationFailed", TERMINAL],
  ["CodeSigningConfigNotFound", TERMINAL],
  ["InvalidRequestContent", TERMINAL],
  ["RequestTooLarge", TERMINAL],
  ["RequestEntityTooLarge", TERMINAL],
  ["PackedPolicyTooLarge", TERMINAL],

  ["AccessDenied", DENIED],
  ["UnauthorizedOperation", DENIED],
  ["NotAuthorized", DENIED],
  ["AuthorizationError", DENIED],
  ["ExpiredToken", CREDENTIALS],
  ["InvalidClientTokenId", CREDENTIALS],
  ["UnrecognizedClient", CREDENTIALS],
  ["InvalidAccessKeyId", CREDENTIALS],
  ["SignatureDoesNotMatch", CREDENTIALS],
  ["InvalidSignature", CREDENTIALS],
  ["IncompleteSignature", CREDENTIALS],
  ["MissingAuthenticationToken", CREDENTIALS],
  ["RequestExpired", CREDENTIALS],
  ["OptInRequired", CREDENTIALS],
  ["RegionDisabled", CREDENTIALS],
  ["CredentialsProviderError", CREDENTIALS],
  ["TokenProviderError", CREDENTIALS],
]);

/** `LimitExceededException` and `LimitExceeded` are one code. */
export function codeOf(name: string): string {
  return name.replace(/Exception$/, "");
}

/** Undefined: the code is in no row, so the HTTP status decides. */
export function rowOf(code: string, message: string): ErrorRow | undefined {
  const row = ERRORS.get(code);
  return typeof row === "function" ? row(message) : row;
}

/** What follows from an expired session of ours. */
export const SESSION_ENDED: Disposition = NEW_SESSION;

function invalidParameter(message: string): ErrorRow {
  if (/cannot be assumed by Lambda/i.test(message)) return NEW_TRUST;
  if (/does not have permissions/i.test(message)) return NEW_TRUST;
  if (/KMS key is invalid for CreateGrant/i.test(message)) return NEW_TRUST;
  if (/throttled by EC2/i.test(message)) return NEW_TRUST;
  return TERMINAL;
}
