import type { CoveredKey } from "../audit/entry.ts";
import { actionDigest, type Action } from "../model/action.ts";
import { isNamedBy } from "../model/approval-subject.ts";
import type { Digest } from "../model/digest.ts";
import type { Key } from "../model/key.ts";
import { err, ok, type Result } from "../model/result.ts";
import { jointDelta } from "../plan/net-delta.ts";
import { permissionChanges, permissionText } from "../plan/render-permissions.ts";
import { shortArn } from "../plan/render-words.ts";
import type { HeldChange, Hold, KeyView, Refusal } from "./ports/control.ts";

/** The one pending approval that the name means. */
export function namedHold(holds: readonly Hold[], name: string): Result<Hold, Refusal> {
  const [hold, ...more] = holds.filter(({ subject }) => isNamedBy(subject, name));
  if (hold === undefined)
    return err({
      code: "not-found",
      message: `no pending approval is named "${name}"; grantkeeper get holds lists them`,
    });
  if (more.length > 0)
    return err({
      code: "ambiguous",
      message: `"${name}" names ${more.length + 1} pending approvals; add digits`,
    });
  return ok(hold);
}

/** What the hold covers, by key: exactly what an operator is shown and approves. */
export function heldChangesOf(hold: Hold, viewOf: (key: Key) => KeyView | null): readonly HeldChange[] {
  return hold.keys.map((key) => {
    const actions = heldActions(viewOf(key), hold);
    return {
      key,
      actions,
      // Computed when it is read: a list of pending approvals needs the actions alone.
      get delta() {
        return jointDelta(actions);
      },
    };
  });
}

function heldActions(view: KeyView | null, { subject }: Hold): readonly Action[] {
  if (view === null) return [];
  const { verdict, plan } = view;
  const whole = verdict.kind === "hold" && verdict.subject === subject ? (plan?.actions ?? []) : [];
  const parts = (plan?.approvable ?? []).filter(({ digest }) => digest === subject);
  return [...whole, ...parts.flatMap(({ actions }) => actions)];
}

export function approvedActions(changes: readonly HeldChange[]): Readonly<Record<Key, readonly Digest[]>> {
  const entries = changes.map(({ key, actions }) => [key, actions.map(actionDigest)] as const);
  return Object.fromEntries(entries) as Readonly<Record<Key, readonly Digest[]>>;
}

/** For the audit: functions, permissions and calls by name. */
export function coveredKeys(changes: readonly HeldChange[]): readonly CoveredKey[] {
  return changes.map(({ key, actions, delta }) => ({
    key,
    permissions: permissionChanges(delta).map(permissionText),
    calls: actions.map(({ call, target }) => `${call} ${shortArn(target)}`),
  }));
}
