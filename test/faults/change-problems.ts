import type { AuditEntry } from "../../src/audit/entry.ts";
import type { Attribution } from "../../src/model/changes/attribution.ts";

type DriftFound = Extract<AuditEntry, { readonly kind: "drift-found" }>;

interface Change {
  readonly round: string;
  readonly name: string;
  readonly caller: string;
  readonly isKnown: boolean;
}

/** A change is found once, and names no one but its caller. */
export function changeProblems(found: readonly DriftFound[], change: Change): readonly string[] {
  const { round, name, caller, isKnown } = change;
  const ofKey = found.filter(({ key }) => key.endsWith(`/${name}`));
  const entries = ofKey.filter(({ changes }) => changes.some((line) => line.includes(round)));
  if (entries.length !== 1) return [`the change "${round}" of ${name} was found ${entries.length} times`];
  const authors = entries.flatMap(({ authors: all = [] }) => all);
  const ofChange = authors.filter(({ difference }) => difference.includes(round));
  const names = ofChange.flatMap(({ attribution }) => namesOf(attribution));
  const others = names.filter((one) => one !== caller);
  return [
    ...others.map((one) => `the change "${round}" of ${name} is attributed to ${one}, not ${caller}`),
    ...(isKnown && names.length === 0 ? [`no one is named for the change "${round}" of ${name}`] : []),
  ];
}

function namesOf(attribution: Attribution): readonly string[] {
  if (attribution.kind === "unknown") return [];
  const changes = attribution.kind === "named" ? [attribution.change] : attribution.changes;
  return changes.map(({ actor }) => actor.name);
}
