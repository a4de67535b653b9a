import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pathInRepository } from "../../../../src/workbench/project/repository-path.ts";
import { git } from "../../../support/git/git-repository.ts";
import { functionText, NARROW_PLATFORM_FILES as PLATFORM_FILES } from "../../../support/manifests.ts";
import { cli } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-reports-"));
});
afterEach(() => rm(root, { recursive: true }));

const INDEX = "teams/search/index.yaml";
const ENTIRE_SERVICE = functionText(
  "index",
  '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::uploads/*"}\n',
);
const WARNED = functionText(
  "index",
  '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: "dynamodb:Describe*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}\n',
);

/** Manifests in a folder of a repository, as `-o FORMAT` shows them. */
async function validated(format: string, text: string) {
  await git(root, ["init", "--quiet"]);
  const folder = join(root, "deploy/permissions");
  await writeManifests(folder, { ...PLATFORM_FILES, [INDEX]: text, [API]: grants(["orders"]) });
  return cli(["validate", folder, "-o", format]);
}

describe("validate", () => {
  test("names files from the root of the repository in annotations of GitHub", async () => {
    const { code, out } = await validated("github", ENTIRE_SERVICE);

    expect(code).toBe(3);
    expect(out).toMatch(
      /^::error file=deploy\/permissions\/teams\/search\/index\.yaml,line=8,col=\d+,title=ACT-001::/,
    );
    expect(out).toMatch(/\n4 documents: 1 error, 0 warnings\n$/);
  });

  test("shows the other place of a problem in SARIF, which is complete only if every problem is listed", async () => {
    const twice = await validated("sarif", functionText("index", "  function: api\n"));
    const statements = Array.from({ length: 101 }, () => "    - 1\n").join("");
    const many = await validated("sarif", functionText("index", `  statements:\n${statements}`));

    const related = [
      {
        message: { text: "orders/api@prod/eu-west-1" },
        physicalLocation: {
          artifactLocation: { uri: `deploy/permissions/${API}` },
          region: { startLine: 3, startColumn: 18 },
        },
      },
    ];
    expect(JSON.parse(twice.out)).toMatchObject({
      runs: [
        {
          invocations: [{ executionSuccessful: true }],
          results: [{}, { ruleId: "duplicate-claim", relatedLocations: related }],
        },
      ],
    });
    expect(JSON.parse(many.out)).toMatchObject({ runs: [{ invocations: [{ executionSuccessful: false }] }] });
  });

  test("names files and rules in SARIF", async () => {
    const { out } = await validated("sarif", ENTIRE_SERVICE);

    expect(JSON.parse(out)).toMatchObject({
      runs: [
        {
          results: [
            {
              ruleId: "ACT-001",
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "deploy/permissions/teams/search/index.yaml" },
                    region: { startLine: 8 },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  test("names files in JUnit, where files without an error have passed", async () => {
    const { out } = await validated("junit", ENTIRE_SERVICE);

    expect(out).toContain('tests="4" failures="1"');
    expect(out).toContain('name="ACT-001 deploy/permissions/teams/search/index.yaml:8:');
    expect(out).toContain('name="deploy/permissions/teams/orders/api.yaml"/>');
    expect(out).not.toContain('name="deploy/permissions/teams/search/index.yaml"/>');
  });

  test("names files in Markdown, and ends with exit code 0 if there are only warnings", async () => {
    const { code, out } = await validated("markdown", WARNED);

    expect(code).toBe(0);
    expect(out).toContain("### Grantkeeper validate: 4 documents: 0 errors, 1 warning\n");
    expect(out).toContain("\n| warning | <code>deploy/permissions/teams/search/index.yaml&#58;8&#58;");
  });

  test("names in JSON the folder of the manifests, which the names of files follow", async () => {
    const { out } = await validated("json", ENTIRE_SERVICE);

    expect(JSON.parse(out)).toMatchObject({
      root: "deploy/permissions",
      diagnostics: expect.arrayContaining([
        expect.objectContaining({ code: "ACT-001", file: INDEX, lead: true }),
        expect.objectContaining({ code: "BND-002", file: INDEX, lead: false }),
      ]),
    });
  });
});

describe("the path in the repository", () => {
  test("is empty at its root, whose .git is a folder or, in a linked working tree, a file", async () => {
    await writeManifests(root, { ".git": "gitdir: elsewhere\n" });
    await mkdir(join(root, "a/b"), { recursive: true });

    expect(await pathInRepository(root)).toBe("");
    expect(await pathInRepository(join(root, "a/b"))).toBe("a/b");
  });

  test("is empty for a folder outside any repository and outside the current folder", async () => {
    expect(await pathInRepository(root)).toBe("");
  });
});

describe("the screen in a log of GitHub Actions", () => {
  // Long enough that the screen continues with what follows on a line of its own.
  const LONG = "x".repeat(60);
  const HOSTILE = functionText(
    "index",
    `  grants:\n    - "${LONG} ::add-mask::a": {table: x, allow: [read]}\n    - "##[error]b": {table: x, allow: [read]}\n`,
  );
  const screen = async (env: Readonly<Record<string, string>>) => {
    await writeManifests(root, { ...PLATFORM_FILES, [INDEX]: HOSTILE });
    return (await cli(["validate", root], { env, terminal: { columns: 80 } })).out;
  };

  test("gives the runner no command of a manifest", async () => {
    const out = await screen({ GITHUB_ACTIONS: "true" });

    expect(out).toContain("add-mask");
    expect(out).not.toMatch(/^\s*::/m);
    expect(out).not.toContain("##[");
  });

  test("elsewhere shows the text as it is written", async () => {
    const out = await screen({});

    expect(out).toMatch(/^ +::add-mask::a"/m);
    expect(out).toContain("##[error]b");
  });
});

describe("plan --base", () => {
  const planned = async (format: string, text: string, more: Readonly<Record<string, string>> = {}) => {
    await commitBase(root, PLATFORM_FILES);
    await writeManifests(root, { [API]: text, ...more });
    return cli(["plan", root, "--base", "HEAD", "-o", format]);
  };

  test("as a comment: what changes for each function, and the result", async () => {
    const { out } = await planned("markdown", grants(["orders", "customers"]));

    expect(out).toContain("### Grantkeeper plan: 1 function changes, 0 are unchanged\n");
    expect(out).toMatch(
      /\n\| <code>orders\/api<\/code> \| <code>prod\/eu-west-1<\/code> \| <code>&#43; dynamodb read table\/customers.*<\/code> \| guard rules passed \|\n/,
    );
    expect(out).toContain("\n- <code>Offline&#58; AWS was not read</code>\n");
  });

  test("as a comment: a refused function, a broken one and an account that begins to enforce", async () => {
    const accounts = PLATFORM_FILES["platform/accounts.yaml"] ?? "";
    await commitBase(root, {
      [INDEX]: functionText("index", "  grants: [{sqs: {queue: a, allow: [send]}}]\n"),
      "platform/accounts.yaml": accounts.replace("mode: enforce", "mode: observe"),
    });
    await writeManifests(root, {
      "platform/accounts.yaml": accounts,
      [API]: grants(
        ["orders"],
        '  statements: [{reason: x, statement: {Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::uploads/*"}}]\n',
      ),
      [INDEX]: functionText("index", "  grants: [{dynamo: {table: a, allow: [read]}}]\n"),
    });
    const { code, out } = await cli(["plan", root, "--base", "HEAD", "-o", "markdown"]);

    expect(code).toBe(3);
    expect(out).toContain("- ⚠️ Account <code>prod</code>: observe → enforce. Grantkeeper starts to write ");
    expect(out).toMatch(/\n\| <code>orders\/api<\/code> .* \| refused: <code>ACT-001<\/code> \|\n/);
    expect(out).toMatch(/\n\| <code>search\/index<\/code> .* \| broken \|\n/);
    expect(out).toMatch(/\n\| error \| <code>teams\/search\/index\.yaml&#58;6&#58;\d+<\/code> \|/);
  });

  test("as annotations, test cases and SARIF: the problems of what is planned", async () => {
    const text = grants(
      ["orders"],
      '  statements: [{reason: x, statement: {Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::uploads/*"}}]\n',
    );
    const [github, junit, sarif] = [
      await planned("github", text),
      await cli(["plan", root, "--base", "HEAD", "-o", "junit"]),
      await cli(["plan", root, "--base", "HEAD", "-o", "sarif"]),
    ];

    expect(github.out).toMatch(/^::error file=teams\/orders\/api\.yaml,line=9,col=\d+,title=ACT-001::/);
    expect(github.out).toContain("\n::notice::Offline: AWS was not read\n");
    expect(junit.out).toMatch(/<failure type="ACT-001"/);
    expect(junit.out).not.toContain('name="orders/api@prod/eu-west-1"/>');
    expect(JSON.parse(sarif.out)).toMatchObject({
      runs: [{ invocations: [{ executionSuccessful: true }], results: [{ ruleId: "ACT-001" }] }],
    });
  });
});

describe("10,000 findings in one file", () => {
  const ACTIONS = ["SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "GetQueueAttributes"].map(
    (action) =>
      `    - {reason: x, statement: {Effect: Allow, Action: "sqs:${action}", Resource: "*"}}\n` +
      `    - {reason: x, statement: {Effect: Allow, Action: "sqs:${action}", Resource: "arn:aws:sqs:*:*:*"}}\n`,
  );
  const MANY = Array.from({ length: 800 }, (_, at) =>
    functionText(`index-${at}`, `  logs: false\n  statements:\n${ACTIONS.join("")}`),
  ).join("---\n");

  test("are capped, with the number of the others", async () => {
    const { code, out } = await validated("sarif", MANY);

    const [{ results }] = (JSON.parse(out) as { runs: [{ results: readonly SarifResult[] }] }).runs;
    expect(code).toBe(3);
    expect(results.length).toBeLessThan(110);
    expect(results.at(-1)).toMatchObject({ ruleId: "more-findings", level: "error" });
    expect(results.reduce((sum, { occurrenceCount }) => sum + occurrenceCount, 0)).toBeGreaterThan(10_000);
  }, 120_000);
});

interface SarifResult {
  readonly occurrenceCount: number;
}
