import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/key.ts";
import type { KeyRecord } from "../../model/key-record.ts";

/** What a pass has to do with one key. */
export type Subject =
  /** Git says what it is. */
  | {
      readonly kind: "desired";
      readonly key: Key;
      readonly record: KeyRecord;
      readonly desired: DesiredBinding | DesiredPolicy;
    }
  /** Git names it, but what it says can't be compiled: the last applied state goes on, where there is one. */
  | {
      readonly kind: "invalid";
      readonly key: Key;
      readonly record: KeyRecord;
      readonly diagnostics: readonly Diagnostic[];
    }
  /** Git names it no more. */
  | { readonly kind: "removed"; readonly key: Key; readonly record: KeyRecord };

/** What git wants of the subject; null where it says nothing that holds. */
export function desiredOf(subject: Subject): DesiredBinding | DesiredPolicy | null {
  return subject.kind === "desired" ? subject.desired : null;
}

/** The last applied state, from which an undo plan is made. */
export function appliedOf(record: KeyRecord): DesiredBinding | DesiredPolicy | null {
  const applied = record.applied?.desired;
  if (applied === undefined) return null;
  return applied.kind === "binding" ? applied.binding : applied.policy;
}

/** The ManagedPolicies that a binding attaches. */
export function policiesOf(state: DesiredBinding | DesiredPolicy): readonly Key[] {
  if (!isBinding(state)) return [];
  return state.role.attachments.flatMap((attachment) =>
    attachment.policy === null ? [] : [attachment.policy],
  );
}
