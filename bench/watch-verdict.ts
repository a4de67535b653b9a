import type { Lateness } from "./lateness.ts";
import { tenths } from "./measure.ts";
import type { Timings } from "./watch-clients.ts";

/** Until every function was compared. */
export interface Phase extends Lateness {
  /** The requests meanwhile; null: without clients. */
  readonly asked: Timings | null;
}

/** Passes that wait for AWS, one after the other. */
export interface Passes {
  readonly tookMs: readonly number[];
  readonly late: Pick<Lateness, "p50Ms" | "p99Ms" | "maxMs">;
  readonly asked: Timings | null;
}

export interface Phases {
  /** Processor time of the thread in a second in which nothing is read, before the first request. */
  readonly idleCpuMs: number;
  readonly passes: Passes;
  readonly readAgain: Phase;
  readonly changed: Phase;
  readonly changedBack: Phase;
}

export interface Round {
  readonly alone: Phases;
  readonly watched: Phases & {
    readonly opening: Lateness;
    /** The requests of a time without a pass. */
    readonly withoutPass: Timings;
    /** Of one request, without a pass. */
    readonly requestCpuMs: number;
    readonly events: unknown;
    /** Watches that the server ended. */
    readonly ended: number;
    readonly watchedMb: number;
  };
  /** Without clients, after all of the round. */
  readonly idleMb: number;
}

/** Watches and requests that go on for minutes, while every role changes again and again. */
export interface Lasting {
  /** From the first to the last of `mb`. */
  readonly minutes: number;
  readonly changes: number;
  /** After a collection, with all clients: at the start, when as many changes are kept as ever are, in the middle and at the end. */
  readonly mb: readonly number[];
  /** Watches that the server ended. */
  readonly ended: unknown;
  readonly asked: Timings;
}

/**
 * The timing of the loop is unchanged if a pass that waits for AWS takes at most a tenth longer with clients than without, by
 * the clock, at the median and at the 99th percentile,
 */
const PASS_TIMES = 1.1;
/** and if the 99th percentile of the lateness of its timers is at most a tenth more, or below 50 ms. */
const LATE_TIMES = 1.1;
const LATE_MS = 50;
/** Of the memory, after the second round without clients, and from the start of the lasting watches: a tenth is the noise of the collector. */
const MEMORY_TIMES = 1.1;
/** Below this rate the clients are not the load that this bench is about. */
const LEAST_PER_SECOND = 45;

/** The cost of watches to a pass that never waits. There is no limit for it: the timing of the loop is that of passes as AWS allows them. */
interface Cost {
  /** Medians of all rounds, of an even number the larger middle one; without the requests. */
  readonly cpuMs: Pair;
  readonly p99Ms: Pair;
}

type Pair = readonly [alone: number, watched: number];

/** The timing of the loop, of all passes that wait for AWS. */
interface LoopTiming {
  readonly passP50Ms: Pair;
  readonly passP99Ms: Pair;
  /** How late its timers are; medians of all rounds. */
  readonly lateP50Ms: Pair;
  readonly lateP99Ms: Pair;
  readonly isUnchanged: boolean;
  /** Processor time of the thread in a second in which nothing is read, without requests: the cost of idle watches. */
  readonly idleCpuMs: Pair;
}

/** Of the requests in all parts of all rounds. */
interface RequestRate {
  /** By part, of all rounds. A part that takes little time has few requests: one more or less is much of this figure. */
  readonly sentPerSecond: Readonly<Record<string, number>>;
  /** In all parts together: an answer may come in the part after its request. */
  readonly answeredPerSecond: number;
  /** Without a complete answer. */
  readonly dropped: number;
  /** Whether every part had its requests, and they were answered. */
  readonly isReached: boolean;
}

interface Verdict {
  readonly requests: RequestRate;
  /** Watches that the server ended, of each round: with fewer than all of them it is another load. */
  readonly endedWatches: readonly number[];
  readonly loop: LoopTiming;
  readonly readAgain: Cost;
  readonly changed: Cost;
  readonly changedBack: Cost;
  /** Of each round. */
  readonly idleMb: readonly number[];
  readonly lastingMb: readonly number[];
  /** Without clients from the second round on, and with them for minutes, without the end of a watch; null: not measured yet. */
  readonly isMemoryFlat: boolean | null;
  readonly isStalledDropped: boolean;
  /** Of one request, the median. */
  readonly requestCpuMs: number;
}

export interface Measured {
  readonly rounds: readonly Round[];
  /** null: not measured yet. */
  readonly lasting: Lasting | null;
  readonly isStalledDropped: boolean;
}

export function verdictOf({ rounds, lasting, isStalledDropped }: Measured): Verdict {
  const idleMb = rounds.map((round) => round.idleMb);
  const lastingMb = lasting?.mb ?? [];
  return {
    requests: rateOf(rounds),
    endedWatches: rounds.map(({ watched }) => watched.ended),
    loop: loopOf(rounds),
    readAgain: costOf(rounds, "readAgain"),
    changed: costOf(rounds, "changed"),
    changedBack: costOf(rounds, "changedBack"),
    idleMb,
    lastingMb,
    isMemoryFlat:
      lasting === null ? null : isFlat(idleMb.slice(1)) && isFlat(lastingMb) && lasting.ended === 0,
    requestCpuMs: median(rounds.map(({ watched }) => watched.requestCpuMs)),
    isStalledDropped,
  };
}

