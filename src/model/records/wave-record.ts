import type { CallDenial } from "../denials/call-denial.ts";
import type { Digest } from "../values/digest.ts";
import type { Key } from "../keys/key.ts";

/** How long the functions of a wave are watched before the next wave opens, unless the account declares another time. */
export const WAVE_INTERVAL_MS = 86_400_000;

/**
 * - `waiting`: the function still runs on another role
 * - `moved`: $LATEST was seen on the declared role, and not yet every version behind an alias
 * - `switched`: all of it was seen on the declared role
 * - `left`: the function was deleted, released, or Git no longer sets its role
 */
export type WaveMemberState = "waiting" | "moved" | "switched" | "left";

export interface WaveMember {
  readonly key: Key;
  readonly state: WaveMemberState;
  /** Of the switch that an approval of the wave covers; null: it is not ready to be switched, or needs no switch. */
  readonly switch: Digest | null;
  /** Why it is not ready, or what it still needs; null: nothing. */
  readonly needs: string | null;
  /** Before its switch: the aliases with a version on another role, which only its deployer can move; missing: none. */
  readonly oldAliases?: readonly string[];
}

export type WaveStopKind =
  /** AWS refused the switch, or the call is not allowed. */
  | "switch-failed"
  /** The switch is another one than the approved one, or its proof ended. */
  | "switch-changed"
  /** The function, or a version behind an alias, runs on another role again. */
  | "set-back"
  /** Its role was changed in AWS. */
  | "role-changed"
  /** AWS denied a call of the function on its declared role. */
  | "call-denied";

/** What was seen and ended the approval of a wave. */
export interface WaveStop {
  readonly key: Key;
  readonly kind: WaveStopKind;
  readonly reason: string;
  readonly atMs: number;
  /** Of `call-denied`: `kms:Decrypt`. Missing: another kind. */
  readonly call?: string;
}

/** The open wave of a namespace in an account. */
export interface WaveRecord {
  /** From 1. */
  readonly number: number;
  /** What `approve` takes: over the switches that remain and what stopped it. It stays the same while an approval of it lasts. */
  readonly subject: Digest;
  /** Sorted by key. */
  readonly members: readonly WaveMember[];
  readonly openedMs: number;
  /** The approval of `subject` that is in force; null: none is. */
  readonly approved: { readonly actor: string; readonly at: string; readonly expiresAt: string } | null;
  /** Those since the wave opened, oldest first. */
  readonly stops: readonly WaveStop[];
  /** The functions whose roles were changed in AWS and not reverted yet; older records do not have it. */
  readonly changedRoles?: readonly Key[];
  /** Sweeps that saw all its functions switched and nothing wrong: the first and the last one. null: the last one did not. */
  readonly watch: { readonly sinceMs: number; readonly seenMs: number } | null;
}

export type WaveEvent = "opened" | "approved" | "stopped" | "switched" | "ended";

/** A wave whose functions were watched for the interval. */
export interface EndedWave {
  readonly number: number;
  /** The number of its functions that were switched. */
  readonly functions: number;
  readonly openedMs: number;
  readonly endedMs: number;
  readonly stops: readonly WaveStop[];
}

/** The alert that a pass has stopped a wave. */
export interface WaveStopped {
  readonly kind: "wave-stopped";
  readonly incident: string;
  readonly account: string;
  readonly namespace: string;
  readonly number: number;
  /** `orders/orders-api: AWS denied kms:Decrypt (AccessDenied)`, each of the pass. */
  readonly reasons: readonly string[];
}

export interface NamespaceWaves {
  readonly open: WaveRecord | null;
  /** In order. */
  readonly ended: readonly EndedWave[];
}

/** By namespace. */
export type AccountWaves = Readonly<Record<string, NamespaceWaves>>;

const NO_WAVES: NamespaceWaves = { open: null, ended: [] };

export function wavesOf(waves: AccountWaves, namespace: string): NamespaceWaves {
  return Object.hasOwn(waves, namespace) ? (waves[namespace] ?? NO_WAVES) : NO_WAVES;
}

/** The functions that the approval of the wave switches. */
export function switchesOf({ members }: Pick<WaveRecord, "members">): readonly WaveMember[] {
  return members.filter((member) => member.state === "waiting" && member.switch !== null);
}

/** What a wave does or waits for. */
export const WAVE_PHASES = ["awaiting-approval", "not-ready", "switching", "moving", "watching"] as const;
export type WavePhase = (typeof WAVE_PHASES)[number];

export function wavePhase(wave: WaveRecord): WavePhase {
  if (wave.members.some(({ state }) => state === "waiting")) {
    if (wave.approved !== null) return "switching";
    return switchesOf(wave).length > 0 ? "awaiting-approval" : "not-ready";
  }
  return wave.watch === null ? "moving" : "watching";
}

/** AWS denied a call of a function in an open wave, on its declared role. Of each name only the first one. */
export interface CallDeniedFact extends Pick<CallDenial, "call" | "code"> {
  readonly kind: "call-denied";
  readonly key: Key;
  /** The ARN of the role. */
  readonly role: string;
  readonly eventId: string;
  /** ISO 8601: the time of the call. */
  readonly calledAt: string;
}

/** Changes of a namespace wait for long: for an approval, a change window, another account or another function. */
export interface WaitingLong extends WaitingPlace {
  readonly kind: "waiting-long";
  /** ISO 8601: of the one that waits longest. */
  readonly since: string;
  /** Sorted, each once. */
  readonly reasons: readonly string[];
  /** Sorted. */
  readonly keys: readonly Key[];
}

interface WaitingPlace {
  readonly incident: string;
  readonly account: string;
  readonly namespace: string;
}

/** `waiting-ended`: none of them waits that long any more. */
export type WaitingAlert = WaitingLong | (WaitingPlace & { readonly kind: "waiting-ended" });
