import type { HoldObject } from "../../api/overview.ts";

/** The digits of a digest or a revision, without the last ones: lists and messages show the first eight. */
export function isShortName(name: string): boolean {
  return /^[0-9a-f]{4,39}$/.test(name);
}

/** The pending and rejected approvals whose names begin so. */
export function namedSo(name: string, holds: readonly HoldObject[]): readonly HoldObject[] {
  return holds.filter(({ metadata }) => metadata.name.startsWith(name));
}
