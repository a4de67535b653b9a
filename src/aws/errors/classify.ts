import { AwsError, DISPOSITIONS, type Disposition } from "../../model/aws/errors/aws-error.ts";
import type { AwsService } from "../../model/aws/endpoints.ts";
import { NetworkError, NOT_CONNECTED } from "../../model/network/network-error.ts";
import { calledAt, type CallSite } from "../calls/calls.ts";
import { CredentialsError } from "./credentials-error.ts";
import { readDenial } from "./denial.ts";
import { classOf, codeOf } from "../../model/aws/errors/error-codes.ts";
import { SESSION_ENDS } from "./fenced.ts";
import { permissionFor } from "../calls/permissions.ts";

/** The fields of the SDK's errors other than name and message. */
interface SdkErrorFields {
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly code?: string;
}

/**
 * An error of the SDK as an `AwsError` with its disposition. The SDK's error is not kept: it may contain the raw
 * answer, and answers of Lambda contain environment variables.
 */
export function classify(cause: unknown, site: CallSite): AwsError {
  if (cause instanceof AwsError) return cause;
  if (cause instanceof NetworkError) return networkError(cause, site);
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const { $fault, $metadata, code } = error as SdkErrorFields;
  const requestId = $metadata?.requestId ?? null;
  if ($fault !== undefined)
    return serviceError(error, site, { status: $metadata?.httpStatusCode ?? 0, requestId });
  if (classOf(codeOf(error.name), error.message) === "session") return credentialsError(error, site);
  const isAnswered = $metadata?.httpStatusCode !== undefined;
  const lost = isWrite(site) && !NOT_CONNECTED.has(code ?? "");
  return new AwsError({
    ...calledAt(site),
    code: isAnswered ? "UnreadableAnswer" : (code ?? error.name),
    message: isAnswered ? "the answer could not be read" : connectionText(error),
    disposition: { kind: "throttled" },
    requestId,
    lost,
  });
}

/** Whether AWS throttles because of our request rate; an internal error of AWS does not count. */
export function isThrottle(cause: unknown): boolean {
  const { $fault, $metadata } = cause as SdkErrorFields;
  if (!(cause instanceof Error) || $fault === undefined) return false;
  const status = $metadata?.httpStatusCode ?? 0;
  return status === 429 || (status < 500 && classOf(codeOf(cause.name), cause.message) === "throttled");
}

/**
 * How a call that AWS rejected before it had an effect may be repeated immediately: with a new session, or on the same
 * client, whose clock the SDK has corrected from AWS's answer. Null: it must not be repeated.
 */
export function secondTry(error: AwsError): "new-session" | "same-session" | null {
  const { code, message, lost } = error.facts;
  if (lost) return null;
  if (code === SESSION_ENDS) return "new-session";
  const found = classOf(code, message);
  if (found === "session") return "new-session";
  return found === "clock" ? "same-session" : null;
}

/** An answer that lacks a field that AWS always sends: nothing may be concluded from it. */
export function incompleteAnswer(call: string, missing: string): AwsError {
  return unreadableAnswer(call, `the answer lacks ${missing}`);
}

export function unreadableAnswer(call: string, message: string): AwsError {
  return new AwsError({
    call,
    code: "UnreadableAnswer",
    message,
    disposition: { kind: "throttled" },
    requestId: null,
    lost: false,
  });
}

/** FIPS endpoints are configured, and the service has none there. */
export function noFipsEndpoint(service: AwsService, message: string): AwsError {
  return new AwsError({
    call: service,
    code: "NoFipsEndpoint",
    message,
    fix: "remove aws.fips, or remove the region from the account",
    disposition: { kind: "circuit", scope: NO_FIPS_SCOPES[service] },
    requestId: null,
    lost: false,
  });
}

/** What cannot be read without the service. */
const NO_FIPS_SCOPES = {
  cloudformation: "action",
  cloudtrail: "action",
  events: "action",
  iam: "account",
  lambda: "region",
  organizations: "account",
  sts: "account",
  tagging: "action",
  ssm: "action",
} as const satisfies Record<AwsService, string>;

/** A call that our own stop interrupted after it may have been sent. */
export function abandoned(site: CallSite): AwsError {
  return new AwsError({
    ...calledAt(site),
    code: "Aborted",
    message: "stopped before the answer came",
    disposition: { kind: "throttled" },
    requestId: null,
    lost: true,
  });
}

function serviceError(
  error: Error,
  site: CallSite,
  answer: { readonly status: number; readonly requestId: string | null },
): AwsError {
  const code = codeOf(error.name);
  const found = classOf(code, error.message);
  const denial = found === "denied" ? readDenial(error.message, site) : undefined;
  return new AwsError({
    ...calledAt(site),
    code,
    message: error.message,
    disposition: dispositionOf(site, code, { status: answer.status, found }),
    requestId: answer.requestId,
    lost: isWrite(site) && (answer.status >= 500 || CUT_SHORT.has(code)),
    ...(found === "new-principal" && { about: "principal" }),
    ...(denial !== undefined && { denial }),
    ...(found === "wrong-endpoint" && { fix: WRONG_ENDPOINT }),
  });
}

