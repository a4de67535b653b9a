import type { ChangeQueueView } from "../answers/queue-health.ts";
import type { ChangeRecord } from "../changes/change-event.ts";
import type { EventSearch } from "../changes/event-search.ts";
import type { FunctionDenials } from "../denials/denied-request.ts";

/** The queues of change events, as the active replica reads them. */
export interface QueueFacts {
  readonly queues: readonly ChangeQueueView[];
  /** How long ago the active replica stated this, by the clock of the record. */
  readonly ageMs: number;
}

/** What the events of an account have shown, which only the active replica receives: all that a pass of another replica needs of it. */
export interface AccountEventFacts {
  /** All that are kept of the account, not only the new ones. */
  readonly denials: readonly FunctionDenials[];
  /** What CloudTrail answered; null: it is not asked. */
  readonly searched: SearchedEvents | null;
}

/** The found calls, the oldest first, and by ARN of an object what its search found. */
export interface SearchedEvents {
  readonly records: readonly ChangeRecord[];
  readonly searches: ReadonlyMap<string, EventSearch>;
}
