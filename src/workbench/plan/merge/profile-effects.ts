import { isBlocking, type Finding } from "../../../model/finding.ts";
import type { Key } from "../../../model/keys/key.ts";
import { ownerText } from "../../../model/keys/target-text.ts";
import { byKey } from "../../../text/order.ts";
import { someOf } from "../../../text/phrases.ts";

type Findings = ReadonlyMap<Key, readonly Finding[]>;

/**
 * What a change of the profiles does to the verdicts, by rule: the same documents, judged by the profiles of the base and
 * by those of the head.
 */
export function profileEffects(byBase: Findings, byHead: Findings): readonly string[] {
  return [
    ...effects("now refuses", refusalsOf(byHead), refusalsOf(byBase)),
    ...effects("no longer refuses", refusalsOf(byBase), refusalsOf(byHead)),
  ];
}

/** By rule: the names of what it refuses. */
function refusalsOf(findings: Findings): ReadonlyMap<string, ReadonlySet<string>> {
  const refused = [...findings.values()].flat().filter(isBlocking);
  const byRule = Map.groupBy(refused, ({ rule }) => rule);
  return new Map([...byRule].map(([rule, found]) => [rule, new Set(found.map(({ key }) => ownerText(key)))]));
}

function effects(
  verb: string,
  there: ReadonlyMap<string, ReadonlySet<string>>,
  elsewhere: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  return [...there].toSorted(byKey).flatMap(([rule, names]) => {
    const only = [...names].filter((name) => elsewhere.get(rule)?.has(name) !== true).sort();
    return only.length === 0 ? [] : [`${rule} ${verb} ${someOf(only)}`];
  });
}