const WRONG_ENDPOINT =
  "the endpoint that answers belongs to another service or region: correct aws.endpoints (with accounts in several partitions, a URL for each) and aws.stsRegion, or the DNS of the private network";

/** The request was interrupted: whether it had an effect is not known. */
const CUT_SHORT = new Set(["RequestAborted", "RequestTimeout"]);

/** An unknown code is treated like a bad input, so it is retried slowly. */
function dispositionOf(
  site: CallSite,
  code: string,
  answer: { readonly status: number; readonly found: ReturnType<typeof classOf> },
): Disposition {
  const { status, found = "rejected" } = answer;
  if (status === 429 || status >= 500) return DISPOSITIONS.throttled;
  if (OPTIONAL_READS.has(site.call) && STOPS_CALLS.has(found))
    return { kind: "circuit", scope: found === "denied" ? deniedScope(site) : "action" };
  switch (found) {
    case "denied":
      return { kind: "circuit", scope: deniedScope(site) };
    case "session":
    case "region-off":
      return { kind: "circuit", scope: credentialsScope(code, site) };
    case "clock":
      return { kind: "circuit", scope: "account" };
    case "wrong-endpoint":
      return { kind: "circuit", scope: site.region === null ? "account" : "region" };
    case "throttled":
    case "busy":
    case "new-principal":
    case "new-trust":
    case "changed":
    case "rejected":
    case "quota":
    case "unmodifiable":
    case "key":
    case "no-queue":
      if (!isSessionFailure(site, DISPOSITIONS[found])) return DISPOSITIONS[found];
      return { kind: "circuit", scope: SESSION_POLICY_REJECTED.has(code) ? "object" : "account" };
  }
}

/** A failure of such a call stops no other read of the account or region. */
const OPTIONAL_READS: ReadonlySet<CallSite["call"]> = new Set([
  "cloudformation:DescribeStackResources",
  "cloudformation:DescribeStacks",
  "cloudtrail:LookupEvents",
  "events:ListEventBuses",
  "events:ListRuleNamesByTarget",
  "ssm:GetParameters",
  "tag:GetResources",
]);
const STOPS_CALLS: ReadonlySet<string> = new Set([
  "denied",
  "session",
  "region-off",
  "clock",
  "wrong-endpoint",
]);

/** Without a session no call to the account is possible, so this is not a failure of a single key. */
function isSessionFailure(site: CallSite, { kind }: Disposition): boolean {
  return site.call === "sts:AssumeRole" && kind !== "throttled";
}

/** The session policy names one object, so a session for another object may be possible. */
const SESSION_POLICY_REJECTED = new Set(["MalformedPolicyDocument", "PackedPolicyTooLarge"]);

/**
 * One denied object must not stop the account. Without the account-wide listings and STS, the account cannot be read at
 * all.
 */
function deniedScope(site: CallSite): "object" | "action" | "account" | "region" {
  if (site.call === "lambda:ListFunctions") return "region";
  const { call } = site;
  if (call === "sts:GetCallerIdentity" || ACCOUNT_WIDE.has(call)) return "account";
  return permissionFor(call).resource === "*" || site.object === null ? "action" : "object";
}

const ACCOUNT_WIDE = new Set<string>([
  "sts:AssumeRole",
  "iam:GetAccountAuthorizationDetails",
  "iam:ListRoles",
]);

/** A disabled region rejects tokens that are valid in other regions. */
function credentialsScope(code: string, site: CallSite): "account" | "region" {
  const isRegional = [
    "InvalidClientTokenId",
    "UnrecognizedClient",
    "OptInRequired",
    "RegionDisabled",
  ].includes(code);
  return isRegional && site.region !== null ? "region" : "account";
}

/** The request was never sent: a proxy refused it, or the server's certificate is not trusted. */
function networkError({ code, message, fix }: NetworkError, site: CallSite): AwsError {
  return new AwsError({
    ...calledAt(site),
    code,
    message,
    fix,
    disposition: { kind: "throttled" },
    requestId: null,
    lost: false,
  });
}

function credentialsError(error: Error, site: CallSite): AwsError {
  return new AwsError({
    ...calledAt(site),
    code: codeOf(error.name),
    message: error.message,
    ...(error instanceof CredentialsError && { fix: error.fix }),
    disposition: { kind: "circuit", scope: "account" },
    requestId: null,
    lost: false,
  });
}

/** The first line, without any part of an answer that a parser may have quoted. */
function connectionText(error: Error): string {
  if (error instanceof SyntaxError) return "the answer could not be read";
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- the first line of a text of Node or the SDK
  return error.message.split("\n")[0] ?? "";
}

function isWrite(site: CallSite): boolean {
  return site.identity === "writer" || site.identity === "binder";
}
