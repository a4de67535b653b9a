import { isSwitch } from "../../model/plan.ts";
import { isBinding } from "../../model/desired.ts";
import type { RecordedDenial } from "../../model/denials/call-denial.ts";
import type { Key } from "../../model/keys/key.ts";
import type { WaveMember, WaveRecord, WaveStop } from "../../model/records/wave-record.ts";
import { desiredOf } from "../../judge/subject.ts";
import { driftOfFingerprint } from "../../model/drift.ts";
import type { SettledKey } from "../key/settle-key.ts";
import { isDenied, isTerminal } from "../outcome/outcome.ts";
import type { WaveFunctionFacts } from "./function-facts.ts";

/** What went wrong with a function in this pass. */
export interface PassProblem {
  readonly kind: "switch-failed" | "role-changed";
  readonly reason: string;
  /** It was reverted in the same pass: what is seen later is another one. */
  readonly isOver?: true;
}

/** null: nothing that a wave stops at. A failure that time should fix is none. */
export function passProblem(settled: SettledKey): PassProblem | null {
  const { view, ended } = settled;
  if (view.kind === "unjudged") return null;
  const { failure, drifts } = view;
  if (failure !== null && isSwitch(failure.action) && (isTerminal(failure) || isDenied(failure.error)))
    return { kind: "switch-failed", reason: failure.error.message };
  const state = desiredOf(view.subject);
  if (state === null || !isBinding(state)) return null;
  const { arn } = state.role;
  const isOpen = drifts.some(
    ({ subject, cause, certainty }) =>
      subject === arn && cause === "out-of-band" && certainty === "confirmed",
  );
  const isReverted = ended.some(
    ({ how, fingerprint }) => how === "reverted" && driftOfFingerprint(fingerprint).subject === arn,
  );
  if (!isOpen && !isReverted) return null;
  const problem = { kind: "role-changed", reason: "its role was changed in AWS" } as const;
  return isOpen ? problem : { ...problem, isOver: true };
}

export interface WaveFacts {
  readonly functions: ReadonlyMap<Key, WaveFunctionFacts>;
  /** Of each function that the pass judged; null: nothing is wrong. */
  readonly problems: ReadonlyMap<Key, PassProblem | null>;
  /** Calls that AWS denied. */
  readonly denials: ReadonlyMap<Key, readonly RecordedDenial[]>;
}

/** Everything that is wrong with the functions of a wave now, accepted by an operator before or not. */
export function waveProblems(
  wave: WaveRecord,
  facts: WaveFacts,
  { isApproved, nowMs }: { readonly isApproved: boolean; readonly nowMs: number },
): readonly WaveStop[] {
  const found = wave.members.flatMap((member): readonly WaveStop[] => {
    const seen = facts.functions.get(member.key);
    // A function that comes back joins a later wave.
    if (member.state === "left" || seen === undefined || seen.place === "left") return [];
    const problem = facts.problems.get(member.key) ?? null;
    const isWaiting = member.state === "waiting";
    const now = isWaiting ? switchProblem(member, seen, problem) : movedProblem(member, seen, problem);
    if (now === null || (isWaiting && !isApproved)) return [];
    return [{ key: member.key, ...now, atMs: nowMs }];
  });
  return [...found, ...deniedCalls(wave, facts, nowMs)];
}

/**
 * Each call of a function stops a wave once: after that, an operator knows of it. The record has the first ones since the wave
 * was opened.
 */
function deniedCalls(
  { members, stops, openedMs }: WaveRecord,
  { denials }: WaveFacts,
  nowMs: number,
): readonly WaveStop[] {
  const known = new Set(stops.map(({ key, call }) => `${key} ${call ?? ""}`));
  return members
    .filter(({ state }) => state !== "left")
    .flatMap(({ key }) =>
      (denials.get(key) ?? [])
        .filter(({ call, atMs }) => atMs >= openedMs && !known.has(`${key} ${call}`))
        .map(({ call, code }): WaveStop => {
          const reason = `AWS denied ${call} (${code})`;
          return { key, kind: "call-denied", reason, atMs: nowMs, call };
        }),
    );
}

type WaveProblem = Pick<WaveStop, "kind" | "reason">;

function switchProblem(
  member: WaveMember,
  seen: WaveFunctionFacts,
  problem: PassProblem | null,
): WaveProblem | null {
  if (problem?.kind === "switch-failed") return problem;
  if (seen.place !== "elsewhere") return null;
  if (seen.hasLostProof && member.switch === null) return null;
  if (seen.hasLostProof)
    return { kind: "switch-changed", reason: `its proof ended: ${seen.needs ?? "a difference"}` };
  const isOther = seen.switch !== null && seen.switch !== member.switch;
  return isOther ? { kind: "switch-changed", reason: "its switch is not the approved one any more" } : null;
}

function movedProblem(
  member: WaveMember,
  seen: WaveFunctionFacts,
  problem: PassProblem | null,
): WaveProblem | null {
  if (seen.place === "elsewhere")
    return { kind: "set-back", reason: `it runs on role ${seen.otherRole ?? "unknown"} again` };
  if (member.state === "switched" && seen.place === "moved" && !seen.isUnread)
    return { kind: "set-back", reason: seen.needs ?? "a version behind an alias runs on another role again" };
  return problem?.kind === "role-changed" ? problem : null;
}

/**
 * A state that an operator has accepted with an approval stops nothing again; something that happens again does. A set-back
 * and another switch than the approved one are seen once each time that they happen.
 */
export function newStops(
  wave: WaveRecord,
  problems: readonly WaveStop[],
  isApproved: boolean,
): readonly WaveStop[] {
  const changed = new Set(changedRoles(wave));
  const failed = new Set(wave.stops.filter(isOf("switch-failed")).map(({ key }) => key));
  return problems.filter(({ key, kind }) => {
    if (kind === "role-changed") return !changed.has(key);
    return kind !== "switch-failed" || isApproved || !failed.has(key);
  });
}

/** The functions whose roles were changed in AWS and not reverted yet. One that was not judged stays as it was. */
export function changedRolesAfter(wave: WaveRecord, { problems }: WaveFacts): readonly Key[] {
  const before = new Set(changedRoles(wave));
  return wave.members
    .map(({ key }) => key)
    .filter((key) => {
      const problem = problems.get(key);
      if (problem === undefined) return before.has(key);
      return problem?.kind === "role-changed" && problem.isOver !== true;
    });
}

function changedRoles({ changedRoles: known, stops }: WaveRecord): readonly Key[] {
  return known ?? stops.filter(isOf("role-changed")).map(({ key }) => key);
}

function isOf(kind: WaveStop["kind"]): (stop: WaveStop) => boolean {
  return (stop) => stop.kind === kind;
}
