import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { functionText } from "../../../support/manifests.ts";
import { HAS_PARSER, junitProblems } from "../../../support/reports/junit-parser.ts";
import { ISSUES, runnerCommand } from "../../../support/reports/read-by-forges.ts";
import { validateSarif } from "../../../support/reports/sarif-schema.ts";
import { cli } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";
import { checkPublished } from "../../../support/screens/published.ts";

let root: string;

/** A mistake with corrected lines, and a function that is granted more. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-review-"));
  await commitBase(root);
  await writeManifests(root, {
    [API]: grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]} # <![CDATA[ ]]> ::error::\n"),
    "teams/orders/more.yaml": functionText(
      "more",
      "  grants:\n    - dynamodb: {table: more, allow: [read, delete]}\n",
    ),
  });
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "change"]);
});
afterAll(() => rm(root, { recursive: true }));

const NOTES = [
  "1 problem is as in the base: grantkeeper validate lists them",
  "Offline: AWS was not read",
  expect.stringContaining(": RES-006, "),
  expect.stringMatching(/^HEAD~1@\w+ → \w+$/),
];

async function reviewedAs(format: string): Promise<string> {
  const { code, out } = await cli(["review", root, "--base", "HEAD~1", "--head", "HEAD", "-o", format]);
  expect(code).toBe(3);
  return out;
}

describe("a review of a mistake and of new access", () => {
  test("is JSON of the published form", async () => {
    const printed = JSON.parse(await reviewedAs("json")) as unknown;

    checkPublished("review", printed);
    expect(() => {
      checkPublished("review", { ...(printed as object), changes: null });
    }).toThrow("/changes");
    expect(printed).toMatchObject({
      problems: [{ state: "unchanged" }, { code: "unknown-value", state: "new" }],
    });
  });

  test("is SARIF of the published schema, with the mistake, its fix and both functions", async () => {
    const log = JSON.parse(await reviewedAs("sarif")) as unknown;

    validateSarif(log);
    expect(validateSarif.errors ?? []).toEqual([]);
    const results = [
      { ruleId: "BND-004", baselineState: "unchanged" },
      { ruleId: "unknown-value", baselineState: "new", fixes: [{}] },
      { ruleId: "review-change", level: "note" },
      { ruleId: "review-change", level: "note" },
    ];
    expect(log).toMatchObject({ runs: [{ results }] });
  });

  test("is a report that GitLab's Code Quality accepts, with the mistake and both functions", async () => {
    const issues = JSON.parse(await reviewedAs("gitlab")) as unknown;

    ISSUES(issues);
    expect(ISSUES.errors ?? []).toEqual([]);
    expect(issues).toMatchObject([
      { check_name: "BND-004" },
      { check_name: "unknown-value", severity: "major" },
      { check_name: "review-change", severity: "info" },
      { check_name: "review-change", severity: "info" },
    ]);
  });

  test("is annotations of the mistake, of both functions and of the notes for GitHub's runner, and no other command", async () => {
    const commands = (await reviewedAs("github")).split("\n").flatMap((line) => runnerCommand(line) ?? []);

    expect(commands.map(({ name, properties }) => [name, properties["title"]])).toEqual([
      ["error", "unknown-value"],
      ["notice", "orders/api@prod/eu-west-1"],
      ["notice", "orders/more@prod/eu-west-1"],
      ...NOTES.map(() => ["notice", undefined]),
    ]);
    expect(commands[0]?.properties).toMatchObject({ file: API, line: "9" });
    expect(commands.slice(-NOTES.length).map(({ data }) => data)).toEqual(NOTES);
  });

  test("is Markdown that begins with the answer", async () => {
    expect(await reviewedAs("markdown")).toMatch(/^### Grantkeeper review: /);
  });
});

(HAS_PARSER ? describe : describe.skip)("a review of a mistake and of new access, read by libxml2", () => {
  test("is a JUnit report that libxml2 finds valid", async () => {
    const xml = await reviewedAs("junit");

    expect(junitProblems(xml)).toBe("");
    expect(xml).toContain('<testsuites name="grantkeeper review"');
  });
});
