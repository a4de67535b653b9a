import type { Member, NormalStatement } from "../../document.ts";

/**
 * The maximum number of rows of a document, with one row for each action and resource: the 10,240 characters that IAM
 * accepts for a role's own policies can list 600 actions on 400 resources.
 */
const MAX_ROWS = 2_000;

/** The statements whose lists are not split: the largest ones, until the rest has few enough rows. */
export function unsplitStatements(members: readonly Member[]): ReadonlySet<Member> {
  const sized = members.flatMap((member) => {
    const rows = member.kind === "statement" ? rowCount(member) : 0;
    return rows === 0 ? [] : [{ member, rows }];
  });
  let left = sized.reduce((sum, { rows }) => sum + rows, 0);
  const unsplit = new Set<Member>();
  for (const { member, rows } of sized.toSorted((a, b) => b.rows - a.rows)) {
    if (left <= MAX_ROWS) break;
    unsplit.add(member);
    left -= rows;
  }
  return unsplit;
}

/** 0 if splitting makes hardly more rows than the lists have members. */
function rowCount({ principals, actions, resources }: NormalStatement): number {
  const counts = [principals, actions, resources].map((selector) =>
    selector === null || selector.negated ? 1 : selector.values.length,
  );
  const rows = counts.reduce((product, count) => product * count, 1);
  return rows > 4 * counts.reduce((sum, count) => sum + count, 0) ? rows : 0;
}
