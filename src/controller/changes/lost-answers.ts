import { HISTORY_MS } from "../../model/changes/event-search.ts";
import type { WriteEvent } from "../../model/changes/change-event.ts";
import type { ControllerContext } from "../settings.ts";
import type { WriteIntended } from "../ports/audit-log.ts";

/** Which event is that of each intent whose answer was lost. It is in the record, so that a restart explains no second one. */
export class LostAnswers {
  readonly #context: ControllerContext;
  /** By intent: the id of the event. null: not read from the record yet. */
  #events: Promise<Map<number, string>> | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** By intent: the id of the event. */
  events(): Promise<ReadonlyMap<number, string>> {
    return this.#all();
  }

  /** @throws Error if the record cannot be written */
  async found({ id, requestId }: WriteEvent, { seq, key }: WriteIntended): Promise<void> {
    const events = await this.#all();
    if (events.has(seq)) return;
    events.set(seq, id);
    const fact = { kind: "lost-answer-found", intent: seq, key, eventId: id, requestId } as const;
    try {
      await this.#context.ports.recorder.record({ facts: [fact], change: {}, alerts: [] });
    } catch (error) {
      events.delete(seq);
      throw error;
    }
  }

  #all(): Promise<Map<number, string>> {
    this.#events ??= this.#read();
    // It is read again for the next events.
    this.#events.catch(() => (this.#events = null));
    return this.#events;
  }

  async #read(): Promise<Map<number, string>> {
    const { audit, clock } = this.#context.ports;
    const range = { kind: "lost-answer-found", sinceMs: clock.nowMs() - HISTORY_MS } as const;
    const events = new Map<number, string>();
    for await (const entry of audit.entries(range))
      if (entry.kind === "lost-answer-found") events.set(entry.intent, entry.eventId);
    return events;
  }
}
