import { healthAfter, type QueueFailure, type QueueHealth } from "../../model/answers/queue-health.ts";
import type { Authors } from "../../model/authors.ts";
import type { ShownPin } from "../../model/keys/source-pin.ts";
import type { Revision } from "../../model/values/revision.ts";
import type { Commit } from "../../model/snapshot.ts";
import type { SourceVerified } from "../../model/verification.ts";
import type { SourceFailure } from "../ports/source.ts";

/** A revision that needs an approval. */
export interface HeldRevision {
  readonly revision: Revision;
  readonly reason: string;
  readonly sinceMs: number;
  /** That it adds to the accepted revision, newest first, at most 100. */
  readonly commits: readonly Commit[];
  /** Of the accepted revision that it lacks, newest first, at most 100; missing: none is known. */
  readonly dropped?: readonly Commit[];
  /** They may not approve it. */
  readonly authors: Authors;
}

interface SourceMemory {
  readonly fetchedAtMs: number | null;
  readonly failure: SourceFailure | null;
  /** The revision that the failure refuses; null for any other failure. */
  readonly refused: Revision | null;
  /** The alert about the failure is recorded. */
  readonly isAlerted: boolean;
  /** The fixes of the causes that were logged since the source began to fail. */
  readonly loggedFixes: readonly string[];
  readonly held: HeldRevision | null;
  /** Of the newest fetched revision; null: no signature is needed, or nothing was fetched yet. */
  readonly verified: SourceVerified | null;
  /** A rollback whose revision is in force; null: there is none. */
  readonly pin: ShownPin | null;
  /** This process has put a revision in force or held one. */
  readonly isProcessed: boolean;
}

/**
 * What the last fetches of the source found, and when the next one is due:
 *
 *   not fetched ──fetched(), processed()──► in force or held ──failed()──► failing ──alerted()──► failing, alert recorded
 *                                                │    ▲                      │
 *                                                │    └─────processed()──────┘
 *                                                └──refused()──► refused ──processed()──► …
 *
 * A failure leaves the held revision and the time of the last successful fetch as they are. A fetch alone ends no
 * failure: what it found may fail again.
 */
export class SourceState {
  #memory: SourceMemory = {
    fetchedAtMs: null,
    failure: null,
    refused: null,
    isAlerted: false,
    loggedFixes: [],
    held: null,
    verified: null,
    pin: null,
    isProcessed: false,
  };
  #fetchDueMs = 0;
  #fetches = 0;
  #fetchBeganMs = Number.NEGATIVE_INFINITY;
  #pushQueue: QueueHealth = { kind: "not-asked" };

  get memory(): SourceMemory {
    return this.#memory;
  }

  get fetchDueMs(): number {
    return this.#fetchDueMs;
  }

  /** The number of fetches that have begun. */
  get fetches(): number {
    return this.#fetches;
  }

  get fetchBeganMs(): number {
    return this.#fetchBeganMs;
  }

  get pushQueue(): QueueHealth {
    return this.#pushQueue;
  }

  /** @param failure null: the queue answered */
  pushQueueRead(nowMs: number, failure: QueueFailure | null): void {
    this.#pushQueue = healthAfter(this.#pushQueue, failure, nowMs);
  }

  beginFetch(nowMs: number): number {
    this.#fetchBeganMs = nowMs;
    this.#fetches += 1;
    return this.#fetches;
  }

  fetchAt(dueMs: number): void {
    this.#fetchDueMs = dueMs;
  }

  /** A successful fetch, whose revision is to be put in force or held. */
  fetched(nowMs: number, { held, verified }: Pick<SourceMemory, "held" | "verified">): void {
    this.#become({ ...this.#memory, fetchedAtMs: nowMs, held, verified });
  }

  pinned(pin: ShownPin | null): void {
    this.#become({ ...this.#memory, pin });
  }

  /** The fetched revision is held, or it is in force. */
  processed(): void {
    this.#become({
      ...this.#memory,
      failure: null,
      refused: null,
      isAlerted: false,
      loggedFixes: [],
      isProcessed: true,
    });
  }

  /** A successful fetch of a revision that is never accepted. */
  refused(nowMs: number, revision: Revision, failure: Omit<SourceFailure, "refused">): void {
    const refusal = { ...failure, refused: true };
    this.#become({
      ...this.#memory,
      fetchedAtMs: nowMs,
      failure: refusal,
      refused: revision,
      isAlerted: false,
      loggedFixes: [],
      held: null,
    });
  }

  /** Returns whether this cause is new since the source began to fail, so that the log names each cause once. */
  failed({ message, fix }: Omit<SourceFailure, "refused">): boolean {
    const { loggedFixes } = this.#memory;
    const isNew = !loggedFixes.includes(fix);
    this.#become({
      ...this.#memory,
      failure: { message, fix, refused: false },
      refused: null,
      loggedFixes: isNew ? [...loggedFixes, fix] : loggedFixes,
    });
    return isNew;
  }

  alerted(): void {
    this.#become({ ...this.#memory, isAlerted: true });
  }

  #become(memory: SourceMemory): void {
    this.#memory = memory;
  }
}
