/** Why a queue of pushes cannot be read. */
export interface PushQueueFailure {
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

/** What the last request to the queue of a source found. `not-asked`: none was answered since the start. */
export type PushQueueReading =
  | { readonly kind: "not-asked" }
  | { readonly kind: "read" }
  | { readonly kind: "failing"; readonly sinceMs: number; readonly failure: PushQueueFailure };
