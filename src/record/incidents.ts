import type { AlertEvent } from "../controller/ports/recorder.ts";
import type { Key } from "../model/key.ts";
import type { Severity } from "./route.ts";

/** The drifts that people were told of by this process, with the gravest that was said; lost with the process. */
export class Incidents {
  readonly #open = new Map<Key, Severity>();

  /** How the key's incident was told of; undefined when it was not, or by a process before this one. */
  openedAs(event: AlertEvent): Severity | undefined {
    return event.kind === "drift-closed" ? this.#open.get(event.key) : undefined;
  }

  /** Once the event is durable. */
  remember(event: AlertEvent): void {
    if (event.kind === "drift-closed") this.#open.delete(event.key);
    if (event.kind !== "drift-opened" || this.#open.get(event.key) === "security") return;
    this.#open.set(event.key, event.severity);
  }
}
