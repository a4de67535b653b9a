import { describe, expect, test } from "@jest/globals";
import { checkGitRef, checkGitUrl } from "../../../src/source/git/url.ts";
import type { UrlAllowance } from "../../../src/source/git/url.ts";

const STRICT: UrlAllowance = { allowHttpLoopback: false, allowedFilePath: null };
const SIMULATOR: UrlAllowance = { allowHttpLoopback: true, allowedFilePath: null };
const LOCAL: UrlAllowance = { allowHttpLoopback: false, allowedFilePath: "/srv/permissions.git" };

describe("an accepted URL", () => {
  test.each([
    { url: "https://git.example.com/p.git", allowance: STRICT, origin: "https://git.example.com/" },
    { url: "https://git.example.com:8443/p.git", allowance: STRICT, origin: "https://git.example.com:8443/" },
    { url: "HTTPS://GIT.example.com/p.git", allowance: STRICT, origin: "https://git.example.com/" },
    { url: "http://127.0.0.1:8080/p.git", allowance: SIMULATOR, origin: "http://127.0.0.1:8080/" },
    { url: "http://[::1]:8080/p.git", allowance: SIMULATOR, origin: "http://[::1]:8080/" },
    { url: "http://localhost/p.git", allowance: SIMULATOR, origin: "http://localhost/" },
    { url: "ssh://git@git.example.com/p.git", allowance: STRICT, origin: "ssh://git.example.com:22/" },
    { url: "ssh://git@[::1]:2222/p.git", allowance: STRICT, origin: "ssh://[::1]:2222/" },
    { url: "git@git.example.com:p.git", allowance: STRICT, origin: "ssh://git.example.com:22/" },
    { url: "file:///srv/permissions.git", allowance: LOCAL, origin: "file:///" },
    { url: "/srv/permissions.git", allowance: LOCAL, origin: "file:///" },
    { url: "file:///srv/permissions.git/", allowance: LOCAL, origin: "file:///" },
  ])("$url", ({ url, allowance, origin }) => {
    expect(checkGitUrl(url, allowance)).toMatchObject({ kind: "ok", value: { origin } });
  });
});

describe("a URL of a server over ssh is allowed", () => {
  test.each([
    "ssh://git@git.example.com/org/p.git",
    "ssh://git@git.example.com:2222/org/p.git",
    "ssh://git@[::1]:22/~/p.git",
    "git@github.com:org/p.git",
  ])("%s", (url) => {
    expect(checkGitUrl(url, STRICT)).toMatchObject({ kind: "ok", value: { scheme: "ssh", url } });
  });
});

describe("the error of a refused URL", () => {
  test.each([
    "https://git.example.com/p.git?access_token=s3cret",
    "https://git.example.com/p.git#s3cret",
    "https://user:s3cret@git.example.com/p.git",
    "https://user:pa/s3cret@git.example.com/p.git",
    "git.example.com/p.git?access_token=s3cret",
    "ftp://user:s3cret@git.example.com/p.git",
    "ssh://user:s3cret@git.example.com/p.git",
    "user:s3cret@git.example.com:p.git",
  ])("does not show its credential: %s", (url) => {
    const checked = checkGitUrl(url, STRICT);

    expect(checked).toMatchObject({ kind: "err", error: { code: "refused-url" } });
    expect(
      JSON.stringify(checked.kind === "err" && [checked.error.message, checked.error.stack]),
    ).not.toContain("s3cret");
  });
});

