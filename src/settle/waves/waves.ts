import type { Approval } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import {
  switchesOf,
  type EndedWave,
  type NamespaceWaves,
  type WaveMember,
  type WaveRecord,
} from "../../model/records/wave-record.ts";
import { digestOf, type Digest } from "../../model/values/digest.ts";
import { byText, byTextOf } from "../../text/order.ts";
import type { WaveFunctionFacts } from "./function-facts.ts";
import { changedRolesAfter, newStops, waveProblems, type WaveFacts } from "./problems.ts";

/** The most functions of the first waves; the later ones have all that are ready. */
const SIZES: readonly number[] = [1, 10];

export function waveSize(number: number): number {
  return SIZES[number - 1] ?? Infinity;
}

export interface WaveContext {
  readonly accountId: AccountId;
  readonly namespace: string;
  readonly nowMs: number;
  /** How long all functions of a wave are seen on their roles before the next wave opens. */
  readonly intervalMs: number;
  /** A longer time between two sweeps is not counted: nothing was watched in it. */
  readonly longestGapMs: number;
  /** The pass was over the entire account, not only over some functions. */
  readonly isSweep: boolean;
  readonly approvals: readonly Approval[];
  readonly rejected: ReadonlySet<string>;
}

/**
 * The waves of a namespace after one more pass.
 *
 *   none ──ready──► awaiting approval ──approve──► switching ──all moved──► watching ──interval──► ended ──ready──► the next one
 *                        ▲                             │                        │
 *                        └──── a stop, or its end ─────┴──── set back ──────────┘
 */
export function wavesAfter(before: NamespaceWaves, facts: WaveFacts, context: WaveContext): NamespaceWaves {
  const open = before.open === null ? null : openAfter(before.open, facts, context);
  if (open !== null && !isOver(open, context)) return { ...before, open };
  const ended = open === null ? before.ended : [...before.ended, endedWave(open, context)];
  // After a few functions, the wave would be smaller than it can be.
  return { open: context.isSweep ? nextWave(ended, facts, context) : null, ended };
}

/** null: nothing is left of it. */
function openAfter(wave: WaveRecord, facts: WaveFacts, context: WaveContext): WaveRecord | null {
  const { nowMs, approvals } = context;
  const approval = approvals.find(
    ({ subject, expiresAt }) => subject === wave.subject && Date.parse(expiresAt) > nowMs,
  );
  const isApproved = approval !== undefined;
  const members = wave.members.map((member) => memberAfter(member, facts.functions.get(member.key), context));
  if (members.every(({ state }) => state === "left")) return null;
  const problems = waveProblems(wave, facts, { isApproved, nowMs });
  const stops = newStops(wave, problems, isApproved);
  const watch = watchAfter(wave.watch, members, { facts, isClean: problems.length === 0, context });
  const now = { members, watch, changedRoles: changedRolesAfter(wave, facts) };
  if (approval !== undefined && stops.length === 0) {
    const { actor, at, expiresAt } = approval;
    const approved = { actor, at, expiresAt };
    return { ...wave, ...now, members: members.map(asApproved(wave)), approved };
  }
  if (stops.length === 0 && isUntouched(wave, members) && isOutdated(wave, members, context)) return null;
  const changed = { ...wave, ...now, approved: null, stops: [...wave.stops, ...stops] };
  return { ...changed, subject: subjectOf(changed, context) };
}

function memberAfter(
  { oldAliases, ...member }: WaveMember,
  seen: WaveFunctionFacts | undefined,
  { isSweep }: WaveContext,
): WaveMember {
  // A pass over a few functions after a start has nothing of the others.
  const place = seen?.place ?? (isSweep ? "left" : "unread");
  if (member.state === "left" || place === "left")
    return { ...member, state: "left", switch: null, needs: null };
  if (seen === undefined || place === "unread")
    return { ...member, ...(oldAliases && { oldAliases }), needs: "it was not read" };
  const { needs } = seen;
  switch (place) {
    case "elsewhere":
      return { ...member, state: "waiting", switch: seen.switch, needs, ...aliasesOf(seen) };
    case "moved":
      return seen.isUnread && member.state === "switched"
        ? { ...member, needs: "its aliases were not read" }
        : { ...member, state: "moved", switch: null, needs };
    case "switched":
      return { ...member, state: "switched", switch: null, needs: null };
  }
}

function aliasesOf({ oldAliases }: WaveFunctionFacts): Pick<WaveMember, "oldAliases"> {
  return oldAliases.length === 0 ? {} : { oldAliases };
}

