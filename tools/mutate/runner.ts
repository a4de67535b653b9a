import { fork, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./child.ts";

/** What came of an order: its answer, or why there is none. */
export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "timeout" }
  | { readonly kind: "crashed" };

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));
const LOOK_EVERY_MS = 200;

/**
 * One child process that loads and runs tests; a new one is started after an order that did not return or used all its
 * memory.
 */
export class Runner {
  #child: ChildProcess | null = null;

  /** `limitMs` is time of the processor: on a busy machine an order takes longer and not more. */
  async run(order: Order, limitMs: number): Promise<Outcome> {
    const child = (this.#child ??= start());
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const beforeMs = usedMs(child);
    const timer = setInterval(() => {
      if (usedMs(child) - beforeMs > limitMs) resolve({ kind: "timeout" });
    }, LOOK_EVERY_MS);
    const onMessage = (answer: unknown): void => resolve({ kind: "answered", answer: answer as Answer });
    const onExit = (): void => resolve({ kind: "crashed" });
    child.on("message", onMessage).on("exit", onExit);
    child.send(order);
    const outcome = await promise;
    clearInterval(timer);
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

const MS_A_TICK = 10;

/** Time of the processor that a process has had so far, by Linux's own count; elsewhere the time of the clock. */
function usedMs({ pid }: ChildProcess): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return performance.now();
  // The name before the closing parenthesis may hold spaces; user and system time are the twelfth and thirteenth
  // after it.
  const fields = readFileSync(path, "utf8").split(")").at(-1)?.trim().split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_A_TICK;
}