/** What the goal of this bench needs and was not so; empty: it is reached. */
export function missedIn(verdict: Verdict): readonly string[] {
  const { requests, endedWatches, loop, isMemoryFlat, isStalledDropped } = verdict;
  const reached = {
    "the rate of the requests": requests.isReached,
    "every watch until the end of its round": endedWatches.every((ended) => ended === 0),
    "the timing of the loop": loop.isUnchanged,
    "flat memory": isMemoryFlat === true,
    "the end of a watch that does not read": isStalledDropped,
  };
  return Object.entries(reached).flatMap(([goal, isReached]) => (isReached ? [] : [goal]));
}

function isFlat([first = 0, ...later]: readonly number[]): boolean {
  return later.every((mb) => mb <= first * MEMORY_TIMES);
}

function rateOf(rounds: readonly Round[]): RequestRate {
  const parts = rounds.flatMap(({ watched }) => Object.entries(partsOf(watched)));
  const timings = parts.map(([, each]) => each);
  const byPart = Map.groupBy(parts, ([name]) => name);
  const sum = (of: (each: Timings) => number): number => timings.reduce((total, each) => total + of(each), 0);
  const answeredPerSecond = tenths(sum(({ answered }) => answered) / sum(({ seconds }) => seconds));
  const dropped = sum((each) => each.dropped.length);
  const isSent = [...byPart.values()].every(isRateSent);
  return {
    sentPerSecond: Object.fromEntries([...byPart].map(([name, all]) => [name, sentRate(all)])),
    answeredPerSecond,
    dropped,
    isReached: isSent && dropped === 0 && answeredPerSecond >= LEAST_PER_SECOND,
  };
}

type NamedTimings = readonly (readonly [name: string, timings: Timings])[];

/** A part may be short: one request more or less in each is no other rate. */
function isRateSent(parts: NamedTimings): boolean {
  const sent = parts.reduce((total, [, each]) => total + each.sent + 1, 0);
  return sent >= LEAST_PER_SECOND * parts.reduce((total, [, { seconds }]) => total + seconds, 0);
}

function sentRate(parts: NamedTimings): number {
  const sent = parts.reduce((total, [, each]) => total + each.sent, 0);
  return tenths(sent / parts.reduce((total, [, { seconds }]) => total + seconds, 0));
}

function partsOf(watched: Round["watched"]): Readonly<Record<string, Timings>> {
  const { withoutPass, passes, readAgain, changed, changedBack } = watched;
  const asked = { passes, readAgain, changed, changedBack };
  const known = Object.entries(asked).flatMap(([name, part]) =>
    part.asked === null ? [] : [[name, part.asked] as const],
  );
  return { withoutPass, ...Object.fromEntries(known) };
}

function loopOf(rounds: readonly Round[]): LoopTiming {
  const pair = (of: (phases: Phases) => number): Pair => [
    median(rounds.map(({ alone }) => of(alone))),
    median(rounds.map(({ watched }) => of(watched))),
  ];
  const passAt = (part: number): Pair => [
    quantile(
      rounds.flatMap(({ alone }) => alone.passes.tookMs),
      part,
    ),
    quantile(
      rounds.flatMap(({ watched }) => watched.passes.tookMs),
      part,
    ),
  ];
  const passP50Ms = passAt(0.5);
  const passP99Ms = passAt(0.99);
  const lateP99Ms = pair(({ passes }) => passes.late.p99Ms);
  const isAsLong = [passP50Ms, passP99Ms].every(([alone, watched]) => watched <= alone * PASS_TIMES);
  return {
    passP50Ms,
    passP99Ms,
    lateP50Ms: pair(({ passes }) => passes.late.p50Ms),
    lateP99Ms,
    isUnchanged: isAsLong && isPunctual(lateP99Ms),
    idleCpuMs: pair(({ idleCpuMs }) => idleCpuMs),
  };
}

function isPunctual([alone, watched]: Pair): boolean {
  return watched <= Math.max(LATE_MS, alone * LATE_TIMES);
}

function costOf(rounds: readonly Round[], phase: "readAgain" | "changed" | "changedBack"): Cost {
  const withoutRequests = ({ watched }: Round): number =>
    watched[phase].cpuMs - (watched[phase].asked?.answered ?? 0) * watched.requestCpuMs;
  return {
    cpuMs: [median(rounds.map(({ alone }) => alone[phase].cpuMs)), median(rounds.map(withoutRequests))],
    p99Ms: [
      median(rounds.map(({ alone }) => alone[phase].p99Ms)),
      median(rounds.map(({ watched }) => watched[phase].p99Ms)),
    ],
  };
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Of an even number, the median is the larger middle one. */
function quantile(values: readonly number[], part: number): number {
  const at = Math.min(values.length - 1, Math.floor(values.length * part));
  return tenths(values.toSorted((a, b) => a - b)[at] ?? 0);
}
