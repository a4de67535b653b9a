import { AwsError, type Disposition } from "../model/aws-error.ts";
import { siteName, type CallSite } from "./calls.ts";
import { readDenial } from "./denial.ts";
import { codeOf, rowOf, SESSION_ENDED } from "./error-table.ts";
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
  const known = rowOf(codeOf(error.name), error.message);
  if (known?.kind === "credentials") return credentialsError(error, site);
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
  return status === 429 || (status < 500 && rowOf(codeOf(cause.name), cause.message)?.kind === "throttled");
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
  const row = rowOf(code, error.message);
  const denial = row?.kind === "denied" ? readDenial(error.message, site) : undefined;
  return new AwsError({
    call: siteName(site),
    code,
    message: error.message,
    disposition: dispositionOf(code, error.message, answer.status, site),
    requestId: answer.requestId,
    lost: isWrite(site) && answer.status >= 500,
    ...(denial !== undefined && { denial }),
  });
}

function dispositionOf(code: string, message: string, status: number, site: CallSite): Disposition {
  if (status === 429 || status >= 500) return { kind: "throttled" };
  const row = rowOf(code, message) ?? { kind: "terminal" };
  if (row.kind === "denied") return { kind: "circuit", scope: deniedScope(site) };
  if (row.kind !== "credentials") return row;
  if (code === "ExpiredToken" && site.identity !== "base") return SESSION_ENDED;
  return { kind: "circuit", scope: credentialsScope(code, site) };
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
