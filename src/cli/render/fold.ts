import type { Diagnostic } from "../../model/diagnostic.ts";

/** A problem, and how many others at its place follow from the same mistake. */
export interface Folded {
  readonly lead: Diagnostic;
  readonly more: number;
}

/** By rule: the findings at the same place that follow from what the rule found. */
const CONSEQUENCES: readonly { readonly cause: RegExp; readonly follows: RegExp }[] = [
  // A whole service has every action that another rule looks for.
  { cause: /^ACT-00[15]$/, follows: /^(ACT|BND|DEN|ESC|PASS|RES)-/ },
  // What AWS does not have matches no resource type, no boundary and no Deny.
  { cause: /^ACT-003$/, follows: /^(ACT-004|BND-002|DEN-001|RES-00\d)$/ },
  // One action is often the start of several ways to more permissions.
  { cause: /^(ESC-|PASS-001)/, follows: /^(ESC-|PASS-001)/ },
];

/**
 * One entry for each mistake: what follows from another problem at the same place is only counted with it. In the order
 * of the diagnostics; of several possible leads an error comes before a warning.
 */
export function foldDiagnostics(diagnostics: readonly Diagnostic[]): readonly Folded[] {
  const places = Map.groupBy(
    diagnostics,
    ({ origin: { file, line, column } }) => `${file}:${line}:${column}`,
  );
  const leads = new Map([...places.values()].flatMap((group) => leadsOf(group)));
  return diagnostics.flatMap((diagnostic) => {
    const more = leads.get(diagnostic);
    return more === undefined ? [] : [{ lead: diagnostic, more }];
  });
}

function leadsOf(group: readonly Diagnostic[]): readonly (readonly [Diagnostic, number])[] {
  const leads: [Diagnostic, number][] = [];
  let left = group.toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
  for (const { cause, follows } of CONSEQUENCES) {
    const lead = left.find(({ code }) => cause.test(code));
    if (lead === undefined) continue;
    const isFollowing = ({ code, severity }: Diagnostic): boolean =>
      follows.test(code) && (severity === "warning" || lead.severity === "error");
    const rest = left.filter((one) => one !== lead && !isFollowing(one));
    leads.push([lead, left.length - rest.length - 1]);
    left = rest;
  }
  return [...leads, ...left.map((one) => [one, 0] as [Diagnostic, number])];
}
