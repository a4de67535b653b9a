import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { HAPPENINGS } from "../support/pass/case-happenings.ts";
import { planCase } from "../support/pass/cases.ts";

const CASES = import.meta.dirname;
const NAMES = readdirSync(CASES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe("a plan on a saved live state", () => {
  test("has exactly the cases that can be recorded", () => {
    expect(NAMES.toSorted()).toEqual(Object.keys(HAPPENINGS).toSorted());
  });

  test.each(NAMES)("is the expected one for %s", async (name) => {
    const folder = join(CASES, name);

    const planned = await planCase(folder);

    expect(planned.text).toBe(readFileSync(join(folder, "expected.plan.txt"), "utf8"));
    expect(planned.verdict).toBe(readFileSync(join(folder, "expected.verdict.json"), "utf8"));
  });
});
