import { describe, expect, test } from "@jest/globals";
import { gitDeadline, gitFailure, type GitAttempt } from "../../../src/source/git/failure.ts";
import { cleanServerText } from "../../../src/source/rules/clean-text.ts";

const ATTEMPT: GitAttempt = { source: "orders", deadline: gitDeadline(new AbortController().signal, 1_000) };
const BANNER = "@".repeat(59);
const CHANGED = `${BANNER}
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
${BANNER}
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
The fingerprint for the ED25519 key sent by the remote host is
SHA256:CjPI/LNWZvzyO6HJ2LSZORe+C4ZYfykwVJ//XSCWNU8.
Please contact your system administrator.
Add correct host key in /state/mirror/ssh-x/known_hosts to get rid of this message.
Host key verification failed.
fatal: Could not read from remote repository.
`;
const SSH: Partial<GitAttempt> = { server: { scheme: "ssh", hasLogin: true } };
const HTTPS: Partial<GitAttempt> = { server: { scheme: "https", hasLogin: true } };
const WITHOUT_LOGIN: Partial<GitAttempt> = { server: { scheme: "https", hasLogin: false } };
const UNABLE = "fatal: unable to access 'https://git.example.com/x/'";
const PROMPT = "fatal: could not read Username for 'https://git.example.com': terminal prompts disabled\n";

function failure(errors: string, attempt: Partial<GitAttempt> = {}) {
  return gitFailure({ ...ATTEMPT, ...attempt }, "read main", { kind: "exited", code: 128, errors });
}

describe("a failure of git", () => {
  test.each([
    {
      because: "ssh warns of another host key in twelve lines",
      errors: CHANGED,
      attempt: SSH,
      code: "host-key-changed",
      text: "the host key of the server, ED25519 SHA256:CjPI/LNWZvzyO6HJ2LSZORe+C4ZYfykwVJ//XSCWNU8, is not the one in knownHostsFile",
    },
    {
      because: "the warning has another form than that of ssh today",
      errors: "REMOTE HOST IDENTIFICATION HAS CHANGED!",
      attempt: SSH,
      code: "host-key-changed",
      text: "the host key of the server is not the one in knownHostsFile",
    },
    {
      because: "the operator revoked the host key",
      errors: "WARNING: REVOKED HOST KEY DETECTED!",
      attempt: SSH,
      code: "host-key-changed",
      text: "knownHostsFile revokes the host key of the server",
    },
    {
      because: "git would ask a person for another login",
      errors: PROMPT,
      attempt: HTTPS,
      code: "auth-failed",
      text: "the server refuses the login of the source (401)",
    },
    {
      because: "the source has no login, although its proxy has one",
      errors: PROMPT,
      attempt: { ...WITHOUT_LOGIN, secrets: ["password of the proxy"] },
      code: "auth-failed",
      text: "the server asks for a login, and the source has none (401)",
    },
    {
      because: "the proxy wants a login, or another one",
      errors: `${UNABLE}: CONNECT tunnel failed, response 407\n`,
      attempt: HTTPS,
      code: "proxy-auth",
      text: "the proxy asks for a user and a password, or rejects those that it got (407)",
    },
    {
      because: "the proxy answers 401 to a wrong password",
      errors: "proxy CONNECT to git.example.com:22 through http://proxy failed: HTTP code 401 from proxy\n",
      attempt: SSH,
      code: "proxy-auth",
      text: "the proxy asks for a user and a password, or rejects those that it got (401)",
    },
    { because: "no rule knows it", errors: "", code: "git-failed", text: "git exited with code 128" },
  ])("names the cause itself: $because", ({ errors, attempt, code, text }) => {
    expect(failure(errors, attempt)).toMatchObject({ code, text: `cannot read main: ${text}` });
  });

  test("has the fix of its login, and of a source without one", () => {
    const revoked = failure(PROMPT, HTTPS);
    const ofApp = failure(PROMPT, { ...HTTPS, refusedFix: "install the App" });

    expect(revoked.fix).toContain("check that the token is valid");
    expect(ofApp.fix).toBe("install the App");
    expect(failure(PROMPT, WITHOUT_LOGIN).fix).toContain("such as tokenFile");
  });
});

