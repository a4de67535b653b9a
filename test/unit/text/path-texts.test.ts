import { expect, test } from "@jest/globals";
import { PathTexts } from "../../../src/text/located/path-texts.ts";
import { formatPath, type ValuePath } from "../../../src/text/located/value-path.ts";

test.each<{ path: ValuePath }>([
  { path: [] },
  { path: ["spec"] },
  { path: ["spec", "grants", 0, "dynamodb"] },
  { path: ["spec", "grants", 1, "dynamodb"] },
  { path: ["spec", "role", "tags", "cost center"] },
  { path: ["spec", "0"] },
  { path: ["spec", 0] },
])("the text of $path is the same as without the cache, the first time and later", ({ path }) => {
  const texts = new PathTexts();

  expect([texts.textOf(path), texts.textOf(path)]).toEqual([formatPath(path), formatPath(path)]);
});

test("paths that begin alike keep their own texts", () => {
  const texts = new PathTexts();
  texts.textOf(["spec", "grants", 0, "sqs"]);

  expect(texts.textOf(["spec", "grants"])).toBe("spec.grants");
  expect(texts.textOf(["spec", "grants", 0, "sns"])).toBe("spec.grants[0].sns");
});
