import { gt, valid } from "semver";
import { NetworkError } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { OutsideFetch } from "../toolbox/toolbox.ts";
import { isLoopbackHost } from "../../model/network/loopback.ts";

export interface VersionCheck {
  readonly newest: string;
  /** False as well if this version is newer than the published one. */
  readonly outdated: boolean;
}

interface VersionQuestion {
  readonly fetch: OutsideFetch;
  readonly stop: AbortSignal;
}

const TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 5;
/** A package of an npm registry has all versions in one answer, if the URL is without `/latest`. */
const MAX_ANSWER_BYTES = 8_388_608;
const CHECK = "check the URL, and network.proxy or HTTPS_PROXY";

/**
 * Compares a version with the one that a URL publishes: `version` of a package's manifest, as npm registries answer it, or
 * `tag_name` of a release, as GitHub and Gitea do.
 * @throws CliError with exit code 4 if that is not known, which is never the same as up to date
 */
export async function checkVersion(
  version: string,
  url: string,
  { fetch, signal }: { readonly fetch: OutsideFetch; readonly signal: AbortSignal },
): Promise<VersionCheck> {
  const text = await answerOf(checkedUrl(url), { fetch, stop: signal });
  const newest = versionIn(parsedJson(text));
  if (newest === null) throw unknown(url, "the answer has no version");
  return { newest, outdated: gt(newest, version) };
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:") return text;
  if (url?.protocol === "http:" && isLoopbackHost(url.hostname)) return text;
  throw new CliError(
    `"${shownUrl(text)}" is not an https URL`,
    "such as https://npm.example.com/grantkeeper/latest",
  );
}

async function answerOf(url: string, asking: VersionQuestion): Promise<string> {
  try {
    const response = await followed(url, asking);
    if (!response.ok) throw unknown(url, `the server answered ${response.status}`);
    return await beginningOf(response);
  } catch (cause) {
    asking.stop.throwIfAborted();
    if (cause instanceof CliError) throw cause;
    const fix = cause instanceof NetworkError ? cause.fix : CHECK;
    throw unknown(url, reasonOf(cause), { cause, fix });
  }
}

/** Redirects on the same origin are followed: forges redirect a renamed repository, and registries a path. */
async function followed(url: string, { fetch, stop }: VersionQuestion): Promise<Response> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  let at = url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const headers = { accept: "application/json" };
    const response = await fetch(at, { headers, redirect: "manual", signal });
    const to = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || to === null) return response;
    await response.body?.cancel();
    at = redirected(url, at, to);
  }
  throw unknown(url, `more than ${MAX_REDIRECTS} redirects`);
}

/** Another host may belong to someone else, and http can be changed on the way. */
function redirected(requestedUrl: string, at: string, to: string): string {
  const target = URL.canParse(to, at) ? new URL(to, at) : null;
  if (target !== null && target.origin === new URL(requestedUrl).origin) return target.href;
  const where = target === null ? "an invalid URL" : `another server, ${shownUrl(target.origin)}`;
  const fix = "name the final URL with --from if you trust that server";
  throw unknown(requestedUrl, `the server redirects to ${where}`, { fix });
}

/** An answer may be endless. */
async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function versionIn(answer: unknown): string | null {
  if (!isObject(answer)) return null;
  const text = answer["version"] ?? answer["tag_name"];
  return typeof text === "string" ? valid(text) : null;
}

function unknown(
  url: string,
  reason: string,
  { fix = CHECK, cause }: { readonly fix?: string; readonly cause?: unknown } = {},
): CliError {
  const facts = { exitCode: 4, place: shownUrl(url), code: "Unknown", cause } as const;
  return new CliError(`the newest version is unknown: ${reason}`, fix, facts);
}

/** The error of `fetch` has its reason in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "no answer";
  if (cause.name === "TimeoutError") return "no answer in time";
  if (cause instanceof NetworkError) return cause.message;
  const inner = cause.cause instanceof Error ? cause.cause : cause;
  return errorCode(inner) ?? inner.message;
}
