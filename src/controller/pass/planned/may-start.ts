import type { PassContext } from "../../../judge/subject.ts";
import { isPlannedScope } from "./planned-keys.ts";

/**
 * A pass starts no new key this long after its read if other work of its account waits: what is left stays queued. The read
 * itself does not count. It takes longer than this for several hundred keys, and a pass that then writes nothing would be
 * repeated for ever.
 */
const STARTS_KEYS_FOR_MS = 60_000;
/** A pass over planned keys has nothing to read first. */
const STARTS_PLANNED_FOR_MS = 10_000;
/** Nor this long if nothing waits: what was written is recorded as applied at the end of the pass. */
const STARTS_KEYS_AT_MOST_MS = 600_000;

/** Whether a pass may begin to write another key now. */
export function mayStartKey(pass: PassContext, nowMs: number, isAwaited: () => boolean): boolean {
  const elapsedMs = nowMs - (pass.readEndedMs ?? pass.startedAtMs);
  if (elapsedMs <= (isPlannedScope(pass) ? STARTS_PLANNED_FOR_MS : STARTS_KEYS_FOR_MS)) return true;
  return elapsedMs <= STARTS_KEYS_AT_MOST_MS && !isAwaited() && isJudgedStill(pass, nowMs);
}

/** A verdict changes with time when a change window opens or closes, and when a waiver ends. */
function isJudgedStill(
  { desired: { windows = [], waivers }, nowMs: judgedMs }: PassContext,
  nowMs: number,
): boolean {
  const hasEnded = (until: string): boolean => Date.parse(until) > judgedMs && Date.parse(until) <= nowMs;
  return windows.length === 0 && !waivers.some(({ until }) => hasEnded(until));
}
