import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./child.ts";

/** What came of an order: its answer, or why there is none. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "timeout" }
  | { readonly kind: "crashed" };

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** One child process that loads and runs tests; made anew after an order that did not return or took all its memory. */
export class Runner {
  #child: ChildProcess | null = null;

  async run(order: Order, limitMs: number): Promise<Outcome> {
    const child = (this.#child ??= start());
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => resolve({ kind: "timeout" }), limitMs);
    const onMessage = (answer: unknown): void => resolve({ kind: "answered", answer: answer as Answer });
    const onExit = (): void => resolve({ kind: "crashed" });
    child.on("message", onMessage).on("exit", onExit);
    child.send(order);
    const outcome = await promise;
    clearTimeout(timer);
    child.off("message", onMessage).off("exit", onExit);
    if (outcome.kind !== "answered") this.close();
    return outcome;
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}

function start(): ChildProcess {
  const execArgv = ["--max-old-space-size=512"];
  return fork(CHILD, { execArgv, serialization: "advanced", stdio: ["ignore", "inherit", "ignore", "ipc"] });
}
