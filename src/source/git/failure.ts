import { SourceError } from "../../controller/ports/source.ts";
import { cleanServerText } from "../rules/clean-text.ts";
import type { GitOutcome } from "./process.ts";

/**
 * The signal of the caller and the time limit of the operation. Either ends the operation; only the time limit is a
 * failure of the source.
 */
export interface Deadline {
  readonly caller: AbortSignal;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export function deadline(caller: AbortSignal, timeoutMs: number): Deadline {
  return { caller, timeoutMs, signal: AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]) };
}

/** One call of a source: what its failures need. */
export interface GitAttempt {
  /** The source's name, for errors. */
  readonly source: string;
  readonly deadline: Deadline;
  /** Texts that no error may show. */
  readonly secrets?: readonly string[];
  /** What to do if the server refuses the credential; null: as for a token. */
  readonly refusedFix?: string | null;
}

interface Rule {
  readonly code: string;
  readonly fix: string;
  /** In place of git's own message, which hides the cause. */
  readonly reason?: (errors: string) => string;
}

interface MessageRule extends Rule {
  readonly pattern: RegExp;
}

/** With a refused login, git would ask a person for another one. */
const PROMPT = /could not read (Username|Password)|terminal prompts disabled/i;

/** The messages of git under LC_ALL=C. The first row that matches counts. */
const MESSAGE_RULES: readonly MessageRule[] = [
  {
    code: "host-key-changed",
    pattern: /HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/,
    reason: changedHostKey,
    fix: "compare the server's host key with the one that its operator publishes; replace the line in knownHostsFile only if they are equal, because the connection may be intercepted",
  },
  {
    code: "host-key-unknown",
    pattern: /host key is known for|Host key verification failed/i,
    fix: "add the host key that the server's operator publishes to knownHostsFile (ssh-keyscan prints keys to compare)",
  },
  {
    code: "auth-failed",
    pattern: /Permission denied \((publickey|keyboard|password)|Too many authentication failures/i,
    fix: "add the public key as a read-only deploy key of the repository, and check the user name in the URL",
  },
  {
    code: "no-user",
    pattern: /No user exists for uid/i,
    fix: "ssh needs an entry in /etc/passwd for the user that runs Grantkeeper: add it to the image",
  },
  {
    code: "no-ssh",
    pattern: /(cannot run|exec:?) ssh|ssh: (command )?not found/i,
    fix: "install the OpenSSH client",
  },
  {
    code: "proxy-auth",
    pattern: /CONNECT tunnel failed, response 40[17]|HTTP code 40[17] from proxy/i,
    // tinyproxy answers 401 to a wrong password.
    reason: () => "the proxy asks for a user and a password, or rejects those that it got (407)",
    fix: "write USER:PASSWORD for the proxy into a file and name it in network.proxy.loginFile, or correct that file; only basic authentication is supported",
  },
  {
    code: "proxy-denied",
    pattern: /CONNECT tunnel failed, response 40[35]|HTTP code 40[35] from proxy/i,
    fix: "allow the server and its port on the proxy, or list the server in network.proxy.noProxy if it is reached directly",
  },
  {
    code: "proxy-failed",
    pattern: /CONNECT tunnel failed|HTTP code \d+ from proxy|Could not resolve proxy|proxy CONNECT/i,
    fix: "check network.proxy.url (or HTTPS_PROXY), and that the proxy reaches the server",
  },
  {
    code: "ca-unreadable",
    pattern: /error (setting|adding) (trust anchors|certificate)|Problem with the SSL CA cert/i,
    fix: "check that caFile exists, is readable, and has certificates in PEM",
  },
  {
    code: "shallow",
    pattern: /shallow (roots|file|update)/i,
    fix: "the remote is a shallow clone without the complete history: use a complete clone (run git fetch --unshallow there)",
  },
  {
    code: "partial",
    pattern: /promisor|lazy fetching/i,
    fix: "the remote is a partial clone without all files: use a complete clone (without --filter)",
  },
  {
    code: "redirected",
    pattern: /returned error: 30\d|redirect/i,
    fix: "the server redirects to another URL, and redirects are not followed: configure the final URL",
  },
  {
    code: "auth-failed",
    pattern: PROMPT,
    reason: () => "the server refuses the login of the source (401)",
    fix: "check that the token is valid and has read access to the repository",
  },
  {
    code: "auth-failed",
    pattern: /returned error: 40[13]|Authentication failed/i,
    fix: "check that the token is valid and has read access to the repository",
  },
  {
    code: "not-found",
    pattern:
      /mismatched algorithms|returned error: 404|not our ref|unadvertised object|repository .*not found|does not appear to be a git repository|not a git repository|not valid: is this a git repository/i,
    fix: "check the URL, and that the token has access to the repository",
  },
  {
    code: "no-such-ref",
    pattern: /couldn't find remote ref/i,
    fix: "push the ref, or correct the ref in the configuration",
  },
  {
    code: "tls",
    pattern: /SSL|TLS|certificate/i,
    fix: "use a server certificate that this machine trusts, or name its authority in caFile",
  },
  {
    code: "unreachable",
    pattern:
      /Could not resolve host|Failed to connect|ssh: connect to host|Connection closed by|kex_exchange_identification|Connection (refused|reset|timed out)|Could not connect|Empty reply|returned error: (429|5\d\d)|Operation too slow|Recv failure/i,
    fix: "Grantkeeper tries again at the next interval; check the network, its proxy and the server",
  },
  {
    code: "refused-url",
    pattern: /dubious ownership|transport .* not allowed/i,
    fix: "make the user that runs Grantkeeper the owner of the local repository",
  },
  {
    code: "too-large",
    pattern: /out of memory|malloc failed|mmap failed|cannot allocate/i,
    fix: "the repository needs more memory than a fetch may use: remove the large objects",
  },
  {
    code: "not-found",
    pattern: /No such file or directory/i,
    fix: "check the path of the repository",
  },
  {
    code: "unwritable",
    pattern: /No space left|Read-only file system|Permission denied|unable to create/i,
    fix: "check the free space and the permissions of stateDir/mirror",
  },
  {
    code: "corrupt",
    pattern:
      /fsck|early EOF|index-pack|unpack|bad (pack|object|tree)|hung up|disconnect|protocol error|inflate|corrupt|missing|did not send all|unexpected/i,
    fix: "the server sent an incomplete or damaged repository; Grantkeeper tries again at the next interval; if the error remains, run git fsck on the server",
  },
];

const OTHER: Rule = { code: "git-failed", fix: "Grantkeeper tries again at the next interval" };

/** Forges hide whether a repository exists from those who may not read it. */
const NO_LOGIN: Rule = {
  code: "auth-failed",
  reason: () => "the server asks for a login, and the source has none (401)",
  fix: "give the source a credential, such as tokenFile; if the repository is public, check the URL: many servers answer the same if it does not exist",
};

/** ssh prints a warning of twelve lines, which names the file of one connection. */
function changedHostKey(errors: string): string {
  if (errors.includes("REVOKED HOST KEY")) return "knownHostsFile revokes the host key of the server";
  const [, type = "", digest = ""] =
    /fingerprint for the (\S+) key sent.*?(SHA256:[\w+/]+)/s.exec(errors) ?? [];
  const sent = digest === "" ? "" : `, ${type} ${digest},`;
  return `the host key of the server${sent} is not the one in knownHostsFile`;
}

function ruleOf(errors: string, secrets: readonly string[]): Rule {
  if (secrets.length === 0 && PROMPT.test(errors)) return NO_LOGIN;
  return MESSAGE_RULES.find(({ pattern }) => pattern.test(errors)) ?? OTHER;
}

/**
 * The outcome as an error with a hint for the operator.
 * @param task `fetch branch main from https://…`: continues "cannot"
 * @throws the reason of the caller's signal if the caller aborted
 */
export function gitFailure(attempt: GitAttempt, task: string, outcome: GitOutcome): SourceError {
  const { source, secrets = [] } = attempt;
  const text = (why: string): string => `cannot ${task}: ${cleanServerText(why, secrets)}`;
  if (outcome.kind === "aborted") {
    attempt.deadline.caller.throwIfAborted();
    const why = `timed out after ${attempt.deadline.timeoutMs} ms`;
    return new SourceError({
      source,
      code: "timeout",
      message: text(why),
      fix: "Grantkeeper tries again at the next interval; check the server",
    });
  }
  if (outcome.kind === "stopped") {
    return new SourceError({
      source,
      code: "too-large",
      message: text(outcome.reason),
      fix: "remove the large files from the history of the repository, then remove the folder stateDir/mirror; it is fetched again",
    });
  }
  if (outcome.kind === "not-started") {
    return new SourceError(
      { source, code: "no-git", message: text(outcome.cause.message), fix: "install git 2.32 or newer" },
      outcome.cause,
    );
  }
  const { errors } = outcome;
  const {
    code,
    fix,
    reason = () => errors || `git exited with code ${outcome.code}`,
  } = ruleOf(errors, secrets);
  return new SourceError({
    source,
    code,
    message: text(reason(errors)),
    fix: (code === "auth-failed" ? attempt.refusedFix : null) ?? fix,
  });
}
