import type { PermissionChange } from "../../plan/render/permission-changes.ts";

/** Permissions of one difference with the same direction. */
export interface DifferenceGroup {
  readonly title: string;
  readonly changes: readonly PermissionChange[];
}

const LACKS = "AWS lacks:";

/** From what Git declares to what AWS has: a sign alone could be read as that of the pending change, which is the reverse. */
const TITLES: Readonly<Record<PermissionChange["sign"], string>> = {
  "-": LACKS,
  "+": "AWS has in addition:",
  "~": "AWS has with another condition:",
  "!": "The effect is not known:",
};

export function differenceGroups(changes: readonly PermissionChange[]): readonly DifferenceGroup[] {
  return [...Map.groupBy(changes, ({ sign }) => TITLES[sign])].map(([title, own]) => ({
    title,
    changes: own,
  }));
}

/** AWS allows less than Git declares, and nothing in addition. */
export function isOnlyMissing(groups: readonly DifferenceGroup[]): boolean {
  return groups.length === 1 && groups[0]?.title === LACKS;
}
