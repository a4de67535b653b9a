import type { SourceLimits, SourcePaths } from "../rules/entry-rules.ts";
import { localEnvironment } from "./environment.ts";
import { gitDeadline, type GitAttempt } from "./failure.ts";
import { collect, runGit, type GitCommand, type GitOutcome } from "./process.ts";

/** A repository on this machine, for one call of a source. */
export interface Repository extends GitAttempt {
  /** The working directory of git; paths are relative to it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface LocalRequest {
  /** A working copy, a folder in one, or a bare repository; the declared paths are relative to it. */
  readonly root: string;
  readonly paths: SourcePaths;
  readonly limits: SourceLimits;
  readonly timeoutMs: number;
}

/** The repository that git finds from a folder. */
export function localRepository({ root, timeoutMs }: LocalRequest, signal: AbortSignal): Repository {
  return {
    source: "git",
    folder: root,
    env: localEnvironment(null),
    deadline: gitDeadline(signal, timeoutMs),
  };
}

export interface GitAnswer {
  readonly outcome: GitOutcome;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 1_048_576;

export function runIn(
  { folder, env, deadline }: Repository,
  command: Omit<GitCommand, "cwd" | "env">,
): Promise<GitOutcome> {
  return runGit({ ...command, cwd: folder, env }, deadline.signal);
}

/** Runs a command with a small output. */
export async function gitAnswer(
  repository: Repository,
  args: readonly string[],
  options: Pick<GitCommand, "watch"> = {},
): Promise<GitAnswer> {
  const { sink, text } = collect(MAX_ANSWER_BYTES);
  const outcome = await runIn(repository, { ...options, args, sink });
  return { outcome, text: text() };
}

export function succeeded(outcome: GitOutcome): boolean {
  return outcome.kind === "exited" && outcome.code === 0;
}
