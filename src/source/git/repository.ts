import type { SourceError } from "../../controller/ports/source.ts";
import { type Deadline, gitFailure } from "./failure.ts";
import { collect, type GitCommand, type GitOutcome, runGit } from "./process.ts";

/** A repository on this machine; it is only read. */
export interface Repository {
  /** The source's name, for errors. */
  readonly source: string;
  /** The working directory of git; paths are relative to it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface GitAnswer {
  readonly outcome: GitOutcome;
  readonly text: string;
}

export const MAX_ANSWER_BYTES = 1_048_576;

export function runIn(
  repository: Repository,
  command: Pick<GitCommand, "args" | "input" | "sink">,
  deadline: Deadline,
): Promise<GitOutcome> {
  return runGit({ ...command, cwd: repository.folder, env: repository.env }, deadline.signal);
}

/** Runs a command with a small output. */
export async function answerOf(
  repository: Repository,
  args: readonly string[],
  deadline: Deadline,
): Promise<GitAnswer> {
  const output = collect(MAX_ANSWER_BYTES);
  const outcome = await runIn(repository, { args, sink: output.sink }, deadline);
  return { outcome, text: output.text() };
}

export function succeeded(outcome: GitOutcome): boolean {
  return outcome.kind === "exited" && outcome.code === 0;
}

export function failureIn(
  repository: Repository,
  task: string,
  outcome: GitOutcome,
  deadline: Deadline,
): SourceError {
  return gitFailure({ source: repository.source, task, secrets: [], deadline }, outcome);
}
