import { describe, expect, test } from "@jest/globals";
import { deadline, gitFailure, type GitAttempt } from "../../../src/source/git/failure.ts";

const ATTEMPT: GitAttempt = { source: "orders", deadline: deadline(new AbortController().signal, 1_000) };
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
const PROMPT = "fatal: could not read Username for 'https://git.example.com': terminal prompts disabled\n";

function failure(errors: string, attempt: Partial<GitAttempt> = {}) {
  return gitFailure({ ...ATTEMPT, ...attempt }, "read main", { kind: "exited", code: 128, errors });
}

describe("a failure of git", () => {
  test.each([
    {
      because: "ssh warns of another host key in twelve lines",
      errors: CHANGED,
      code: "host-key-changed",
      text: "the host key of the server, ED25519 SHA256:CjPI/LNWZvzyO6HJ2LSZORe+C4ZYfykwVJ//XSCWNU8, is not the one in knownHostsFile",
    },
    {
      because: "the warning has another form than that of ssh today",
      errors: "REMOTE HOST IDENTIFICATION HAS CHANGED!",
      code: "host-key-changed",
      text: "the host key of the server is not the one in knownHostsFile",
    },
    {
      because: "the operator revoked the host key",
      errors: "WARNING: REVOKED HOST KEY DETECTED!",
      code: "host-key-changed",
      text: "knownHostsFile revokes the host key of the server",
    },
    {
      because: "git would ask a person for another login",
      errors: PROMPT,
      attempt: { secrets: ["s3cret"] },
      code: "auth-failed",
      text: "the server refuses the login of the source (401)",
    },
    {
      because: "the source has no login",
      errors: PROMPT,
      code: "auth-failed",
      text: "the server asks for a login, and the source has none (401)",
    },
    {
      because: "the proxy wants a login, or another one",
      errors: "fatal: unable to access 'https://git.example.com/x/': CONNECT tunnel failed, response 407\n",
      code: "proxy-auth",
      text: "the proxy asks for a user and a password, or rejects those that it got (407)",
    },
    { because: "no rule knows it", errors: "", code: "git-failed", text: "git exited with code 128" },
  ])("names the cause itself: $because", ({ errors, attempt, code, text }) => {
    expect(failure(errors, attempt)).toMatchObject({ code, text: `cannot read main: ${text}` });
  });

  test("has the fix of its login, and of a source without one", () => {
    const revoked = failure(PROMPT, { secrets: ["s3cret"] });
    const ofApp = failure(PROMPT, { secrets: ["s3cret"], refusedFix: "install the App" });

    expect(revoked.fix).toContain("check that the token is valid");
    expect(ofApp.fix).toBe("install the App");
    expect(failure(PROMPT).fix).toContain("such as tokenFile");
  });
});
