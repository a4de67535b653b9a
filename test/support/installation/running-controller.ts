import type { AuditLog } from "../../../src/controller/ports/audit-log.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { Store } from "../../../src/controller/ports/store.ts";
import type { Telemetry } from "../../../src/controller/ports/telemetry.ts";
import type { Controller } from "../../../src/controller/controller.ts";
import { SILENT } from "../git/git-source.ts";
import { CLOCK, compose, type Choices, type Surroundings } from "./compose.ts";

export interface ControllerOptions extends Choices {
  readonly clock?: Clock;
  /** Called in addition to the telemetry of this test support. */
  readonly telemetry?: Partial<Telemetry>;
}

/** A controller on the real adapters, from its start to its end. */
export class RunningController {
  readonly controller: Controller;
  readonly store: Store;
  readonly audit: AuditLog;
  readonly done: Promise<void>;
  /** Steps that failed by a bug. */
  readonly failures: string[] = [];
  readonly #stopping = new AbortController();

  constructor(options: ControllerOptions, places: Omit<Surroundings, "clock" | "telemetry">) {
    const clock = options.clock ?? CLOCK;
    const { close, ...parts } = compose(options, {
      ...places,
      clock,
      telemetry: this.#telemetry(options.telemetry),
    });
    this.controller = parts.controller;
    this.store = parts.store;
    this.audit = parts.audit;
    this.done = runAndClose(parts.controller, this.#stopping.signal, close);
    // `stop` hears of it.
    this.done.catch(() => undefined);
  }

  /** @throws what ended the controller, and every step of it that failed by a bug */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.done;
    if (this.failures.length > 0) throw new Error(this.failures.join("\n"));
  }

  /** A step that failed by a bug fails the test. */
  #telemetry(watched: Partial<Telemetry> = {}): Telemetry {
    return {
      ...SILENT,
      ...watched,
      error: (text, fields) => {
        if (text === "step failed") this.failures.push(`${text}: ${String(fields?.["reason"])}`);
      },
    };
  }
}

async function runAndClose(
  controller: Controller,
  stop: AbortSignal,
  close: () => Promise<void>,
): Promise<void> {
  try {
    await controller.run(stop);
  } finally {
    await close();
  }
}
