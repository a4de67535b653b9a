import { availableParallelism } from "node:os";
import { Worker, type Transferable } from "node:worker_threads";

/** The program of every thread: a module next to the one that names it, without its ending. */
export interface ThreadProgram {
  /** `new URL("./name", import.meta.url)`. */
  readonly module: URL;
  /** The `workerData` of the program. */
  readonly input: unknown;
}

/**
 * The program's answers to the jobs, in their order, from one thread for each core. The program posts exactly one
 * answer for each job. At most two jobs of a thread are in progress, so that memory is bounded.
 */
export function inThreads<Job, Answer>(
  program: ThreadProgram,
  jobs: AsyncIterable<Job> | Iterable<Job>,
  /** The parts of a job that are transferred instead of copied. */
  handedOver: (job: Job) => readonly Transferable[] = () => [],
): AsyncGenerator<Answer> {
  const threads = Array.from({ length: availableParallelism() }, () => new Thread<Job, Answer>(program));
  return answersOf(threads, jobs, handedOver);
}

/** The same in one thread: the other cores stay free. */
export function inOneThread<Job, Answer>(
  program: ThreadProgram,
  jobs: Iterable<Job>,
): AsyncGenerator<Answer> {
  return answersOf([new Thread<Job, Answer>(program)], jobs, () => []);
}

async function* answersOf<Job, Answer>(
  threads: readonly Thread<Job, Answer>[],
  jobs: AsyncIterable<Job> | Iterable<Job>,
  handedOver: (job: Job) => readonly Transferable[],
): AsyncGenerator<Answer> {
  const answers: Promise<Answer>[] = [];
  let jobCount = 0;
  try {
    for await (const job of jobs) {
      const answer = threads[jobCount % threads.length]?.ask(job, handedOver(job));
      if (answer !== undefined) answers.push(answer);
      jobCount += 1;
      const due = answers.length < 2 * threads.length ? undefined : answers.shift();
      if (due !== undefined) yield await due;
    }
    for (const answer of answers) yield await answer;
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** A thread that answers in the order of its jobs. */
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
