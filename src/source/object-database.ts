import { PassThrough } from "node:stream";
import type { Deadline } from "./git-failure.ts";
import type { GitOutcome } from "./git-process.ts";
import { failureIn, isDone, runIn } from "./repository.ts";
import type { Repository } from "./repository.ts";

type Question = "--batch" | "--batch-check";

/** Takes the output piece by piece until it is complete. */
export interface ObjectAnswer {
  readonly isComplete: boolean;
  take(chunk: Buffer): void;
}

/** `git cat-file` over the objects of a repository. */
export interface ObjectDatabase {
  /** The source's name, for errors. */
  readonly source: string;
  /** One question at a time. @throws SourceError when git ends before the answer is complete */
  ask(question: Question, names: readonly string[], answer: ObjectAnswer): Promise<void>;
}

/** A process for each question, which collects its output: for many objects that are known beforehand. */
export function objectsInBulk(repository: Repository, deadline: Deadline): ObjectDatabase {
  const ask: ObjectDatabase["ask"] = async (question, names, answer) => {
    const sink = (chunk: Buffer): boolean => {
      if (!answer.isComplete) answer.take(chunk);
      return true;
    };
    const command = { args: ["cat-file", question, "--buffer"], input: linesOf(names), sink };
    const outcome = await runIn(repository, command, deadline);
    if (!isDone(outcome) || !answer.isComplete) throw failureOf(repository, outcome, deadline);
  };
  return { source: repository.source, ask };
}

/** Two processes for any number of questions, each of which may follow from the answer before: for trees. */
export class ObjectSession implements ObjectDatabase {
  readonly source: string;
  readonly #start: (question: Question) => Conversation;
  readonly #open = new Map<Question, Conversation>();

  constructor(repository: Repository, deadline: Deadline) {
    this.source = repository.source;
    this.#start = (question) => new Conversation(repository, question, deadline);
  }

  ask(question: Question, names: readonly string[], answer: ObjectAnswer): Promise<void> {
    const conversation = this.#open.get(question) ?? this.#start(question);
    this.#open.set(question, conversation);
    return conversation.ask(names, answer);
  }

  /** Waits for the processes, in whatever state they are. */
  async end(): Promise<void> {
    await Promise.all([...this.#open.values()].map((conversation) => conversation.end()));
  }
}

class Conversation {
  readonly #input = new PassThrough();
  readonly #ended: Promise<GitOutcome>;
  readonly #failure: (outcome: GitOutcome) => Error;
  #asked: { readonly answer: ObjectAnswer; readonly end: (outcome: GitOutcome | null) => void } | null = null;
  #outcome: GitOutcome | null = null;

  constructor(repository: Repository, question: Question, deadline: Deadline) {
    this.#failure = (outcome) => failureOf(repository, outcome, deadline);
    const command = {
      args: ["cat-file", question],
      input: this.#input,
      sink: (chunk: Buffer) => this.#take(chunk),
    };
    this.#ended = runIn(repository, command, deadline).then((outcome) => this.#close(outcome));
  }

  async ask(names: readonly string[], answer: ObjectAnswer): Promise<void> {
    if (this.#outcome !== null) throw this.#failure(this.#outcome);
    const outcome = await new Promise<GitOutcome | null>((end) => {
      this.#asked = { answer, end };
      this.#input.write(linesOf(names));
    });
    this.#asked = null;
    if (outcome !== null) throw this.#failure(outcome);
  }

  async end(): Promise<void> {
    this.#input.end();
    await this.#ended;
  }

  #close(outcome: GitOutcome): GitOutcome {
    this.#outcome = outcome;
    this.#asked?.end(outcome);
    return outcome;
  }

  /** False for output that nothing asked for. */
  #take(chunk: Buffer): boolean {
    if (this.#asked === null || this.#asked.answer.isComplete) return false;
    this.#asked.answer.take(chunk);
    if (this.#asked.answer.isComplete) this.#asked.end(null);
    return true;
  }
}

function linesOf(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join("");
}

function failureOf(repository: Repository, outcome: GitOutcome, deadline: Deadline): Error {
  return failureIn(repository, "read objects", outcome, deadline);
}
