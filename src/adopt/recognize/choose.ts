import { byTextOf, sortedSet } from "../../text/order.ts";
import { stableText } from "../../text/json-values.ts";
import { ENTRIES, type GrantCandidate, type GrantFields, type GrantUnits } from "./grant-units.ts";
import type { Unit } from "../../iam/compare/units.ts";

/**
 * The fewest candidates, by a greedy search, that have all these units together: the one with the most units that are
 * still missing first, ties by the fewest other units, the fewest fields, a verb before an exact action, and then by name.
 * The candidates must have them all.
 */
export function chooseCandidates(
  candidates: readonly GrantCandidate[],
  wanted: ReadonlySet<Unit>,
): readonly GrantCandidate[] {
  const sorted = inOrder(candidates).toSorted(byPlainness);
  const missing = new Set(wanted);
  const chosen: GrantCandidate[] = [];
  while (missing.size > 0) {
    const best = bestOf(sorted, missing);
    if (best === undefined) throw new Error("the candidates lack a wanted unit");
    chosen.push(best);
    for (const unit of best.units) missing.delete(unit);
  }
  return needed(chosen, wanted);
}

function bestOf(
  candidates: readonly GrantCandidate[],
  missing: ReadonlySet<Unit>,
): GrantCandidate | undefined {
  let best: { readonly candidate: GrantCandidate; readonly gained: number } | undefined;
  for (const candidate of candidates) {
    const gained = candidate.units.reduce((sum, unit) => sum + Number(missing.has(unit)), 0);
    if (gained === 0) continue;
    const isBetter =
      best === undefined ||
      gained > best.gained ||
      (gained === best.gained && candidate.units.length < best.candidate.units.length);
    if (isBetter) best = { candidate, gained };
  }
  return best?.candidate;
}

/** Without those whose wanted units others have too. */
function needed(chosen: readonly GrantCandidate[], wanted: ReadonlySet<Unit>): readonly GrantCandidate[] {
  let left = chosen;
  for (const candidate of chosen.toReversed()) {
    const others = left.filter((one) => one !== candidate);
    const units = new Set(others.flatMap((one) => one.units));
    if (candidate.units.every((unit) => units.has(unit) || !wanted.has(unit))) left = others;
  }
  return left;
}

/** The fewest fields first, then a verb before an exact action. */
export function byPlainness(a: GrantCandidate, b: GrantCandidate): number {
  return fieldCount(a) - fieldCount(b) || Number(isExact(a)) - Number(isExact(b));
}

/** Of one verb or action, as `candidatesFor` makes them. */
function isExact({ grant, fields }: GrantCandidate): boolean {
  const [name] = (fields["allow"] ?? []) as readonly string[];
  return name !== undefined && ENTRIES.get(grant)?.actions?.has(name) === true;
}

function fieldCount({ fields }: GrantCandidate): number {
  return Object.keys(fields).length;
}

/** By name, then content. */
function inOrder(candidates: readonly GrantCandidate[]): readonly GrantCandidate[] {
  const nameOf = ({ grant, fields }: GrantCandidate): string => `${grant} ${stableText(fields)}`;
  const named = candidates.map((candidate) => ({ candidate, name: nameOf(candidate) }));
  return named.toSorted(byTextOf(({ name }) => name)).map(({ candidate }) => candidate);
}

/**
 * Entries of one resource as one entry, where it compiles to the same units: `allow: [read, write]`. Sorted by name and
 * content.
 */
export function mergedEntries(
  chosen: readonly GrantCandidate[],
  units: GrantUnits,
): readonly GrantCandidate[] {
  let entries = inOrder(chosen);
  for (let merged = mergedPair(entries, units); merged !== null; merged = mergedPair(entries, units))
    entries = merged;
  return entries;
}

/** With the first two that can be one entry as one; null if there are none. */
function mergedPair(entries: readonly GrantCandidate[], units: GrantUnits): readonly GrantCandidate[] | null {
  for (const [at, first] of entries.entries())
    for (const second of entries.slice(at + 1)) {
      const both = mergeOf(first, second, units);
      if (both !== null) return inOrder([...entries.filter((one) => one !== first && one !== second), both]);
    }
  return null;
}

function mergeOf(a: GrantCandidate, b: GrantCandidate, units: GrantUnits): GrantCandidate | null {
  if (a.grant !== b.grant) return null;
  const fields = mergedFields(a.fields, b.fields);
  const both = fields === null ? null : units.candidate({ grant: a.grant, fields });
  const wanted = sortedSet([...a.units, ...b.units]);
  return both !== null && stableText(both.units) === stableText(wanted) ? both : null;
}

/** null if a field has two values. */
function mergedFields(a: GrantFields, b: GrantFields): GrantFields | null {
  const fields: Record<string, unknown> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before) && Array.isArray(value))
      fields[name] = sortedSet([...before, ...value] as readonly string[]);
    else if (before !== value) return null;
  }
  return fields;
}
