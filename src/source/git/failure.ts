import { SourceError } from "../../controller/ports/source.ts";
import { cleanServerText } from "../rules/clean-text.ts";
import { causeOf, type GitServer } from "./failure-rules.ts";
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

export function gitDeadline(caller: AbortSignal, timeoutMs: number): Deadline {
  return { caller, timeoutMs, signal: AbortSignal.any([caller, AbortSignal.timeout(timeoutMs)]) };
}

/** One call of a source: what its failures need. */
export interface GitAttempt {
  /** The source's name, for errors. */
  readonly source: string;
  readonly deadline: Deadline;
  /** Without: the command is local. */
  readonly server?: GitServer;
  /** What ssh and the tunnel of a proxy reported in their log, apart from what git printed. */
  readonly sshLog?: string;
  /** Texts that no error may show. */
  readonly secrets?: readonly string[];
  /** What to do if the server refuses the credential; null: as for a token. */
  readonly refusedFix?: string | null;
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
  const errors = `${attempt.sshLog ?? ""}${outcome.errors}`;
  const { code, fix, reason } = causeOf(errors, attempt.server ?? null);
  return new SourceError({
    source,
    code,
    message: text(reason ?? (errors || `git exited with code ${outcome.code}`)),
    fix: (code === "auth-failed" ? attempt.refusedFix : null) ?? fix,
  });
}
