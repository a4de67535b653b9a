import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { validRange } from "semver";
import { SourceError } from "../../controller/ports/source.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { isSshUrl } from "../../model/network/ssh-url.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { isPrintable } from "../../text/characters.ts";
import { visibleName } from "../rules/clean-text.ts";
import { isHash } from "./refs.ts";
import { isLoopbackHost } from "../../model/network/loopback.ts";

export interface GitRemote {
  readonly scheme: "https" | "http" | "ssh" | "file";
  readonly url: string;
  /** `https://git.example.com:8443/`: the only server that receives the token or password. */
  readonly origin: string;
}

export interface UrlAllowance {
  /** Allows plain http to this machine, for the simulator. */
  readonly allowHttpLoopback: boolean;
  /** The one local repository that the configuration names. */
  readonly allowedFilePath: string | null;
}

export interface GitRef {
  /** `semver`: the tag with the highest version in the range that `name` is. */
  readonly kind: "branch" | "tag" | "semver" | "commit";
  readonly name: string;
}

const ENCODED_CONTROL = /%(0[0-9a-f]|1[0-9a-f]|7f)/i;
const SSH_OR_HTTPS = "write https://host/path, or ssh://user@host/path with ssh.privateKeyFile";

/** Accepts https, ssh and the other URLs that the operator allowed; everything else (`ext::`, `-x`) is refused by name. */
export function checkGitUrl(text: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  const shown = visibleName(shownUrl(text));
  if (text === "" || text.startsWith("-") || !isPrintable(text) || /[\s\\]/.test(text)) {
    return refuse(shown, "it is not a URL", "write https://host/path");
  }
  if (text.startsWith("/")) return checkFile(pathToFileURL(text), shown, allowance);
  if (isSshUrl(text)) return checkSsh(text, shown);
  const url = URL.parse(text);
  if (url === null || /^[^/]*::/.test(text) || !/^(https|http|file):\/\//i.test(text)) {
    return refuse(shown, "only https and ssh are allowed", SSH_OR_HTTPS);
  }
  if (url.protocol === "file:") return checkFile(url, shown, allowance);
  return checkHttp(url, shown, allowance);
}

function checkHttp(url: URL, shown: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  if (url.username !== "" || url.password !== "") {
    return refuse(
      shown,
      "it contains a credential",
      "write the token into a file and set tokenFile to its path",
    );
  }
  if (url.search !== "" || url.hash !== "" || ENCODED_CONTROL.test(url.pathname)) {
    return refuse(shown, "it has a query, a fragment or control characters", "write https://host/path");
  }
  if (url.hostname.startsWith("-"))
    return refuse(shown, "the host begins with a dash", "write https://host/path");
  const origin = `${url.origin}/`;
  if (url.protocol === "https:") return ok({ scheme: "https", url: url.href, origin });
  if (allowance.allowHttpLoopback && isLoopbackHost(url.hostname)) {
    return ok({ scheme: "http", url: url.href, origin });
  }
  return refuse(shown, "http is allowed only to this machine and only with aws.simulator: true", "use https");
}

/**
 * `ssh://user@host:port/path`, or `user@host:path`, whose path starts in the home folder of the user. A host or user
 * that begins with a dash would be an option of ssh.
 */
function checkSsh(text: string, shown: string): Result<GitRemote, SourceError> {
  const found =
    /^ssh:\/\/(?<user>[^/@]*)@(?<host>\[[\da-f:.]+\]|[^/:@]+)(?::(?<port>\d{1,5}))?\/(?<path>[^?#]+)$/i.exec(
      text,
    ) ?? /^(?<user>[^/@:]*)@(?<host>\[[\da-f:.]+\]|[^/:@]+):(?<path>(?!\/\/)[^?#]+)$/i.exec(text);
  const { user = "", host = "", port = "22", path = "" } = found?.groups ?? {};
  const isGood =
    /^\w[\w.-]*$/.test(user) &&
    /^(\[.*\]|\w[\w.-]*)$/.test(host) &&
    /^[\w/~]/.test(path) &&
    !ENCODED_CONTROL.test(path);
  if (!isGood) return refuse(shown, "it does not name a user, a host and a path", SSH_OR_HTTPS);
  return ok({ scheme: "ssh", url: text, origin: `ssh://${host}:${port}/` });
}

function checkFile(url: URL, shown: string, allowance: UrlAllowance): Result<GitRemote, SourceError> {
  if (url.host !== "" || /%(2f|00)/i.test(url.pathname))
    return refuse(shown, "it does not name a local path", "write file:///path");
  const path = fileURLToPath(url);
  if (allowance.allowedFilePath === null || resolve(allowance.allowedFilePath) !== resolve(path)) {
    return refuse(shown, "it is not the local repository that the configuration names", "use https");
  }
  return ok({ scheme: "file", url: pathToFileURL(resolve(path)).href, origin: "file:///" });
}

function refuse(shown: string, why: string, fix: string): Result<never, SourceError> {
  return err(new SourceError({ code: "refused-url", message: `git URL "${shown}" is refused: ${why}`, fix }));
}

/** Stricter than `git check-ref-format`: a name that starts with a dash is refused too. */
export function checkGitRef(ref: GitRef): Result<GitRef, SourceError> {
  const isGood = REF_CHECKS[ref.kind];
  if (isGood(ref.name)) return ok(ref);
  const wanted = WANTED[ref.kind];
  return err(
    new SourceError({
      code: "refused-ref",
      message: `${ref.kind} "${visibleName(ref.name)}" is refused`,
      fix: `write ${wanted}`,
    }),
  );
}

const REF_CHECKS = {
  branch: isRefName,
  tag: isRefName,
  semver: (name) => validRange(name) !== null,
  commit: isHash,
} as const satisfies Record<GitRef["kind"], (name: string) => boolean>;

const WANTED = {
  branch: "the name of a branch, without refs/",
  tag: "the name of a tag, without refs/",
  semver: "a range of versions, such as >=1.2.0 <2",
  commit: "40 or 64 lower-case hex digits",
} as const satisfies Record<GitRef["kind"], string>;

function isRefName(name: string): boolean {
  if (name === "" || name.length > 200 || /^[-/]|^refs\/|[/.]$|\.\.|\/\/|@\{|[ ~^:?*[\\]/.test(name))
    return false;
  if (name === "@" || !isPrintable(name)) return false;
  return name.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}
