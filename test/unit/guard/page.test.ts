import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { RULES } from "../../../src/guard/rules/table.ts";
import { judged, world } from "./judged.ts";

const PAGE = await readFile(join(import.meta.dirname, "../../../docs/guardrails.md"), "utf8");

/** A boundary that closes nothing: the examples are about the role. */
const WIDE = {
  "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec: {use: boundary, document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}}
`,
};

const sections = PAGE.split("\n### ")
  .slice(1)
  .map((text) => {
    const [id = ""] = text.split(" ");
    const blocks = [...text.matchAll(/```yaml\n([^`]*)```/g)].map(([, yaml = ""]) => yaml);
    return { id: id.replace("…", "*"), blocks };
  });

/** Rules that the part of a spec breaks so that it is refused. */
function refusing(spec: string): readonly string[] {
  const indented = spec.replace(/^(?=.)/gm, "  ");
  return judged(world(indented, WIDE))
    .filter(({ severity }) => severity === "block")
    .map(({ rule }) => rule.replace(/^ESC-.*/, "ESC-*"));
}

describe("docs/guardrails.md", () => {
  test("has a section for every rule, and no other", () => {
    expect(sections.map(({ id }) => id).sort()).toEqual(RULES.map(({ id }) => id).sort());
  });

  test.each(sections.filter(({ blocks }) => blocks.length > 0))(
    "$id: the first example is refused by it, the second by nothing",
    ({ id, blocks: [bad = "", good = ""] }) => {
      expect(refusing(bad)).toContain(id);
      expect(refusing(good)).toEqual([]);
    },
  );
});
