import { spannedOffset, type ClockOffset } from "../../model/changes/clock-offset.ts";

/** One moment by two clocks. */
export interface ClockReading {
  /** By the clock of this machine, which may be set. */
  readonly wallMs: number;
  /** By a clock that is never set. */
  readonly steadyMs: number;
}

/** One answer of AWS. */
interface DatedAnswer {
  /** Its `Date` header, in whole seconds; undefined: it has none. */
  readonly date: string | undefined;
  readonly sent: ClockReading;
  /** When the answer began. */
  readonly received: ClockReading;
}

/** What AWS's clock shows now: a value between the two. */
export interface AwsTime {
  readonly earliestMs: number;
  readonly latestMs: number;
}

interface KnownOffset {
  readonly offset: ClockOffset;
  readonly last: ClockReading;
}

/** The `Date` header has whole seconds. */
const SECOND_MS = 1_000;
/**
 * The clock of this machine was set if it went on by another time than the steady one. Programs that keep the time slow it
 * down or speed it up for less, which changes no order.
 */
const SET_MS = 100;
/** Longer than a read of a large account takes. */
const KEPT_MS = 15 * 60_000;
const MOST_PAST = 20;

/**
 * The clock of AWS, from the `Date` headers of its answers: each shows the offset within a second and the duration of its
 * request. Answers that agree narrow it; one that contradicts them shows that a clock was set, and both count for a while.
 */
export class AwsClock {
  #current: KnownOffset | null = null;
  #past: readonly KnownOffset[] = [];

  answered({ date, sent, received }: DatedAnswer): void {
    const dateMs = Date.parse(date ?? "");
    if (Number.isNaN(dateMs)) return;
    if (this.#current !== null && wasSet(this.#current.last, sent)) this.#replace(null);
    if (wasSet(sent, received)) this.#replace(null);
    else this.#add({ minMs: dateMs - received.wallMs, maxMs: dateMs + SECOND_MS - sent.wallMs }, received);
  }

  /** Of the last 15 minutes. null: AWS has not answered since, or not since the clock of this machine was set. */
  offset(now: ClockReading): ClockOffset | null {
    const current = this.#currentAt(now);
    if (current === null) return null;
    const past = this.#past.filter((one) => isKept(one, now));
    const sum = past.reduce((all, { offset }) => spannedOffset(all, offset) ?? all, current.offset);
    return { ...sum, wasSet: past.length > 0 };
  }

  /** By the newest answers that agree. null: as for `offset` */
  time(now: ClockReading): AwsTime | null {
    const current = this.#currentAt(now);
    if (current === null) return null;
    const { minMs, maxMs } = current.offset;
    return { earliestMs: now.wallMs + minMs, latestMs: now.wallMs + maxMs };
  }

  #currentAt(now: ClockReading): KnownOffset | null {
    const current = this.#current;
    return current === null || !isKept(current, now) || wasSet(current.last, now) ? null : current;
  }

  #add(seen: Pick<ClockOffset, "minMs" | "maxMs">, last: ClockReading): void {
    const minMs = Math.max(seen.minMs, this.#current?.offset.minMs ?? -Infinity);
    const maxMs = Math.min(seen.maxMs, this.#current?.offset.maxMs ?? Infinity);
    if (minMs <= maxMs) this.#current = { offset: { minMs, maxMs, wasSet: false }, last };
    else this.#replace({ offset: { ...seen, wasSet: false }, last });
  }

  #replace(next: KnownOffset | null): void {
    const current = this.#current;
    this.#current = next;
    if (current === null) return;
    const now = next?.last ?? current.last;
    const kept = [...this.#past.filter((past) => isKept(past, now)), current];
    const [first, second, ...others] = kept;
    // Of many, the two oldest become one: no offset is forgotten early.
    const isFull = kept.length > MOST_PAST && first !== undefined && second !== undefined;
    this.#past = isFull ? [joined(first, second), ...others] : kept;
  }
}

function joined(older: KnownOffset, newer: KnownOffset): KnownOffset {
  return { offset: spannedOffset(older.offset, newer.offset) ?? newer.offset, last: newer.last };
}

function isKept({ last }: KnownOffset, now: ClockReading): boolean {
  return last.steadyMs >= now.steadyMs - KEPT_MS;
}

function wasSet(from: ClockReading, to: ClockReading): boolean {
  return Math.abs(to.wallMs - from.wallMs - (to.steadyMs - from.steadyMs)) > SET_MS;
}