describe("a URL is refused", () => {
  test.each([
    { url: "", because: "it is empty" },
    { url: "--upload-pack=touch /tmp/x", because: "git would read it as an option" },
    { url: "-oProxyCommand=x", because: "git would read it as an option" },
    { url: "ext::sh -c touch% /tmp/x", because: "ext runs a command" },
    { url: "ext::https://git.example.com/p.git", because: "ext runs a command" },
    { url: "fd::17", because: "fd reads a file descriptor of this process" },
    { url: "https::https://git.example.com/p.git", because: "it names a helper" },
    { url: "git+ssh://git@git.example.com/p.git", because: "git has no such scheme any more" },
    { url: "ssh://git.example.com/p.git", because: "it names no user" },
    { url: "ssh://git@git.example.com", because: "it names no path" },
    { url: "ssh://git:pw@git.example.com/p.git", because: "it has a password" },
    { url: "ssh://-oProxyCommand=x@git.example.com/p.git", because: "ssh would read the user as an option" },
    { url: "ssh://git@-oProxyCommand=x/p.git", because: "ssh would read the host as an option" },
    { url: "ssh://git@%2doProxyCommand=x/p.git", because: "git decodes the host" },
    { url: "ssh://git@git.example.com/-p.git", because: "the server would read an option" },
    { url: "ssh://git@git.example.com/p%0a.git", because: "git decodes a line break" },
    { url: "git@-oProxyCommand=x:p.git", because: "ssh would read the host as an option" },
    { url: "git@git.example.com:-p.git", because: "the server would read an option" },
    { url: "git@git.example.com:p.git?x", because: "it has a query" },
    { url: "git://git.example.com/p.git", because: "the server is not authenticated" },
    { url: "ftp://git.example.com/p.git", because: "the server is not authenticated" },
    { url: "http://git.example.com/p.git", because: "the server is not authenticated" },
    { url: "http://127.0.0.1/p.git", because: "plain http is for the simulator" },
    { url: "file:///srv/permissions.git", because: "no local path is configured" },
    { url: "relative/path.git", because: "it depends on the folder of the process" },
    { url: "https:git.example.com/p.git", because: "it is malformed" },
    { url: "https://user:pw@git.example.com/p.git", because: "a credential does not belong there" },
    { url: "https://user@git.example.com/p.git", because: "a credential does not belong there" },
    { url: "https://git.example.com/p.git?x=1", because: "a repository has no query" },
    { url: "https://git.example.com/p.git#x", because: "a repository has no fragment" },
    { url: "https://git.example.com/p%0a.git", because: "a line break forges helper input" },
    { url: "https://git.example.com/a\nb.git", because: "a line break forges log lines" },
    { url: "https://-x/p.git", because: "the host looks like an option" },
    { url: "https://git.example.com\\@evil.example/p.git", because: "parsers disagree about the host" },
  ])("$url: $because", ({ url }) => {
    expect(checkGitUrl(url, STRICT)).toMatchObject({
      kind: "err",
      error: { name: "SourceError", code: "refused-url" },
    });
  });

  test.each([
    { url: "file:///srv/permissions.git/../other.git", because: "it leads to another repository" },
    { url: "file:///srv/other.git", because: "it is another repository" },
    { url: "file://host/srv/permissions.git", because: "it is on another machine" },
    { url: "file:///srv%2fpermissions.git", because: "it hides a slash" },
  ])("$url although a local path is configured: $because", ({ url }) => {
    expect(checkGitUrl(url, LOCAL)).toMatchObject({ kind: "err", error: { code: "refused-url" } });
  });

  test.each([
    { url: "http://git.example.com/p.git" },
    { url: "http://127.0.0.1.evil.example/p.git" },
    { url: "http://localhost.evil.example/p.git" },
    { url: "http://10.0.0.1/p.git" },
  ])("$url under the simulator: it is not this machine", ({ url }) => {
    expect(checkGitUrl(url, SIMULATOR)).toMatchObject({ kind: "err", error: { code: "refused-url" } });
  });

  test("without its password in the error", () => {
    const refused = checkGitUrl("https://user:hunter2@git.example.com/p.git", STRICT);

    expect(refused.kind === "err" ? refused.error.message : "").toMatch(/\*\*\*@git\.example\.com/);
    expect(JSON.stringify(refused)).not.toContain("hunter2");
  });
});

describe("a ref", () => {
  test.each([
    { kind: "branch", name: "main" },
    { kind: "branch", name: "release/2026.1" },
    { kind: "branch", name: "a@b" },
    { kind: "branch", name: "übung" },
    { kind: "tag", name: "v1.0.0" },
    { kind: "commit", name: "a".repeat(40) },
    { kind: "commit", name: "a".repeat(64) },
  ] as const)("$kind $name is accepted", (ref) => {
    expect(checkGitRef(ref)).toEqual({ kind: "ok", value: ref });
  });

  test.each([
    { kind: "branch", name: "", because: "it is empty" },
    { kind: "branch", name: "-x", because: "git would read it as an option" },
    { kind: "branch", name: "a..b", because: "it is a range" },
    { kind: "branch", name: "a:b", because: "it would write another ref" },
    { kind: "branch", name: "a*", because: "it is a pattern of many" },
    { kind: "branch", name: "a b", because: "git allows no spaces" },
    { kind: "branch", name: "a@{1}", because: "it is an expression" },
    { kind: "branch", name: "@", because: "git reads it as HEAD" },
    { kind: "branch", name: "a^", because: "it is an expression" },
    { kind: "branch", name: "a\n", because: "a line break forges log lines" },
    { kind: "branch", name: "a/.b", because: "git allows no hidden parts" },
    { kind: "branch", name: "a.lock", because: "git uses it itself" },
    { kind: "branch", name: "a//b", because: "a part is empty" },
    { kind: "branch", name: "/a", because: "a part is empty" },
    { kind: "branch", name: "refs/heads/main", because: "the kind already states it" },
    { kind: "tag", name: "v1.", because: "git allows no dot at the end" },
    { kind: "commit", name: "a".repeat(39), because: "a short hash is ambiguous" },
    { kind: "commit", name: "A".repeat(40), because: "git writes lower case" },
    { kind: "commit", name: "main", because: "it is not a hash" },
  ] as const)("$kind $name is refused: $because", ({ kind, name }) => {
    expect(checkGitRef({ kind, name })).toMatchObject({ kind: "err", error: { code: "refused-ref" } });
  });
});
