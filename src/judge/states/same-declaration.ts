import { type DesiredTarget, isBinding } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { withoutPlaces } from "../../text/json-values.ts";
import { EXPIRY_GRACE_MS, policyWithoutExpired, withoutExpired } from "./expiry.ts";

/** Whether both mean the same. A place in a file, and a statement that has ended by itself, make no difference. */
export function isSameDeclaration(a: DesiredTarget, b: DesiredTarget, nowMs: number): boolean {
  return a === b || canonicalText(contentOf(a, nowMs)) === canonicalText(contentOf(b, nowMs));
}

/** The same of a state that an earlier version recorded, which lacks the fields that it did not know. */
export function declaresAll(recorded: DesiredTarget, declared: DesiredTarget, nowMs: number): boolean {
  return isPartOf(contentOf(recorded, nowMs), contentOf(declared, nowMs));
}

function contentOf(state: DesiredTarget, nowMs: number): Json {
  const living = isBinding(state)
    ? withoutExpired(state, nowMs, EXPIRY_GRACE_MS)
    : policyWithoutExpired(state, nowMs, EXPIRY_GRACE_MS);
  // As in the record, which has no undefined members.
  return withoutPlaces(JSON.parse(JSON.stringify(withoutSources(living))) as Json);
}

/** The statements contain the values of references, and what the manifest means; how both are written makes no difference to the rules. */
export function withoutSources(state: DesiredTarget): DesiredTarget {
  if (!isBinding(state)) return state;
  const { references: _, written: _written, ...rest } = state;
  return rest;
}

/** Every member of `part` is the same in `larger`, which may have more members, but no other condition. */
function isPartOf(part: Json | undefined, larger: Json | undefined): boolean {
  if (Array.isArray(part))
    return (
      Array.isArray(larger) &&
      part.length === larger.length &&
      part.every((each: Json, at) => isPartOf(each, (larger as readonly Json[])[at]))
    );
  if (part === null || typeof part !== "object") return part === larger;
  if (larger === null || typeof larger !== "object" || Array.isArray(larger)) return false;
  const [before, after] = [part, larger].map((side) => new Map<string, Json>(Object.entries(side)));
  const conditions = [before, after].map((members) => canonicalText(members?.get("Condition") ?? null));
  return (
    conditions[0] === conditions[1] &&
    Object.entries(part).every(([name, each]) => isPartOf(each, after?.get(name)))
  );
}
