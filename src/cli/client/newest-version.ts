import { gt, valid } from "semver";
import { NetworkError } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { OutsideFetch } from "../toolbox/toolbox.ts";

export interface VersionCheck {
  readonly newest: string;
  /** False as well if this version is newer than the published one. */
  readonly outdated: boolean;
}

const TIMEOUT_MS = 15_000;
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
  const text = await answerOf(checkedUrl(url), { fetch, signal });
  const newest = versionIn(parsedJson(text));
  if (newest === null) throw unknown(url, "the answer has no version");
  return { newest, outdated: gt(newest, version) };
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLocal = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLocal)) return text;
  throw new CliError(
    `"${shownUrl(text)}" is not an https URL`,
    "such as https://npm.example.com/grantkeeper/latest",
  );
}

async function answerOf(
  url: string,
  { fetch, signal }: { readonly fetch: OutsideFetch; readonly signal: AbortSignal },
): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (!response.ok) throw unknown(url, `the server answered ${response.status}`);
    return await response.text();
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof CliError) throw cause;
    const fix = cause instanceof NetworkError ? cause.fix : CHECK;
    throw unknown(url, reasonOf(cause), { cause, fix });
  }
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
