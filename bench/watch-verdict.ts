import type { Lateness } from "./lateness.ts";
import { tenths } from "./measure.ts";

/** Until every function was compared. */
export interface Phase extends Lateness {
  /** That were answered meanwhile. */
  readonly requests: number;
}

export interface Phases {
  readonly readAgain: Phase;
  readonly changed: Phase;
  readonly changedBack: Phase;
}

export interface Round {
  readonly alone: Phases;
  readonly watched: Phases & {
    readonly opening: Lateness;
    /** Of one request, without a pass. */
    readonly requestCpuMs: number;
    readonly events: unknown;
    /** Watches that the server ended. */
    readonly ended: unknown;
    readonly watchedMb: number;
    readonly isStalledDropped: unknown;
  };
  /** Without clients, after all of the round. */
  readonly idleMb: number;
}

/** With clients in place of none: processor time until every function is compared, without the requests, at most so many times as much. */
const CPU_TIMES = 1.1;
/** And the 99th percentile of the lateness at most so many times as much, or below 50 ms. */
const LATE_TIMES = 1.1;
const LATE_MS = 50;
/** Of the memory without clients, from the second round to the last: a tenth is the noise of the collector. */
const MEMORY_TIMES = 1.1;

interface Compared {
  /** Medians of all rounds, of an even number the larger middle one; without the requests. */
  readonly cpuMs: readonly [alone: number, watched: number];
  readonly p99Ms: readonly [alone: number, watched: number];
  readonly isUnchanged: boolean;
}

interface Verdict {
  readonly readAgain: Compared;
  readonly changed: Compared;
  readonly changedBack: Compared;
  /** Of each round. */
  readonly idleMb: readonly number[];
  /** null: fewer than three rounds do not show it. */
  readonly isMemoryFlat: boolean | null;
  readonly areStalledDropped: boolean;
  /** Of one request, the median. */
  readonly requestCpuMs: number;
}

export function verdictOf(rounds: readonly Round[]): Verdict {
  const idleMb = rounds.map((round) => round.idleMb);
  const [, second = 0] = idleMb;
  return {
    readAgain: comparedOf(rounds, "readAgain"),
    changed: comparedOf(rounds, "changed"),
    changedBack: comparedOf(rounds, "changedBack"),
    idleMb,
    isMemoryFlat: rounds.length > 2 ? (idleMb.at(-1) ?? Infinity) <= second * MEMORY_TIMES : null,
    requestCpuMs: median(rounds.map(({ watched }) => watched.requestCpuMs)),
    areStalledDropped: rounds.every(({ watched }) => watched.isStalledDropped === true),
  };
}

function comparedOf(rounds: readonly Round[], phase: keyof Phases): Compared {
  const cpuMs = [
    median(rounds.map(({ alone }) => alone[phase].cpuMs)),
    median(
      rounds.map(({ watched }) => watched[phase].cpuMs - watched[phase].requests * watched.requestCpuMs),
    ),
  ] as const;
  const p99Ms = [
    median(rounds.map(({ alone }) => alone[phase].p99Ms)),
    median(rounds.map(({ watched }) => watched[phase].p99Ms)),
  ] as const;
  const isPunctual = p99Ms[1] <= Math.max(LATE_MS, p99Ms[0] * LATE_TIMES);
  return { cpuMs, p99Ms, isUnchanged: cpuMs[1] <= cpuMs[0] * CPU_TIMES && isPunctual };
}

function median(values: readonly number[]): number {
  return tenths(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
