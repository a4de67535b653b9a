import { SourceError } from "../controller/ports/source.ts";
import { cleanServerText } from "./clean-text.ts";
import type { GitOutcome } from "./git-process.ts";

/** The caller's signal and the operation's own time limit: either ends it, only the second is a failure of the source. */
export interface Deadline {
  readonly caller: AbortSignal;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export function deadline(caller: AbortSignal, timeoutMs: number): Deadline {
  return { caller, timeoutMs, signal: AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]) };
}

export interface GitAttempt {
  readonly source: string;
  /** `fetch branch main from https://…`: continues "cannot". */
  readonly what: string;
  readonly secrets: readonly string[];
  readonly deadline: Deadline;
}

interface Row {
  readonly code: string;
  readonly says: RegExp;
  readonly fix: string;
}

/** What git says under LC_ALL=C, the first row that fits. */
const ROWS: readonly Row[] = [
  {
    code: "shallow",
    says: /shallow (roots|file|update)/i,
    fix: "the remote is a shallow clone, without its whole history: use a complete one (git fetch --unshallow there)",
  },
  {
    code: "partial",
    says: /promisor|lazy fetching/i,
    fix: "the remote is a partial clone, without all files: use a complete one (cloned without --filter)",
  },
  {
    code: "redirected",
    says: /returned error: 30\d|redirect/i,
    fix: "the server points elsewhere, which is never followed: write the final URL",
  },
  {
    code: "auth-failed",
    says: /returned error: 40[13]|Authentication failed|could not read (Username|Password)|terminal prompts disabled/i,
    fix: "check that the token is valid and may read the repository",
  },
  {
    code: "not-found",
    says: /mismatched algorithms|returned error: 404|not our ref|unadvertised object|repository .*not found|does not appear to be a git repository|not a git repository|not valid: is this a git repository/i,
    fix: "check the URL, and that the token may see the repository",
  },
  {
    code: "no-such-ref",
    says: /couldn't find remote ref/i,
    fix: "push the ref, or correct it in the configuration",
  },
  {
    code: "tls",
    says: /SSL|TLS|certificate/i,
    fix: "the server's certificate must be one that this machine trusts",
  },
  {
    code: "unreachable",
    says: /Could not resolve host|Failed to connect|Connection (refused|reset|timed out)|Could not connect|Empty reply|returned error: (429|5\d\d)|Operation too slow|Recv failure/i,
    fix: "it is tried again at the next interval; check the network and the server",
  },
  {
    code: "refused-url",
    says: /dubious ownership|transport .* not allowed/i,
    fix: "a local repository must belong to the user that runs Grantkeeper",
  },
  {
    code: "too-large",
    says: /out of memory|malloc failed|mmap failed|cannot allocate/i,
    fix: "the repository needs more memory than a fetch may use: remove the large objects",
  },
  {
    code: "not-found",
    says: /No such file or directory/i,
    fix: "check the path of the repository",
  },
  {
    code: "unwritable",
    says: /No space left|Read-only file system|Permission denied|unable to create/i,
    fix: "check the space and the rights in stateDir/mirror",
  },
  {
    code: "corrupt",
    says: /fsck|early EOF|index-pack|unpack|bad (pack|object|tree)|hung up|disconnect|protocol error|inflate|corrupt|missing|did not send all|unexpected/i,
    fix: "the server sent an incomplete or damaged repository; it is tried again at the next interval; if it stays, run git fsck there",
  },
];

const OTHER = { code: "git-failed", fix: "it is tried again at the next interval" };

/** What the outcome means for the person who must act. @throws the caller's reason when it was the caller who gave up */
export function gitFailure(attempt: GitAttempt, outcome: GitOutcome): SourceError {
  const { source, what, secrets } = attempt;
  const text = (why: string): string =>
    `source "${source}": cannot ${what}: ${cleanServerText(why, secrets)}`;
  if (outcome.kind === "aborted") {
    attempt.deadline.caller.throwIfAborted();
    const why = `no end after ${attempt.deadline.timeoutMs} ms`;
    return new SourceError("timeout", text(why), "it is tried again at the next interval; check the server");
  }
  if (outcome.kind === "stopped") {
    return new SourceError(
      "too-large",
      text(outcome.reason),
      "remove what is large from the history of the repository, then the folder stateDir/mirror: it is fetched again",
    );
  }
  if (outcome.kind === "not-started") {
    return new SourceError("no-git", text(outcome.cause.message), "install git 2.32 or newer", outcome.cause);
  }
  const row = ROWS.find(({ says }) => says.test(outcome.errors)) ?? OTHER;
  return new SourceError(row.code, text(outcome.errors || `git ended with code ${outcome.code}`), row.fix);
}
