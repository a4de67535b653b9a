import { type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import { lowerMode, type Mode } from "../model/rules/mode.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Key } from "../model/keys/key.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import type { Rejection, Suspension } from "../model/approval.ts";
import type { ClockOffset } from "../model/changes/clock-offset.ts";
import type { LiveAccount } from "../model/live.ts";
import type { PolicyReads } from "./policy-reads/kept-policies.ts";
import type { AccountHistory, JudgeInputs, Observation } from "./inputs.ts";

/** The rules that refuse the last applied state now, in one sentence; absent: none does, or no undo plan was made. */
type AppliedRefusal = string;

/** The task of a pass for one key. */
export type Subject =
  /** Declared in Git, and valid. */
  | {
      readonly kind: "desired";
      readonly key: Key;
      readonly record: KeyRecord;
      readonly desired: DesiredBinding | DesiredPolicy;
      readonly appliedRefusal?: AppliedRefusal;
      /** Of a policy: `observe` if each function that attaches it observes; absent: none attaches it. */
      readonly attachedIn?: Mode;
      /** Why nothing in AWS is read or shown for the declared state; absent: it is read. */
      readonly forbidden?: string;
    }
  /** Declared in Git, but it can't be compiled: the last applied state, if there is one, stays in force. */
  | {
      readonly kind: "invalid";
      readonly key: Key;
      readonly record: KeyRecord;
      readonly diagnostics: readonly Diagnostic[];
      readonly appliedRefusal?: AppliedRefusal;
    }
  /** No longer declared in Git. */
  | { readonly kind: "removed"; readonly key: Key; readonly record: KeyRecord };

/** The state that Git declares for the subject; null if it declares none that is valid. */
export function desiredOf(subject: Subject): DesiredBinding | DesiredPolicy | null {
  return subject.kind === "desired" ? subject.desired : null;
}

/** Why the declared state is not compared with AWS, in one sentence; null: it is. */
export function forbiddenOf(subject: Subject): string | null {
  return subject.kind === "desired" ? (subject.forbidden ?? null) : null;
}

/** The declared state, if it may be compared with AWS. */
export function comparableOf(subject: Subject): DesiredBinding | DesiredPolicy | null {
  return forbiddenOf(subject) === null ? desiredOf(subject) : null;
}

/** The last applied state, for an undo plan. */
export function lastAppliedState(record: Pick<KeyRecord, "applied">): DesiredBinding | DesiredPolicy | null {
  const applied = record.applied?.desired;
  if (applied === undefined) return null;
  return applied.kind === "binding" ? applied.binding : applied.policy;
}

/** The reason why an undo plan may only narrow; null: no rule refuses the last applied state. */
export function appliedRefusalOf(subject: Subject): string | null {
  return subject.kind === "removed" ? null : (subject.appliedRefusal ?? null);
}

export function policiesOf(state: DesiredBinding | DesiredPolicy): readonly Key[] {
  if (!isBinding(state)) return [];
  return state.role.attachments.flatMap((attachment) =>
    attachment.policy === null ? [] : [attachment.policy],
  );
}

/** The most cautious of process, account and manifest; of a policy, of the functions that attach it. */
export function modeOf(
  subject: Subject,
  { mode, account }: { readonly mode: Mode; readonly account: { readonly mode: Mode } },
): Mode {
  const ceiling = lowerMode(mode, account.mode);
  if (subject.kind === "desired" && subject.attachedIn !== undefined)
    return lowerMode(ceiling, subject.attachedIn);
  const state = desiredOf(subject) ?? lastAppliedState(subject.record);
  return state !== null && isBinding(state) && subject.kind !== "removed"
    ? lowerMode(ceiling, state.mode)
    : ceiling;
}

/** The scope of a pass over an account: everything by a sweep, or some keys by targeted reads. */
export type PassScope =
  | { readonly kind: "all" }
  | {
      readonly kind: "keys";
      readonly keys: readonly Key[];
      /** They are read again some time after a change, and passes over other keys overtake the read; missing: they are not. */
      readonly isSecondRead?: true;
    };

/** All inputs of one pass of a controller, apart from its ports. */
export interface Pass extends JudgeInputs {
  /** Appears in session names (`gk-<id>`), log lines and intents. */
  readonly id: string;
  /** The number of this pass in this process. */
  readonly number: number;
  readonly startedAtMs: number;
  readonly scope: PassScope;
  /** Keys that an operator asked to reconcile: for these, a plan that AWS refused is tried again. */
  readonly requestedKeys: ReadonlySet<Key>;
  readonly history: AccountHistory;
  readonly rejections: readonly Rejection[];
  readonly suspensions: readonly Suspension[];
  /** By key: the text of the document that declares it. */
  readonly sourceTexts: ReadonlyMap<Key, string>;
  /** When AWS had been read for the pass; missing: it was not read yet. */
  readonly readEndedMs?: number;
  /** Of AWS's clock, by its answers of the 15 minutes until then; null: there are none. Missing: AWS was not read yet. */
  readonly clockOffset?: ClockOffset | null;
  /** The account's last observation; null before its first sweep, which a pass with scope `all` makes. */
  readonly base: LiveAccount | null;
  /** By `functionPlaceId`: the qualifiers that change events since the last reads name; missing: none. */
  readonly changedQualifiers?: ReadonlyMap<string, readonly string[]>;
  /** What a sweep may keep of `base`; missing: nothing, it reads everything. */
  readonly policyReads?: PolicyReads;
}

/** A pass after it has read the account. */
export type PassContext = Pass & Observation;