/** The functions that an approval covers do not change with later reads. */
function asApproved({ members }: WaveRecord): (member: WaveMember) => WaveMember {
  const approved = new Map(members.map((member) => [member.key, member.switch]));
  return (member) =>
    member.state === "waiting" ? { ...member, switch: approved.get(member.key) ?? null } : member;
}

/** Nothing of it was switched, and nothing went wrong: its functions may still be others. */
function isUntouched({ members, stops }: WaveRecord, now: readonly WaveMember[]): boolean {
  return (
    stops.length === 0 && [...members, ...now].every(({ state }) => state === "waiting" || state === "left")
  );
}

/** An operator who rejected it may want the functions that became ready since. Only a sweep has all of them. */
function isOutdated(
  wave: WaveRecord,
  now: readonly WaveMember[],
  { rejected, isSweep }: WaveContext,
): boolean {
  if (!isSweep) return false;
  const before = new Map(wave.members.map((member) => [member.key, member.switch]));
  const isSame = (member: WaveMember): boolean =>
    member.state === "waiting" && member.switch !== null && member.switch === before.get(member.key);
  // A function that was not read has its switch as before.
  return rejected.has(wave.subject) || !now.every(isSame);
}

/** Counts only the time in which sweeps saw every function switched and nothing wrong. */
function watchAfter(
  before: WaveRecord["watch"],
  members: readonly WaveMember[],
  {
    facts,
    isClean,
    context,
  }: { readonly facts: WaveFacts; readonly isClean: boolean; readonly context: WaveContext },
): WaveRecord["watch"] {
  const { nowMs, longestGapMs, isSweep } = context;
  const isSwitched = members.every(({ state }) => state === "switched" || state === "left");
  if (!isClean || !isSwitched) return null;
  const isSeen = members.every(
    ({ key, state }) => state === "left" || facts.functions.get(key)?.place === "switched",
  );
  if (!isSweep || !isSeen) return before;
  if (before === null || before.seenMs > nowMs) return { sinceMs: nowMs, seenMs: nowMs };
  const gapMs = nowMs - before.seenMs;
  return { sinceMs: before.sinceMs + (gapMs > longestGapMs ? gapMs : 0), seenMs: nowMs };
}

/** Its last sweep itself is one of those that count. */
function isOver({ watch }: WaveRecord, { intervalMs, nowMs }: WaveContext): boolean {
  return watch !== null && watch.seenMs === nowMs && watch.seenMs - watch.sinceMs >= intervalMs;
}

function endedWave({ number, members, openedMs, stops }: WaveRecord, { nowMs }: WaveContext): EndedWave {
  const functions = members.filter(({ state }) => state === "switched").length;
  return { number, functions, openedMs, endedMs: nowMs, stops };
}

type Ranked = Pick<WaveFunctionFacts, "key" | "oldAliases">;

/** First those whose switch is complete without their deployer. */
export function byWave(a: Ranked, b: Ranked): number {
  const [first, second] = [a, b].map(({ oldAliases }) => (oldAliases.length > 0 ? 1 : 0)) as [number, number];
  return first - second || byText(a.key, b.key);
}

/** null: no function is ready. */
function nextWave(
  ended: readonly EndedWave[],
  { functions }: WaveFacts,
  context: WaveContext,
): WaveRecord | null {
  const number = (ended.at(-1)?.number ?? 0) + 1;
  const members = [...functions.values()]
    .filter((one) => one.place === "elsewhere" && one.switch !== null)
    .toSorted(byWave)
    .slice(0, waveSize(number))
    .toSorted(byTextOf(({ key }) => key))
    .map((one): WaveMember => ({
      key: one.key,
      state: "waiting",
      switch: one.switch,
      needs: null,
      ...aliasesOf(one),
    }));
  if (members.length === 0) return null;
  const wave = { number, members, openedMs: context.nowMs, approved: null, stops: [], watch: null };
  return { ...wave, subject: subjectOf(wave, context) };
}

/** Another function, another switch of one, and a stop need another approval. */
function subjectOf(
  wave: Pick<WaveRecord, "number" | "members" | "stops">,
  { accountId, namespace }: WaveContext,
): Digest {
  const switches = switchesOf(wave).map((member): readonly [Key, Digest | null] => [
    member.key,
    member.switch,
  ]);
  const stops = wave.stops.map(({ key, kind, atMs }) => [key, kind, atMs] as const);
  return digestOf({ kind: "wave", accountId, namespace, number: wave.number, switches, stops });
}
