import { isBlocking, wouldBlock, type Finding } from "../../../model/finding.ts";
import { isBindingKey, type Key, ownerText } from "../../../model/keys/key.ts";
import { byKey } from "../../../text/order.ts";
import { counted, someOf } from "../../../text/phrases.ts";

type Findings = ReadonlyMap<Key, readonly Finding[]>;

/**
 * What a change of the profiles does to the verdicts, by rule: the same documents, judged by the profiles of the base and
 * by those of the head.
 *
 * @param causes by key, what became stricter, as far as it is known
 */
export function profileEffects(
  byBase: Findings,
  byHead: Findings,
  causes: ReadonlyMap<Key, readonly string[]> = new Map(),
): readonly string[] {
  return [
    ...effects("now refuses", byRule(byHead, isBlocking), byRule(byBase, isBlocking)),
    ...pendingEffects(byHead, causes),
    ...effects("no longer refuses", byRule(byBase, isBlocking), byRule(byHead, wouldBlock)),
  ];
}

/** `RES-001 would refuse 2 functions after an approval, stricter in profile p (main@9c1d04e): orders/api, orders/audit`. */
function pendingEffects(byHead: Findings, causes: ReadonlyMap<Key, readonly string[]>): readonly string[] {
  const pending = byRule(byHead, ({ pending }) => pending === true);
  return [...pending].toSorted(byKey).map(([rule, names]) => {
    const keys = [...byHead].flatMap(([key, found]) =>
      found.some((one) => one.rule === rule && one.pending === true) ? [key] : [],
    );
    const by = [...new Set(keys.flatMap((key) => causes.get(key) ?? []))].sort();
    const cause = by.length === 0 ? "" : `, stricter in ${by.join(" and ")}`;
    const what = keys.every((key) => isBindingKey(key)) ? "function" : "object";
    return `${rule} would refuse ${counted(names.size, what)} after an approval${cause}: ${someOf([...names].sort())}`;
  });
}

/** By rule: the names of what it finds so. */
function byRule(
  findings: Findings,
  isSo: (finding: Finding) => boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const grouped = Map.groupBy([...findings.values()].flat().filter(isSo), ({ rule }) => rule);
  return new Map(
    [...grouped].map(([rule, found]) => [rule, new Set(found.map(({ key }) => ownerText(key)))]),
  );
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
