import type { AlertEvent } from "../controller/ports/recorder.ts";
import type { Key } from "../model/key.ts";
import type { Severity } from "./route.ts";

/** The drifts that people were told of by this process, with the gravest that was said; lost with the process. */
export class Incidents {
  readonly #open = new Map<Key, Severity>();

  /**
   * How grave the incident was that the event ends: as told before, or beside it in the same settlement. undefined for
   * another event, and for an incident that a process before this one told of.
   */
  openedAs(event: AlertEvent, beside: readonly AlertEvent[]): Severity | undefined {
    if (event.kind !== "drift-closed") return undefined;
    const now = beside.flatMap((other) =>
      other.kind === "drift-opened" && other.key === event.key ? [other.severity] : [],
    );
    return now.includes("security") ? "security" : (this.#open.get(event.key) ?? now[0]);
  }

  /** Once the event is durable. */
  remember(event: AlertEvent): void {
    if (event.kind === "drift-closed") this.#open.delete(event.key);
    if (event.kind !== "drift-opened" || this.#open.get(event.key) === "security") return;
    this.#open.set(event.key, event.severity);
  }
}
