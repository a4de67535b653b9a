import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { checkPolicy } from "../../../../src/iam/check/policy.ts";
import type { PolicyFinding } from "../../../../src/iam/finding.ts";
import { servicesUsed } from "../../../../src/iam/read/services.ts";
import { readStrictly } from "../../../../src/iam/check/grammar/read.ts";

const ROOT = new URL("../../../../", import.meta.url);
const PAGE = readFileSync(new URL("docs/policy-check.md", ROOT), "utf8");
const sections = PAGE.split("\n### ")
  .slice(1)
  .map((text) => ({
    id: text.slice(0, 7),
    examples: [...text.matchAll(/```json\n([^`]*)```/g)].map(([, json = ""]) => json),
  }));

/** Every rule that a source file names. */
const rules = globSync("src/iam/check/**/*.ts", { cwd: ROOT }).flatMap((file) => {
  const text = readFileSync(new URL(file, ROOT), "utf8");
  return [...text.matchAll(/"([A-Z]{3}-\d{3})"/g)].map(([, id = ""]) => id);
});

async function findings(example: string): Promise<readonly PolicyFinding[]> {
  const isDocument = example.includes('"Statement"');
  const text = isDocument ? example : `{"Version": "2012-10-17", "Statement": ${example}}`;
  const context = {
    dialect: "identity",
    partition: "aws",
    accountId: "111122223333",
    isManaged: false,
  } as const;
  const reading = readStrictly(text, context);
  if (reading.kind === "unreadable") return [reading.finding];
  const data = await new IamActionData().load(servicesUsed([text]));
  const checked = checkPolicy(reading.document, { context, data, boundary: null, attached: [] });
  return [...reading.findings, ...checked];
}

describe("docs/policy-check.md", () => {
  test("has a section for every rule and for no other", () => {
    expect(sections.map(({ id }) => id).sort()).toEqual([...new Set(rules)].sort());
  });

  test.each(sections.filter(({ examples }) => examples.length > 0))(
    "$id is reported for its first example, and its second has neither errors nor warnings",
    async ({ id, examples: [bad = "", good = ""] }) => {
      const reported = await findings(good);

      expect((await findings(bad)).map(({ rule }) => rule)).toContain(id);
      expect(reported.filter(({ rule, severity }) => severity !== "note" || rule === id)).toEqual([]);
    },
  );
});
