import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { RULES } from "../../../src/guard/rules/table.ts";
import { judged, world } from "./judged.ts";

const PAGE = await readFile(join(import.meta.dirname, "../../../docs/guardrails.md"), "utf8");

const sections = PAGE.split("\n### ")
  .slice(1)
  .map((text) => {
    const [id = ""] = text.split(" ");
    const blocks = [...text.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml = ""]) => yaml);
    return { id: id.replace("…", "*"), blocks };
  });

/** Rules that a part of a spec breaks, each with its severity. */
function broken(spec: string): readonly string[] {
  const indented = spec.replace(/^(?=.)/gm, "  ");
  return judged(world(indented)).map(
    ({ rule, severity }) => `${rule.replace(/^ESC-.*/, "ESC-*")} ${severity}`,
  );
}

describe("docs/guardrails.md", () => {
  test("has a section for every rule, and no other", () => {
    expect(sections.map(({ id }) => id).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  test.each(sections.filter(({ blocks }) => blocks.length > 0))(
    "$id: the first example is refused or warned of by it, the second is neither",
    ({ id, blocks: [bad = "", good = ""] }) => {
      const { severity } = RULES.find((rule) => rule.id === id) ?? {};

      expect(broken(bad)).toContain(`${id} ${severity ?? "unknown"}`);
      expect(broken(good).filter((text) => text.endsWith("block") || text.startsWith(id))).toEqual([]);
    },
  );
});
