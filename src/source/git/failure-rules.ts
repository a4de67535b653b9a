import type { GitRemote } from "./url.ts";

/** The server that a command of git talks to. */
export interface GitServer {
  readonly scheme: GitRemote["scheme"];
  /** Whether the source has a credential for it. */
  readonly hasLogin: boolean;
}

export interface GitProblem {
  readonly code: string;
  readonly fix: string;
  /** In place of git's own message, which hides the cause. */
  readonly reason?: string;
}

interface MessageRule extends Omit<GitProblem, "reason"> {
  readonly pattern: RegExp;
  /** How the server is reached; without: always, also for a local command. */
  readonly via?: readonly Via[];
  /** The text of the server counts too: a server can cause this failure in any case. */
  readonly countsServerText?: true;
  readonly reason?: (errors: string) => string;
}

type Via = "https" | "ssh";

const VIA = {
  https: "https",
  http: "https",
  ssh: "ssh",
  file: null,
} as const satisfies Record<GitRemote["scheme"], Via | null>;

/** With a refused login, git would ask a person for another one. */
const PROMPT = /could not read (Username|Password)|terminal prompts disabled/i;

/** The messages of git under LC_ALL=C. The first row that matches counts. */
const MESSAGE_RULES: readonly MessageRule[] = [
  {
    code: "host-key-changed",
    via: ["ssh"],
    pattern: /HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/,
    reason: changedHostKey,
    fix: "compare the server's host key with the one that its operator publishes; replace the line in knownHostsFile only if they are equal, because the connection may be intercepted",
  },
  {
    code: "host-key-unknown",
    via: ["ssh"],
    pattern: /host key is known for|Host key verification failed/i,
    fix: "add the host key that the server's operator publishes to knownHostsFile (ssh-keyscan prints keys to compare)",
  },
  {
    code: "auth-failed",
    via: ["ssh"],
    pattern: /Permission denied \((publickey|keyboard|password)|Too many authentication failures/i,
    fix: "add the public key as a read-only deploy key of the repository, and check the user name in the URL",
  },
  {
    code: "no-user",
    via: ["ssh"],
    pattern: /No user exists for uid/i,
    fix: "ssh needs an entry in /etc/passwd for the user that runs Grantkeeper: add it to the image",
  },
  {
    code: "no-ssh",
    via: ["ssh"],
    pattern: /(cannot run|exec:?) ssh|ssh: (command )?not found/i,
    fix: "install the OpenSSH client",
  },
  {
    code: "proxy-auth",
    via: ["https", "ssh"],
    pattern: /CONNECT tunnel failed, response 40[17]|HTTP code 40[17] from proxy/i,
    // tinyproxy answers 401 to a wrong password.
    reason: refusedProxyLogin,
    fix: "write USER:PASSWORD for the proxy into a file and name it in network.proxy.loginFile, or correct that file; only basic authentication is supported",
  },
  {
    code: "proxy-denied",
    via: ["https", "ssh"],
    pattern: /CONNECT tunnel failed, response 40[35]|HTTP code 40[35] from proxy/i,
    fix: "allow the server and its port on the proxy, or list the server in network.proxy.noProxy if it is reached directly",
  },
  {
    code: "proxy-failed",
    via: ["https", "ssh"],
    pattern: /CONNECT tunnel failed|HTTP code \d+ from proxy|Could not resolve proxy|proxy CONNECT/i,
    fix: "check network.proxy.url (or HTTPS_PROXY), and that the proxy reaches the server",
  },
  {
    code: "ca-unreadable",
    via: ["https"],
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
    countsServerText: true,
    pattern: /promisor|lazy fetching/i,
    fix: "the remote is a partial clone without all files: use a complete clone (without --filter)",
  },
  {
    code: "redirected",
    via: ["https"],
    pattern: /returned error: 30\d|redirect/i,
    fix: "the server redirects to another URL, and redirects are not followed: configure the final URL",
  },
  {
    code: "auth-failed",
    via: ["https"],
    pattern: PROMPT,
    reason: () => "the server refuses the login of the source (401)",
    fix: "check that the token is valid and has read access to the repository",
  },
  {
    code: "auth-failed",
    via: ["https"],
    pattern: /returned error: 40[13]|Authentication failed/i,
    fix: "check that the token is valid and has read access to the repository",
  },
  {
    code: "not-found",
    countsServerText: true,
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
    via: ["https"],
    pattern: /SSL|TLS|certificate/i,
    fix: "use a server certificate that this machine trusts, or name its authority in caFile",
  },
  {
    code: "unreachable",
    pattern:
      /Could not resolve host|Failed to connect|ssh: connect to host|Connection closed by|Received disconnect|kex_exchange_identification|Connection (refused|reset|timed out)|Could not connect|Empty reply|returned error: (429|5\d\d)|Operation too slow|Recv failure/i,
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
    countsServerText: true,
    pattern:
      /fsck|early EOF|index-pack|unpack|bad (pack|object|tree)|hung up|disconnect|protocol error|inflate|corrupt|missing|did not send all|unexpected/i,
    fix: "the server sent an incomplete or damaged repository; Grantkeeper tries again at the next interval; if the error remains, run git fsck on the server",
  },
];

const OTHER: GitProblem = { code: "git-failed", fix: "Grantkeeper tries again at the next interval" };

/** Forges hide whether a repository exists from those who may not read it. */
const NO_LOGIN: GitProblem = {
  code: "auth-failed",
  reason: "the server asks for a login, and the source has none (401)",
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

function refusedProxyLogin(errors: string): string {
  const [, status = "407"] = /(?:response|HTTP code) (40[17])/.exec(errors) ?? [];
  return `the proxy asks for a user and a password, or rejects those that it got (${status})`;
}

/**
 * What git and its helpers report themselves. Git marks each line that the server sends with `remote:`. It also quotes the
 * server in its own messages, and so does ssh, before it knows who the server is; the quote may have several lines, so
 * everything after it is left out.
 */
export function ownText(errors: string, scheme: GitRemote["scheme"] | null): string {
  if (scheme === null || scheme === "file") return errors;
  const lines = errors.split("\n").filter((line) => !line.startsWith("remote:"));
  const own = lines.join("\n");
  const quote = /remote error:|\bgot '|Received disconnect from|Their offer:/.exec(own);
  return quote === null ? own : own.slice(0, quote.index + quote[0].length);
}

/** The cause and its fix, from everything that git printed; `server`: null for a local command. */
export function causeOf(errors: string, server: GitServer | null): GitProblem {
  const scheme = server?.scheme ?? null;
  const via = scheme === null ? null : VIA[scheme];
  const own = ownText(errors, scheme);
  if (via === "https" && server?.hasLogin === false && PROMPT.test(own)) return NO_LOGIN;
  const found = MESSAGE_RULES.find(
    (rule) =>
      (rule.via === undefined || (via !== null && rule.via.includes(via))) &&
      rule.pattern.test(rule.countsServerText === true ? errors : own),
  );
  if (found === undefined) return OTHER;
  const { code, fix, reason } = found;
  return reason === undefined ? { code, fix } : { code, fix, reason: reason(own) };
}
