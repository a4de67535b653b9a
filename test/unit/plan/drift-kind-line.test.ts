import { expect, test } from "@jest/globals";
import { driftKindLine } from "../../../src/plan/render/drift-line.ts";

test.each([
  { kind: "role-missing", line: "- its role does not exist" },
  { kind: "from-a-later-version", line: "from-a-later-version" },
  { kind: "constructor", line: "constructor" },
])("the kind $kind alone is shown as $line", ({ kind, line }) => {
  expect(driftKindLine(kind)).toBe(line);
});
