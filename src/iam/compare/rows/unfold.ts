import type { StringOrList } from "../../../model/aws/policy-document.ts";
import type { Member, NormalStatement, Selector } from "../../document.ts";
import { ANY, EXCEPT, listText } from "../../match/reach.ts";
import { sortedSet } from "../../../text/order.ts";
import { toList } from "../../../text/json-values.ts";

/**
 * So many rows are made of a document's statements, one for each action and resource: 10,240 characters, which IAM
 * takes in a role's own policies, may hold 600 actions on 400 resources.
 */
const MAX_ROWS = 2_000;

/** A member of a list, or all of it, as it is shown and compared. */
export interface Spread {
  readonly written: string;
  readonly selector: Selector;
  readonly text: string;
}

export function spreadOf(written: string, selector: Selector): Spread {
  return { written, selector, text: selectorText(selector) };
}

export function selectorText({ negated, values }: Selector): string {
  return `${negated ? "not" : ""}${JSON.stringify(values)}`;
}

/** A list is one row a member, or whole one row; everything but a list is one row. */
export function spread(
  positive: StringOrList | undefined,
  negative: StringOrList | undefined,
  as: { readonly fold: (text: string) => string; readonly isWhole: boolean },
): readonly Spread[] {
  const list = toList(positive ?? negative ?? []);
  if (positive === undefined)
    return [spreadOf(listText(EXCEPT, list), { negated: true, values: sortedSet(list.map(as.fold)) })];
  const byValue = new Map(list.map((written) => [as.fold(written), written]));
  if (!as.isWhole || byValue.size < 2)
    return [...byValue].map(([value, written]) => spreadOf(written, { negated: false, values: [value] }));
  const selector = { negated: false, values: sortedSet([...byValue.keys()]) };
  return [spreadOf(listText(ANY, [...byValue.values()]), selector)];
}

/** Statements whose lists stay whole, the largest first until the rest is few enough. Others have a row for each member. */
export function wholeStatements(members: readonly Member[]): ReadonlySet<Member> {
  const sized = members.flatMap((member) => {
    const rows = member.kind === "statement" ? rowCount(member) : 0;
    return rows === 0 ? [] : [{ member, rows }];
  });
  let left = sized.reduce((sum, { rows }) => sum + rows, 0);
  const whole = new Set<Member>();
  for (const { member, rows } of sized.toSorted((a, b) => b.rows - a.rows)) {
    if (left <= MAX_ROWS) break;
    whole.add(member);
    left -= rows;
  }
  return whole;
}

/** 0 where the rows are hardly more than the members. */
function rowCount({ principals, actions, resources }: NormalStatement): number {
  const counts = [principals, actions, resources].map((selector) =>
    selector === null || selector.negated ? 1 : selector.values.length,
  );
  const rows = counts.reduce((product, count) => product * count, 1);
  return rows > 4 * counts.reduce((sum, count) => sum + count, 0) ? rows : 0;
}
