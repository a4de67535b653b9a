import { inlinePermissions } from "../../diff/documents/inline-permissions.ts";
import { Comparer } from "../../iam/compare/comparer.ts";
import { provedWithin } from "../../iam/compare/containment.ts";
import { permissionDelta } from "../../iam/compare/delta.ts";
import type { DeltaRow } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Json } from "../../model/values/json.ts";
import { stableText, toList, withoutPlaces } from "../../text/json-values.ts";

/** What the smaller manifest no longer allows one function, or why it is not suggested. */
export type Narrowing =
  | { readonly kind: "narrower"; readonly noLongerAllowed: readonly DeltaRow[] }
  | { readonly kind: "refused"; readonly because: string };

/**
 * A smaller manifest is suggested only if it is proved to be within the present one, and if it drops nothing but what the
 * evidence is about.
 * @param unused actions without a seen use
 */
export function narrowingOf(
  before: DesiredBinding,
  after: DesiredBinding | undefined,
  unused: ReadonlySet<string>,
): Narrowing {
  if (after === undefined) return { kind: "refused", because: "the smaller manifest is not valid" };
  if (restOf(before) !== restOf(after))
    return { kind: "refused", because: "more than its permissions would change" };
  const comparer = new Comparer();
  const [old, now] = [inlinePermissions(before), inlinePermissions(after)];
  const proof = provedWithin(now, old, comparer);
  if (proof.kind === "not-proved")
    return { kind: "refused", because: `not proved to be within the present one: ${proof.because}` };
  const other = droppedActions(before, after).find((action) => !unused.has(action));
  if (other !== undefined) return { kind: "refused", because: `it would drop ${other} as well` };
  return { kind: "narrower", noLongerAllowed: permissionDelta(old, now, comparer).noLongerAllowed };
}

/** All of the binding but its inline policy and the places in the file. */
function restOf(binding: DesiredBinding): string {
  const rest = { ...binding, role: { ...binding.role, inline: null } };
  return stableText(withoutPlaces(JSON.parse(JSON.stringify(rest)) as Json));
}

/** Of statements that are gone, without what the statements in their place allow. */
function droppedActions(before: DesiredBinding, after: DesiredBinding): readonly string[] {
  const [old, now] = [bySid(before), bySid(after)];
  const gone = [...old].flatMap(([sid, actions]) => (now.has(sid) ? [] : actions));
  const added = new Set([...now].flatMap(([sid, actions]) => (old.has(sid) ? [] : actions)));
  return gone.filter((action) => !added.has(action)).sort();
}

function bySid({ role }: DesiredBinding): ReadonlyMap<string, readonly string[]> {
  return new Map(
    role.inline.statements.map(({ statement }) => [statement.Sid ?? "", toList(statement.Action ?? [])]),
  );
}
