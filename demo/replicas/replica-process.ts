import { startController, type ControllerProcess, type Environment } from "../program.ts";

/** As this program knows it: it started the process, and sent the signals. */
export type ProcessState = "running" | "stopping" | "frozen" | "killed" | "ended";

export interface ReplicaFiles {
  /** As people name it. */
  readonly number: number;
  readonly url: string;
  readonly config: string;
  readonly log: string;
  readonly credentials: Environment;
}

/** One replica: a process that is started, and started again after it ended. */
export class ReplicaProcess {
  readonly number: number;
  readonly url: string;
  readonly #files: ReplicaFiles;
  #process: ControllerProcess;
  #state: ProcessState = "running";

  constructor(files: ReplicaFiles) {
    this.number = files.number;
    this.url = files.url;
    this.#files = files;
    this.#process = this.#started();
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Its operator's file. */
  get config(): string {
    return this.#files.config;
  }

  get pid(): number {
    return this.#process.child.pid ?? 0;
  }

  /** The exit code of the last process; null: it runs, or a signal ended it. */
  get exitCode(): number | null {
    return this.#process.child.exitCode;
  }

  /** SIGTERM: it ends the calls in progress, and gives its lease back. @returns false: it does not run */
  stop(): boolean {
    return this.#signal("SIGTERM", ["running"], "stopping");
  }

  /** SIGKILL. @returns false: there is no process */
  kill(): boolean {
    return this.#signal("SIGKILL", ["running", "stopping", "frozen"], "killed");
  }

  /** SIGSTOP. @returns false: it does not run */
  freeze(): boolean {
    return this.#signal("SIGSTOP", ["running"], "frozen");
  }

  /** SIGCONT. @returns false: it is not frozen */
  resume(): boolean {
    return this.#signal("SIGCONT", ["frozen"], "running");
  }

  /** @returns false: it has not ended */
  start(): boolean {
    if (this.#state !== "killed" && this.#state !== "ended") return false;
    this.#process = this.#started();
    this.#state = "running";
    return true;
  }

  async close(): Promise<void> {
    this.kill();
    await this.#process.ended;
  }

  #signal(name: NodeJS.Signals, from: readonly ProcessState[], to: ProcessState): boolean {
    if (!from.includes(this.#state)) return false;
    this.#state = to;
    return this.#process.child.kill(name);
  }

  #started(): ControllerProcess {
    const { config, log, credentials } = this.#files;
    const started = startController(config, log, credentials);
    const ends = (): void => {
      if (this.#process === started && this.#state !== "killed") this.#state = "ended";
    };
    started.ended.then(ends, ends);
    return started;
  }
}
