import { PassThrough } from "node:stream";
import { gitFailure } from "../git/failure.ts";
import type { GitOutcome } from "../git/process.ts";
import { runIn, succeeded, type Repository } from "../git/repository.ts";

type BatchOption = "--batch" | "--batch-check";

/** Receives the output in chunks until it is complete. */
export interface ObjectAnswer {
  readonly isComplete: boolean;
  take(chunk: Buffer): void;
}

/** `git cat-file` over the objects of a repository. */
export interface ObjectDatabase {
  /** The source's name, for errors. */
  readonly source: string;
  /**
   * One request at a time.
   * @throws SourceError if git exits before the answer is complete
   */
  ask(mode: BatchOption, names: readonly string[], answer: ObjectAnswer): Promise<void>;
}

/** One process for each request: for many objects that are known beforehand. */
export function objectsInBulk(repository: Repository): ObjectDatabase {
  const ask: ObjectDatabase["ask"] = async (mode, names, answer) => {
    const sink = (chunk: Buffer): boolean => {
      if (!answer.isComplete) answer.take(chunk);
      return true;
    };
    const command = { args: ["cat-file", mode, "--buffer"], input: linesOf(names), sink };
    const outcome = await runIn(repository, command);
    if (!succeeded(outcome) || !answer.isComplete) throw failureOf(repository, outcome);
  };
  return { source: repository.source, ask };
}

/** Two processes for any number of requests, where a request can depend on the previous answer: for trees. */
export class ObjectSession implements ObjectDatabase {
  readonly source: string;
  readonly #start: (mode: BatchOption) => GitConversation;
  readonly #open = new Map<BatchOption, GitConversation>();

  constructor(repository: Repository) {
    this.source = repository.source;
    this.#start = (mode) => new GitConversation(repository, mode);
  }

  ask(mode: BatchOption, names: readonly string[], answer: ObjectAnswer): Promise<void> {
    const conversation = this.#open.get(mode) ?? this.#start(mode);
    this.#open.set(mode, conversation);
    return conversation.ask(names, answer);
  }

  /** Ends the processes, whether or not they succeeded, and waits for them. */
  async end(): Promise<void> {
    await Promise.all([...this.#open.values()].map((conversation) => conversation.end()));
  }
}

class GitConversation {
  readonly #input = new PassThrough();
  readonly #ended: Promise<GitOutcome>;
  readonly #failure: (outcome: GitOutcome) => Error;
  #pending: { readonly answer: ObjectAnswer; readonly end: (outcome: GitOutcome | null) => void } | null =
    null;
  #outcome: GitOutcome | null = null;

  constructor(repository: Repository, mode: BatchOption) {
    this.#failure = (outcome) => failureOf(repository, outcome);
    const command = {
      args: ["cat-file", mode],
      input: this.#input,
      sink: (chunk: Buffer) => this.#take(chunk),
    };
    this.#ended = runIn(repository, command).then((outcome) => this.#close(outcome));
  }

  async ask(names: readonly string[], answer: ObjectAnswer): Promise<void> {
    if (this.#outcome !== null) throw this.#failure(this.#outcome);
    const outcome = await new Promise<GitOutcome | null>((end) => {
      this.#pending = { answer, end };
      this.#input.write(linesOf(names));
    });
    this.#pending = null;
    if (outcome !== null) throw this.#failure(outcome);
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.#ended;
  }

  #close(outcome: GitOutcome): GitOutcome {
    this.#outcome = outcome;
    this.#pending?.end(outcome);
    return outcome;
  }

  /** False for output without a request. */
  #take(chunk: Buffer): boolean {
    if (this.#pending === null || this.#pending.answer.isComplete) return false;
    this.#pending.answer.take(chunk);
    if (this.#pending.answer.isComplete) this.#pending.end(null);
    return true;
  }
}

function linesOf(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join("");
}

function failureOf(repository: Repository, outcome: GitOutcome): Error {
  return gitFailure(repository, "read objects", outcome);
}
