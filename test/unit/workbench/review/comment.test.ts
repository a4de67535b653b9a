import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fenceFor } from "../../../../src/workbench/reports/markdown.ts";
import { activeParts, HOSTILE_TEXTS } from "../../../support/forge/active-markdown.ts";
import { git } from "../../../support/git/git-repository.ts";
import { functionText } from "../../../support/manifests.ts";
import { cli } from "../../../support/screens/cli.ts";
import { commitBase, writeManifests } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-comment-"));
  await commitBase(root);
  await git(root, ["branch", "-M", "main"]);
});
afterEach(() => rm(root, { recursive: true }));

async function comment(files: Readonly<Record<string, string>>): Promise<string> {
  await writeManifests(root, files);
  return (await cli(["review", root, "--base", "main", "-o", "markdown"])).out;
}

const manifests = (count: number, spec: (at: number) => string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `teams/orders/f${at}.yaml`,
      functionText(`f${at}`, `  function: orders-f${at}\n${spec(at)}`),
    ]),
  );

describe("the comment of a large change", () => {
  test("with thousands of problems and corrections fits them too", async () => {
    const wrong = Array.from(
      { length: 40 },
      (_, at) => `    - sqs: {queue: "${"q".repeat(200)}${at}", allow: [sendd]}\n`,
    );

    const text = await comment(manifests(100, () => `  grants:\n${wrong.join("")}`));

    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\n\d+ more corrected lines: run/);
  }, 60_000);
});

describe("texts of a manifest", () => {
  test("do nothing in the comment, and end no block of it", async () => {
    const files = HOSTILE_TEXTS.map(([, hostile], at) => {
      const quoted = JSON.stringify(hostile);
      const grant = `    - sqs: {queue: ${quoted}, allow: [sendd]} # \`\`\`\` ${quoted}\n`;
      return [`teams/orders/f${at}.yaml`, functionText(`f${at}`, `  grants:\n${grant}`)] as const;
    });

    const text = await comment(Object.fromEntries(files));

    expect(text).toContain("diff\n-    - sqs: {queue: ");
    expect(await activeParts(text)).toEqual([]);
  });

  test("law: a fence is longer than every row of backticks in it", () => {
    const text = fc.array(fc.constantFrom("`", "``", "a", "\n", " ")).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (content) => {
        const fence = fenceFor(content);
        expect(fence).toMatch(/^`{3,}$/);
        expect(content).not.toContain(fence);
      }),
    );
  });
});
