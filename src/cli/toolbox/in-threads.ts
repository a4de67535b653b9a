import { availableParallelism } from "node:os";
import { Worker, type Transferable } from "node:worker_threads";

/** What every thread runs: a module beside the one that names it, without its ending. */
export interface ThreadProgram {
  /** `new URL("./name", import.meta.url)`. */
  readonly module: URL;
  /** What the program reads as `workerData`. */
  readonly input: unknown;
}

export type InThreads = typeof inThreads;

/**
 * The program's answer to each job, in the order of the jobs, from one thread a core. The program posts exactly one
 * answer a job. At most two jobs a thread are under way, so that memory is bounded.
 */
export async function* inThreads<Job, Answer>(
  program: ThreadProgram,
  jobs: AsyncIterable<Job> | Iterable<Job>,
  /** What of a job is handed over rather than copied. */
  handedOver: (job: Job) => readonly Transferable[] = () => [],
): AsyncGenerator<Answer> {
  const threads = Array.from({ length: availableParallelism() }, () => new Thread<Job, Answer>(program));
  const answers: Promise<Answer>[] = [];
  let asked = 0;
  try {
    for await (const job of jobs) {
      const answer = threads[asked % threads.length]?.ask(job, handedOver(job));
      if (answer !== undefined) answers.push(answer);
      asked += 1;
      const due = answers.length < 2 * threads.length ? undefined : answers.shift();
      if (due !== undefined) yield await due;
    }
    for (const answer of answers) yield await answer;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** It answers in the order in which it was asked. */
class Thread<Job, Answer> {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  #failure: { readonly cause: unknown } | null = null;

  constructor({ module, input }: ThreadProgram) {
    // In a package the program is compiled.
    const end = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`${module.href}.${end}`), { workerData: input });
    this.#worker.on("message", (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on("error", (cause) => {
      this.#failure = { cause };
      for (const one of this.#waiting.splice(0)) one.reject(cause);
    });
  }

  ask(job: Job, handedOver: readonly Transferable[]): Promise<Answer> {
    const answer = Promise.withResolvers<Answer>();
    // A caller that stops early waits for no more answers.
    answer.promise.catch(() => undefined);
    if (this.#failure !== null) answer.reject(this.#failure.cause);
    this.#waiting.push(answer);
    this.#worker.postMessage(job, handedOver);
    return answer.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
