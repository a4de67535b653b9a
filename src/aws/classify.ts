import { AwsError, type Disposition } from "../model/aws-error.ts";
import { siteName, type CallSite } from "./calls.ts";
import { readDenial } from "./denial.ts";
import { classOf, codeOf, DISPOSITIONS } from "./error-table.ts";
import { permissionFor } from "./permissions.ts";

/** What the SDK's errors have beside name and message. */
interface SdkErrorFields {
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly code?: string;
}

/** The connection never stood, so the request took no effect. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/**
 * What the SDK threw, in our words, with what follows from it. The foreign error itself is not kept: it may hold the
 * raw answer, and Lambda's answers hold environment variables.
 */
export function classify(cause: unknown, site: CallSite): AwsError {
  if (cause instanceof AwsError) return cause;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const { $fault, $metadata, code } = error as SdkErrorFields;
  const requestId = $metadata?.requestId ?? null;
  if ($fault !== undefined)
    return serviceError(error, site, { status: $metadata?.httpStatusCode ?? 0, requestId });
  if (classOf(codeOf(error.name), error.message) === "session") return credentialsError(error, site);
  const isAnswered = $metadata?.httpStatusCode !== undefined;
  const lost = isWrite(site) && !NEVER_SENT.has(code ?? "");
  return new AwsError({
    call: siteName(site),
    code: isAnswered ? "UnreadableAnswer" : (code ?? error.name),
    message: isAnswered ? "the answer could not be read" : connectionText(error),
    disposition: { kind: "throttled" },
    requestId,
    lost,
  });
}

/** Whether AWS says that we are too fast (an error of its own is none). */
export function isThrottle(cause: unknown): boolean {
  const { $fault, $metadata } = cause as SdkErrorFields;
  if (!(cause instanceof Error) || $fault === undefined) return false;
  const status = $metadata?.httpStatusCode ?? 0;
  return status === 429 || (status < 500 && classOf(codeOf(cause.name), cause.message) === "throttled");
}

/**
 * How a call that AWS refused before it did anything may be made again immediately: with a session of its own, or on the
 * same client, whose clock the SDK has set by AWS's answer. Null: it may not.
 */
export function secondTry(error: AwsError): "new-session" | "same-session" | null {
  const { code, message, lost } = error.facts;
  if (lost) return null;
  const found = classOf(code, message);
  if (found === "session") return "new-session";
  return found === "clock" ? "same-session" : null;
}

/** An answer that lacks what AWS always sends: nothing may be concluded from it. */
export function unreadableAnswer(site: CallSite, missing: string): AwsError {
  return new AwsError({
    call: siteName(site),
    code: "UnreadableAnswer",
    message: `the answer lacks ${missing}`,
    disposition: { kind: "throttled" },
    requestId: null,
    lost: false,
  });
}

/** A call that was cut off by our own stop after it may have been sent. */
export function abandoned(site: CallSite): AwsError {
  return new AwsError({
    call: siteName(site),
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
    call: siteName(site),
    code,
    message: error.message,
    disposition: dispositionOf(code, error.message, answer.status, site),
    requestId: answer.requestId,
    lost: isWrite(site) && (answer.status >= 500 || CUT_SHORT.has(code)),
    ...(found === "new-principal" && { about: "principal" }),
    ...(denial !== undefined && { denial }),
  });
}

/** The request ended on its way: whether it took effect is not known. */
const CUT_SHORT = new Set(["RequestAborted", "RequestTimeout"]);

/** A code that no row has is refused like a bad input: whatever it means, it is tried again slowly. */
function dispositionOf(code: string, message: string, status: number, site: CallSite): Disposition {
  if (status === 429 || status >= 500) return DISPOSITIONS.throttled;
  const found = classOf(code, message) ?? "rejected";
  switch (found) {
    case "denied":
      return { kind: "circuit", scope: deniedScope(site) };
    case "session":
    case "region-off":
      return { kind: "circuit", scope: credentialsScope(code, site) };
    case "clock":
      return { kind: "circuit", scope: "account" };
    case "throttled":
    case "busy":
    case "new-principal":
    case "new-trust":
    case "changed":
    case "rejected":
      return isAboutTheSession(site, DISPOSITIONS[found])
        ? { kind: "circuit", scope: "account" }
        : DISPOSITIONS[found];
  }
}

/** Without a session nothing can be done in the account: no key of it is to blame. */
function isAboutTheSession(site: CallSite, { kind }: Disposition): boolean {
  return site.call === "sts:AssumeRole" && kind !== "throttled";
}

/** One denied object must not stop the account; without its own listings and STS the account can't be read at all. */
function deniedScope(site: CallSite): "object" | "action" | "account" | "region" {
  if (site.call === "lambda:ListFunctions") return "region";
  if (["sts:AssumeRole", "iam:GetAccountAuthorizationDetails", "iam:ListRoles"].includes(site.call))
    return "account";
  return permissionFor(site.call).resource === "*" || site.object === null ? "action" : "object";
}

/** A region that is off does not know tokens that are good elsewhere. */
function credentialsScope(code: string, site: CallSite): "account" | "region" {
  const isRegional = [
    "InvalidClientTokenId",
    "UnrecognizedClient",
    "OptInRequired",
    "RegionDisabled",
  ].includes(code);
  return isRegional && site.region !== null ? "region" : "account";
}

function credentialsError(error: Error, site: CallSite): AwsError {
  return new AwsError({
    call: siteName(site),
    code: codeOf(error.name),
    message: error.message,
    disposition: { kind: "circuit", scope: "account" },
    requestId: null,
    lost: false,
  });
}

/** The first line, without what a parser may have quoted of an answer. */
function connectionText(error: Error): string {
  if (error instanceof SyntaxError) return "the answer could not be read";
  return error.message.split("\n")[0] ?? "";
}

function isWrite(site: CallSite): boolean {
  return site.identity === "writer" || site.identity === "binder";
}
