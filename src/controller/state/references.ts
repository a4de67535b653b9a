import type { AccountId } from "../../model/aws/ids.ts";
import {
  placeName,
  type ReferencePlace,
  type ReferenceReading,
  type ReferenceReadings,
  type UsedReference,
} from "../../model/aws/reference.ts";
import type { ReferenceAnswer } from "../ports/estate/references.ts";

interface ReferenceEntry {
  readonly reading: ReferenceReading;
  readonly dueMs: number;
}

/** How long an earlier value stays in use while reads fail in a way that time should fix. */
const KEPT_MS = 900_000;

/** The last reading of each reference that a manifest names, and which are being read. */
export class ReferenceState {
  readonly #entries = new Map<string, ReferenceEntry>();
  readonly #reading = new Map<string, Promise<void>>();

  /** A copy: a compilation uses one state of all of them. */
  readings(): ReferenceReadings {
    return new Map([...this.#entries].map(([place, { reading }]) => [place, reading]));
  }

  of(place: ReferencePlace): ReferenceReading | null {
    return this.#entries.get(placeName(place))?.reading ?? null;
  }

  isDue(place: ReferencePlace, nowMs: number): boolean {
    const name = placeName(place);
    return !this.#reading.has(name) && (this.#entries.get(name)?.dueMs ?? 0) <= nowMs;
  }

  /** A sweep of the account begins: its references are read again next to it. null: those of all accounts. */
  dueIn(accountId: AccountId | null, nowMs: number): void {
    for (const [name, entry] of this.#entries)
      if (accountId === null || name.startsWith(`${accountId}/`))
        this.#entries.set(name, { ...entry, dueMs: nowMs });
  }

  /** Resolves when the places that are being read were read. */
  async whenRead(places: readonly ReferencePlace[]): Promise<void> {
    await Promise.all(places.map((place) => this.#reading.get(placeName(place)) ?? Promise.resolve()));
  }

  /** Waits for everything that is being read. */
  async idle(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  /** @param reading never rejects */
  began(places: readonly ReferencePlace[], reading: Promise<void>): void {
    const ended = reading.finally(() => {
      for (const place of places) this.#reading.delete(placeName(place));
    });
    for (const place of places) this.#reading.set(placeName(place), ended);
  }

  answered(place: ReferencePlace, answer: ReferenceAnswer, { nowMs, dueMs }: ReadTimes): void {
    const reading = readingAfter(answer, this.of(place), nowMs);
    this.#entries.set(placeName(place), { reading, dueMs });
  }

  /**
   * A reference that no manifest names is forgotten when its reading is due: a revision that is being accepted may
   * name it.
   */
  forgetUnused(used: readonly ReferencePlace[], nowMs: number): void {
    const names = new Set(used.map(placeName));
    for (const [name, { dueMs }] of this.#entries)
      if (dueMs <= nowMs && !names.has(name)) this.#entries.delete(name);
  }

  /** Whether a manifest would be compiled with another value, the value of another stack, or another reason for none, than these were. */
  differsFrom(used: readonly UsedReference[]): boolean {
    return used.some((one) => {
      const now = this.of(one);
      return now !== null && !isSameReading(one.reading, now);
    });
  }
}

interface ReadTimes {
  readonly nowMs: number;
  /** Of the next read. */
  readonly dueMs: number;
}

function readingAfter(
  answer: ReferenceAnswer,
  before: ReferenceReading | null,
  nowMs: number,
): ReferenceReading {
  if (answer.kind === "value") return { ...answer, readAtMs: nowMs };
  const { reason, fix, isTransient } = answer;
  if (isTransient && before?.kind === "value" && nowMs - before.readAtMs < KEPT_MS) return before;
  return { kind: "unusable", reason, fix };
}

/** The time of a read makes no difference. */
function isSameReading(a: ReferenceReading | null, b: ReferenceReading): boolean {
  if (a === null || a.kind !== b.kind) return false;
  if (a.kind === "value") return b.kind === "value" && a.value === b.value && a.stackId === b.stackId;
  return b.kind === "unusable" && a.reason === b.reason && a.fix === b.fix;
}
