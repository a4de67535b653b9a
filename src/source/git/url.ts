import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SourceError } from "../../controller/ports/source.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { isPrintable } from "../../text/characters.ts";
import { visibleName } from "../rules/clean-text.ts";

export interface GitRemote {
  readonly scheme: "https" | "http" | "file";
  readonly url: string;
  /** `https://git.example.com:8443/`: the only server that receives the credential. */
  readonly origin: string;
}

export interface UrlAllowance {
  /** Allows plain http to this machine, for the simulator. */
  readonly allowHttpLoopback: boolean;
  /** The one local repository that the configuration names. */
  readonly allowedFilePath: string | null;
}

export interface GitRef {
  readonly kind: "branch" | "tag" | "commit";
  readonly name: string;
}

/**
 * Accepts https and the other URLs that the operator allowed; everything else (`ext::`, `git@host:`, `-x`) is refused
 * by name.
 */
export function checkGitUrl(text: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  const shown = visibleName(shownUrl(text));
  if (text === "" || text.startsWith("-") || !isPrintable(text) || /[\s\\]/.test(text)) {
    return refuse(shown, "it is not a URL", "Write https://host/path.");
  }
  if (text.startsWith("/")) return checkFile(pathToFileURL(text), shown, allowance);
  if (/^ssh:|^git\+ssh:|^[^/]+@[^/]+:/i.test(text)) {
    return refuse(shown, "ssh is not in this version", "Use https with a token file.");
  }
  const url = URL.parse(text);
  if (url === null || /^[^/]*::/.test(text) || !/^(https|http|file):\/\//i.test(text)) {
    return refuse(shown, "only https is allowed", "Write https://host/path.");
  }
  if (url.protocol === "file:") return checkFile(url, shown, allowance);
  return checkHttp(url, shown, allowance);
}

function checkHttp(url: URL, shown: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  if (url.username !== "" || url.password !== "") {
    return refuse(
      shown,
      "it contains a credential",
      "Write the token into a file and set tokenFile to its path.",
    );
  }
  if (url.search !== "" || url.hash !== "" || /%(0[0-9a-f]|1[0-9a-f]|7f)/i.test(url.pathname)) {
    return refuse(shown, "it has a query, a fragment or control characters", "Write https://host/path.");
  }
  if (url.hostname.startsWith("-"))
    return refuse(shown, "the host begins with a dash", "Write https://host/path.");
  const origin = `${url.origin}/`;
  if (url.protocol === "https:") return ok({ scheme: "https", url: url.href, origin });
  if (allowance.allowHttpLoopback && isLoopback(url.hostname)) {
    return ok({ scheme: "http", url: url.href, origin });
  }
  return refuse(
    shown,
    "http is allowed only to this machine and only with aws.simulator: true",
    "Use https.",
  );
}

function checkFile(url: URL, shown: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  if (url.host !== "" || /%(2f|00)/i.test(url.pathname))
    return refuse(shown, "it does not name a local path", "Write file:///path.");
  const path = fileURLToPath(url);
  if (allowance.allowedFilePath === null || resolve(allowance.allowedFilePath) !== resolve(path)) {
    return refuse(shown, "it is not the local repository that the configuration names", "Use https.");
  }
  return ok({ scheme: "file", url: pathToFileURL(resolve(path)).href, origin: "file:///" });
}

/** Whether it is 127.0.0.0/8 (in the only spelling that the URL parser returns), ::1 or the reserved name. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function refuse(shown: string, why: string, fix: string): Result<never, SourceError> {
  return err(new SourceError({ code: "refused-url", message: `git URL "${shown}" is refused: ${why}`, fix }));
}

/** Stricter than `git check-ref-format`: a name that starts with a dash is refused too. */
export function checkGitRef(ref: GitRef): Result<GitRef, SourceError> {
  const isGood = ref.kind === "commit" ? isCommitHash(ref.name) : isRefName(ref.name);
  if (isGood) return ok(ref);
  const wanted =
    ref.kind === "commit" ? "40 or 64 lower-case hex digits" : `the name of a ${ref.kind}, without refs/`;
  return err(
    new SourceError({
      code: "refused-ref",
      message: `${ref.kind} "${visibleName(ref.name)}" is refused`,
      fix: `Write ${wanted}.`,
    }),
  );
}

function isCommitHash(name: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

function isRefName(name: string): boolean {
  if (name === "" || name.length > 200 || /^[-/]|^refs\/|[/.]$|\.\.|\/\/|@\{|[ ~^:?*[\\]/.test(name))
    return false;
  if (name === "@" || !isPrintable(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
