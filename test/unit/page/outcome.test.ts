import { expect, test } from "@jest/globals";
import type { HoldObject } from "../../../src/api/overview.ts";
import { isShortName, namedSo } from "../../../src/page/view/outcome.ts";

const NAME = "16e56205".padEnd(64, "a");

test("the first digits name every approval that begins with them; a complete name is not short", () => {
  const named = (name: string) => ({ metadata: { name } }) as HoldObject;
  const holds = [named(NAME), named("16e5ffff"), named("cccc")];

  expect(namedSo("16e56205", holds)).toEqual([named(NAME)]);
  expect(namedSo("16e5", holds)).toHaveLength(2);
  expect(["16e56205", NAME, "x".repeat(8), "a".repeat(40)].map(isShortName)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