describe("the text of a server is quoted, and is no finding of Grantkeeper:", () => {
  const posing = CHANGED.trimEnd()
    .split("\n")
    .map((line) => `remote: ${line}\n`)
    .join("");

  test.each([
    {
      because: "a warning of another host key before the refusal",
      errors: `${posing}${UNABLE}: The requested URL returned error: 403\n`,
      code: "auth-failed",
    },
    {
      because: "a refusal of the proxy",
      errors: `remote: CONNECT tunnel failed, response 407\n${UNABLE}: The requested URL returned error: 500\n`,
      code: "unreachable",
    },
    {
      because: "a refusal of the proxy after a carriage return in its line",
      errors: `remote: x\rCONNECT tunnel failed, response 407\n${UNABLE}: The requested URL returned error: 500\n`,
      code: "unreachable",
    },
    {
      because: "an error of several lines",
      errors: "fatal: remote error: closed\nCONNECT tunnel failed, response 407\nSSL certificate problem\n",
      code: "git-failed",
    },
    {
      because: "an answer that git quotes",
      errors: "fatal: invalid server response; got 'SSL certificate\ndubious ownership'\n",
      code: "git-failed",
    },
    {
      because: "a warning of ssh without a mark from an https server",
      errors: `${CHANGED}${UNABLE}: The requested URL returned error: 403\n`,
      code: "auth-failed",
    },
  ])("$because", ({ errors, code }) => {
    expect(failure(errors, HTTPS)).toMatchObject({
      code,
      text: `cannot read main: ${cleanServerText(errors, [])}`,
    });
  });

  test.each([
    {
      because: "a failure of TLS of an ssh server",
      errors: `${UNABLE}: SSL certificate problem\n`,
      attempt: SSH,
    },
    { because: "a prompt for a login of an ssh server", errors: PROMPT, attempt: SSH },
    { because: "a warning of ssh in a local command", errors: CHANGED, attempt: {} },
  ])("$because has no specific code", ({ errors, attempt }) => {
    expect(failure(errors, attempt).code).toBe("git-failed");
  });

  test.each([
    { because: "another host key", errors: CHANGED },
    { because: "a refused key", errors: "git@git.example.com: Permission denied (publickey).\n" },
    { because: "a refusal of the proxy", errors: "CONNECT tunnel failed, response 407\n" },
  ])("a server over ssh that prints $because has no code of it, and the log of ssh has", ({ errors }) => {
    const marked = errors.replaceAll(/^(?=[^])/gm, "remote: ");

    expect(failure(marked, SSH).code).toBe("git-failed");
    expect(failure("", { ...SSH, sshLog: errors }).code).not.toBe("git-failed");
  });

  test.each([
    {
      sshLog: "Received disconnect from 192.0.2.7 port 22:2: Host key verification failed.\n",
      code: "unreachable",
    },
    {
      sshLog: "Received disconnect from 192.0.2.7 port 22:2: closed\nHost key verification failed.\n",
      code: "unreachable",
    },
    {
      sshLog: "Unable to negotiate with 192.0.2.7 port 22. Their offer: Host key verification failed\n",
      code: "git-failed",
    },
  ])("the log of ssh quotes a server that it does not know yet: $sshLog", ({ sshLog, code }) => {
    const found = failure("fatal: Could not read from remote repository.\n", { ...SSH, sshLog });

    expect(found.code).toBe(code);
    expect(found.text).toContain("Host key verification failed");
  });

  test("a repository on this machine is no server, so that its text counts", () => {
    const attempt = { server: { scheme: "file", hasLogin: false } } as const;

    expect(failure("remote: dubious ownership\n", attempt).code).toBe("refused-url");
  });

  test.each([
    { errors: "fatal: remote error: upload-pack: not our ref 1111111\n", code: "not-found" },
    { errors: "remote: fatal: lazy fetching disabled\nfatal: early EOF\n", code: "partial" },
    { errors: "remote: fatal: bad tree object 1111111\n", code: "corrupt" },
  ])("only the server knows that its repository is $code", ({ errors, code }) => {
    expect(failure(errors, HTTPS).code).toBe(code);
  });
});
