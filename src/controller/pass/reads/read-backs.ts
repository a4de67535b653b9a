import { isSweepCheaper } from "../../../judge/read-costs.ts";
import { sweepRequest } from "../../../judge/reads.ts";
import { subjectsInScope } from "../../../judge/subjects.ts";
import type { PassContext, Subject } from "../../../judge/subject.ts";
import type { AwsError } from "../../../model/aws/errors/aws-error.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import type { LiveAccount } from "../../../model/live.ts";
import type { Result } from "../../../model/values/result.ts";
import { readKeys, type Reads } from "./observe.ts";
import { overlayLive } from "./overlay.ts";

/** A key as it was read after its writes. */
export type SeenAfter =
  { readonly kind: "seen"; readonly readMs: number } | { readonly kind: "not-read"; readonly reason: string };

/** The account as it was read after the writes of a pass. */
export interface ReadBackAccount {
  readonly live: LiveAccount;
  /** By key, of those that were written. */
  readonly seen: ReadonlyMap<Key, SeenAfter>;
}

interface ReadGroup {
  readonly keys: readonly Key[];
  readonly reading: Promise<Result<LiveAccount, AwsError>>;
  /** Everything was read, not these keys alone. */
  readonly isSweep: boolean;
}

/** So many keys are read together. One listing serves all policies, and is long in a large account. */
const READ_TOGETHER = { function: 8, policy: 40 } as const;
/** A pass that writes for a shorter time reads everything together when it has written. */
const READS_AFTER_MS = 10_000;
/** Reads that are behind the writes by more are made by one sweep in the end, if that is cheaper. */
const GROUPS_AT_A_TIME = 2;

/** Reads the keys of a pass after their writes, while others are written: writes do not wait for these reads. */
export class ReadBacks {
  readonly #pass: PassContext;
  readonly #reads: Reads;
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #waiting: readonly Subject[] = [];
  #running = 0;
  /** In the order in which they began: a key that was written twice is in two of them. */
  readonly #groups: ReadGroup[] = [];

  constructor(pass: PassContext, reads: Reads, nowMs: () => number) {
    this.#pass = pass;
    this.#reads = reads;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
  }

  /** The writes of this key ended, in this phase of the pass. */
  add(subject: Subject): void {
    this.#waiting = [...this.#waiting, subject];
    this.#readWaiting();
  }

  /** Reads what is left. @throws the signal's reason if the reads were aborted */
  async end(): Promise<ReadBackAccount> {
    await Promise.all(this.#groups.map(({ reading }) => reading));
    const left = this.#waiting;
    if (left.length > 0) void this.#begin(left, isSweepCheaper(left.length, this.#pass.live) ? "sweep" : {});
    return readBackAccount(this.#pass.live, this.#groups);
  }

  #readWaiting(): void {
    if (this.#nowMs() - this.#startedMs < READS_AFTER_MS) return;
    const [first] = this.#waiting;
    if (first === undefined || this.#running >= GROUPS_AT_A_TIME) return;
    const together = READ_TOGETHER[keyParts(first.key).kind];
    if (this.#waiting.length < together) return;
    const group = this.#waiting.slice(0, together);
    this.#waiting = this.#waiting.slice(together);
    this.#running += 1;
    const ended = (): void => {
      this.#running -= 1;
      this.#readWaiting();
    };
    // `end` awaits the reads too, and throws their error.
    this.#begin(group, { urgency: "background" }).then(ended, ended);
  }

  /** @param how reads in the background let those go first that come before a write */
  #begin(
    subjects: readonly Subject[],
    how: "sweep" | { readonly urgency?: "background" },
  ): ReadGroup["reading"] {
    const isSweep = how === "sweep";
    const reading = isSweep ? this.#sweep() : readKeys(this.#pass, subjects, { ...this.#reads, ...how });
    this.#groups.push({ keys: subjects.map(({ key }) => key), reading, isSweep });
    return reading;
  }

  #sweep(): ReadGroup["reading"] {
    const { live } = this.#pass;
    const all = subjectsInScope(this.#pass, { kind: "all" }, live.observedAtMs);
    return this.#reads.live.sweep(sweepRequest(all, this.#pass), this.#reads.signal);
  }
}

async function readBackAccount(before: LiveAccount, groups: readonly ReadGroup[]): Promise<ReadBackAccount> {
  let live = before;
  let observedAtMs = Infinity;
  const seen = new Map<Key, SeenAfter>();
  for (const { keys, reading, isSweep } of groups) {
    const read = await reading;
    if (read.kind === "err") {
      for (const key of keys) seen.set(key, { kind: "not-read", reason: read.error.message });
      continue;
    }
    const readMs = read.value.observedAtMs;
    live = isSweep ? read.value : overlayLive(live, read.value);
    observedAtMs = isSweep ? readMs : Math.min(observedAtMs, readMs);
    for (const key of isSweep ? [...seen.keys(), ...keys] : keys) seen.set(key, { kind: "seen", readMs });
  }
  // Of several reads the first: no key is shown as read later than it was.
  return { live: observedAtMs === Infinity ? before : { ...live, observedAtMs }, seen };
}
