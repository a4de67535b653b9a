import { byTextOf, sortedSet } from "../../text/order.ts";
import { stableText } from "../../text/json-values.ts";
import {
  ENTRIES,
  type GrantCandidate,
  type GrantFields,
  type CandidateCompiler,
} from "./candidate-compiler.ts";
import type { CanonicalPermission } from "../../iam/compare/canonical-permissions.ts";

/**
 * The fewest candidates, by a greedy search, that have all these permissions together: the one with the most permissions that are
 * still missing first, ties by the fewest other permissions, the fewest fields, a verb before an exact action, and then by name.
 * The candidates must have them all.
 */
export function chooseCandidates(
  candidates: readonly GrantCandidate[],
  wanted: ReadonlySet<CanonicalPermission>,
): readonly GrantCandidate[] {
  const sorted = inOrder(candidates).toSorted(byPlainness);
  const missing = new Set(wanted);
  const chosen: GrantCandidate[] = [];
  while (missing.size > 0) {
    const best = bestOf(sorted, missing);
    if (best === undefined) throw new Error("the candidates lack a wanted permission");
    chosen.push(best);
    for (const permission of best.permissions) missing.delete(permission);
  }
  return needed(chosen, wanted);
}

function bestOf(
  candidates: readonly GrantCandidate[],
  missing: ReadonlySet<CanonicalPermission>,
): GrantCandidate | undefined {
  let best: { readonly candidate: GrantCandidate; readonly gained: number } | undefined;
  for (const candidate of candidates) {
    const gained = candidate.permissions.reduce(
      (sum, permission) => sum + Number(missing.has(permission)),
      0,
    );
    if (gained === 0) continue;
    const isBetter =
      best === undefined ||
      gained > best.gained ||
      (gained === best.gained && candidate.permissions.length < best.candidate.permissions.length);
    if (isBetter) best = { candidate, gained };
  }
  return best?.candidate;
}

/** Without those whose wanted permissions others have too. */
function needed(
  chosen: readonly GrantCandidate[],
  wanted: ReadonlySet<CanonicalPermission>,
): readonly GrantCandidate[] {
  let left = chosen;
  for (const candidate of chosen.toReversed()) {
    const others = left.filter((one) => one !== candidate);
    const permissions = new Set(others.flatMap((one) => one.permissions));
    if (candidate.permissions.every((permission) => permissions.has(permission) || !wanted.has(permission)))
      left = others;
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
 * Entries of one resource as one entry, where it compiles to the same permissions: `allow: [read, write]`. Sorted by name and
 * content.
 */
export function mergedEntries(
  chosen: readonly GrantCandidate[],
  compiler: CandidateCompiler,
): readonly GrantCandidate[] {
  let entries = inOrder(chosen);
  for (let merged = mergedPair(entries, compiler); merged !== null; merged = mergedPair(entries, compiler))
    entries = merged;
  return entries;
}

/** With the first two that can be one entry as one; null if there are none. */
function mergedPair(
  entries: readonly GrantCandidate[],
  compiler: CandidateCompiler,
): readonly GrantCandidate[] | null {
  for (const [at, first] of entries.entries())
    for (const second of entries.slice(at + 1)) {
      const both = mergeOf(first, second, compiler);
      if (both !== null) return inOrder([...entries.filter((one) => one !== first && one !== second), both]);
    }
  return null;
}

function mergeOf(a: GrantCandidate, b: GrantCandidate, compiler: CandidateCompiler): GrantCandidate | null {
  if (a.grant !== b.grant) return null;
  const fields = mergedFields(a.fields, b.fields);
  const both = fields === null ? null : compiler.candidate({ grant: a.grant, fields });
  const wanted = sortedSet([...a.permissions, ...b.permissions]);
  return both !== null && stableText(both.permissions) === stableText(wanted) ? both : null;
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
