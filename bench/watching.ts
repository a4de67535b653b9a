import { fork, type ChildProcess } from "node:child_process";
import { constants, setPriority } from "node:os";
import type { ClientTask, Timings, WatchClients } from "./watch-clients.ts";

/** Asks the clients that watch. */
export type Asked = (task: ClientTask) => Promise<unknown>;

/** Processes of clients: those that watch keep theirs busy, so that the requests are in one of their own. */
export class Clients {
  readonly #watching: ChildProcess;
  readonly #of: WatchClients;
  #asking: ChildProcess | null = null;

  constructor(of: WatchClients) {
    this.#of = of;
    this.#watching = started(of);
    setPriority(this.#watching.pid ?? 0, constants.priority.PRIORITY_BELOW_NORMAL);
  }

  readonly asked: Asked = (task) => answerOf(this.#watching, task);

  /** It keeps its priority: it uses little, and the watches would delay its requests. */
  async startRequests(): Promise<void> {
    this.#asking = started(this.#of);
    await answerOf(this.#asking, "ask");
    await this.served();
  }

  /** The requests since the last time. @throws Error a bug: there are none */
  readonly served = async (): Promise<Timings> => {
    if (this.#asking === null) throw new Error("the requests were not started");
    return (await answerOf(this.#asking, "timings")) as Timings;
  };

  end(): void {
    this.#watching.kill();
    this.#asking?.kill();
  }
}

function started(of: WatchClients): ChildProcess {
  return fork(new URL("watch-clients.ts", import.meta.url), [JSON.stringify(of)]);
}

async function answerOf(clients: ChildProcess, task: ClientTask): Promise<unknown> {
  const answer = new Promise((resolve) => void clients.once("message", resolve));
  clients.send(task);
  return answer;
}
