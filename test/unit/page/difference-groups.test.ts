import { expect, test } from "@jest/globals";
import { differenceGroups, isOnlyMissing } from "../../../src/page/view/difference-groups.ts";
import type { PermissionChange } from "../../../src/plan/render/permission-changes.ts";

function change(sign: PermissionChange["sign"]): PermissionChange {
  const subject = { what: "sqs send", on: "queue/jobs", actions: [], conditions: [] };
  return { ...subject, sign, place: "", remark: "", origin: null };
}

test.each([
  { signs: ["-", "-"], titles: ["AWS lacks:"], isMissing: true },
  { signs: ["+", "-"], titles: ["AWS has in addition:", "AWS lacks:"], isMissing: false },
  { signs: ["!"], titles: ["The effect is not known:"], isMissing: false },
  { signs: [], titles: [], isMissing: false },
] as const)("a difference with the signs $signs has the titles $titles", ({ signs, titles, isMissing }) => {
  const groups = differenceGroups(signs.map(change));

  expect(groups.map(({ title }) => title)).toEqual(titles);
  expect(groups.flatMap(({ changes }) => changes)).toHaveLength(signs.length);
  expect(isOnlyMissing(groups)).toBe(isMissing);
});
