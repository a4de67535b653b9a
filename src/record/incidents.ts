import type { Key } from "../model/keys/key.ts";
import type { Severity } from "./route.ts";
import type { AlertEvent } from "../model/alert-event.ts";

/** The drifts that this process has reported, with the highest reported severity. They are lost when the process ends. */
export class Incidents {
  readonly #open = new Map<Key, Severity>();

  /**
   * The severity of the incident that the event ends: as reported before, or in the same settlement. Undefined for
   * other events, and for an incident that an earlier process reported.
   */
  openedAs(event: AlertEvent, settlementAlerts: readonly AlertEvent[]): Severity | undefined {
    if (event.kind !== "drift-closed") return undefined;
    const now = settlementAlerts.flatMap((other) =>
      other.kind === "drift-opened" && other.key === event.key ? [other.severity] : [],
    );
    return now.includes("security") ? "security" : (this.#open.get(event.key) ?? now[0]);
  }

  /** Call this once the event is durable. */
  remember(event: AlertEvent): void {
    if (event.kind === "drift-closed") this.#open.delete(event.key);
    if (event.kind !== "drift-opened" || this.#open.get(event.key) === "security") return;
    this.#open.set(event.key, event.severity);
  }
}
