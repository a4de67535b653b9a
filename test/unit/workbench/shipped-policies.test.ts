import { byText } from "../../../src/text/order.ts";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";
import { git } from "../../support/git/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";

// AWS-managed policies and unattached ManagedPolicies are judged even though AWS is not read.

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-shipped-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries({ ...PLATFORM_FILES, ...OPEN_BOUNDARY, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** A boundary that forbids nothing, so that each rule judges the policy alone. */
const OPEN_BOUNDARY = {
  "platform/boundary.yaml": (PLATFORM_FILES["platform/boundary.yaml"] ?? "").replace(
    '["dynamodb:*", "logs:*"]',
    '"*"',
  ),
};

const API = "teams/orders/api.yaml";
const attaching = (...arns: readonly string[]): string =>
  functionText("api", arns.length === 0 ? "" : `  managedPolicies: ${JSON.stringify(arns)}\n`);

interface Problem {
  readonly severity: string;
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string | null;
}

/** The boundary of the folder is open on purpose. */
async function problems(): Promise<readonly Problem[]> {
  const { out } = await cli(["validate", root, "-o", "json"]);
  const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly Problem[] };
  return diagnostics.filter(({ code }) => code !== "BND-004");
}

describe("validate, of an AWS-managed policy", () => {
  test.each([
    { name: "AdministratorAccess", rule: "ACT-001", because: "it allows everything" },
    { name: "PowerUserAccess", rule: "ACT-001", because: "it allows all but a list" },
    { name: "AmazonS3FullAccess", rule: "ACT-001", because: "it allows an entire service" },
    { name: "AWSLambda_FullAccess", rule: "ACT-001", because: "it allows lambda:*" },
    { name: "IAMFullAccess", rule: "ESC-PutRolePolicy", because: "it lets the role change itself" },
  ])("$name breaks $rule: $because", async ({ name, rule }) => {
    await write({ [API]: attaching(`arn:aws:iam::aws:policy/${name}`) });

    const found = (await problems()).filter(({ severity }) => severity === "error");

    expect(found).toContainEqual(expect.objectContaining({ code: rule, file: API, line: 6, column: 21 }));
  });

  test.each([
    { name: "service-role/AWSLambdaSQSQueueExecutionRole", breaks: [] },
    { name: "service-role/AWSLambdaMSKExecutionRole", breaks: ["ATT-001"] },
    { name: "service-role/AWSLambdaBasicExecutionRole", breaks: [] },
    { name: "service-role/AWSLambdaVPCAccessExecutionRole", breaks: [] },
  ])("the actions of $name break nothing: it names them", async ({ name, breaks }) => {
    await write({ [API]: attaching(`arn:aws:iam::aws:policy/${name}`) });

    expect((await problems()).map(({ code }) => code)).toEqual(breaks);
  });

  test("exit code 1 follows from AdministratorAccess alone", async () => {
    await write({ [API]: attaching("arn:aws:iam::aws:policy/AdministratorAccess") });

    expect((await cli(["validate", root])).code).not.toBe(0);
  });

  test("an unknown one is reported as not read, with the nearest known name, and cannot be attached", async () => {
    await write({ [API]: attaching("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole") });

    const [found, notAttachable, ...more] = (await problems()).toSorted((a, b) => byText(a.code, b.code));

    expect(more).toEqual([]);
    expect([notAttachable?.code, notAttachable?.fix]).toEqual([
      "ATT-001",
      "did you mean arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole? The account lists it",
    ]);
    expect(found).toMatchObject({ severity: "warning", line: 6, column: 21 });
    expect(found?.message).toBe(
      "policy arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole is not read: the AWS-managed policies of 2026-08-26 have no such ARN",
    );
    expect(found?.fix).toBe("did you mean arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole?");
  });
});

describe("validate, of a ManagedPolicy that nothing attaches", () => {
  const policy = (statement: string): string =>
    `apiVersion: grantkeeper.dev/v1alpha1\nkind: ManagedPolicy\nmetadata: {name: spare}\nspec:\n  document:\n    Version: "2012-10-17"\n    Statement:\n      - ${statement}\n`;

  test.each([
    { rule: "ACT-001", statement: '{Effect: Allow, Action: "s3:*", Resource: "arn:aws:s3:::uploads"}' },
    { rule: "RES-001", statement: '{Effect: Allow, Action: "s3:GetObject", Resource: "*"}' },
    { rule: "PASS-001", statement: '{Effect: Allow, Action: "iam:PassRole", Resource: "*"}' },
    { rule: "ESC-PutRolePolicy", statement: '{Effect: Allow, Action: "iam:PutRolePolicy", Resource: "*"}' },
  ])("$rule is reported where the policy is declared", async ({ rule, statement }) => {
    await write({ "teams/orders/spare.yaml": policy(statement) });

    expect(await problems()).toContainEqual(
      expect.objectContaining({ severity: "error", code: rule, file: "teams/orders/spare.yaml", line: 8 }),
    );
  });

  test("a boundary that no account names is a ceiling, and grants nothing", async () => {
    const boundary = policy('{Effect: Allow, Action: "*", Resource: "*"}');
    await write({ "platform/spare.yaml": boundary.replace("spec:\n", "spec:\n  use: boundary\n") });

    expect((await problems()).filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

describe("plan --base, of an attached AWS-managed policy", () => {
  async function planned(
    before: readonly string[],
    after: readonly string[],
  ): Promise<{ readonly code: number; readonly out: string }> {
    await git(root, ["init", "--quiet"]);
    await write({ [API]: attaching(...before) });
    await git(root, ["add", "."]);
    await git(root, ["commit", "--quiet", "-m", "base"]);
    await write({ [API]: attaching(...after) });
    return cli(["plan", root, "--base", "main"]);
  }

  test("AdministratorAccess is refused, and what it adds is shown", async () => {
    const { code, out } = await planned([], ["arn:aws:iam::aws:policy/AdministratorAccess"]);

    expect(code).toBe(3);
    expect(out).toContain("ACT-001");
    expect(out).not.toContain("not understood");
    expect(out).not.toContain("may no longer");
    expect(out).toContain("AWS-managed policies: documents of 2026-08-26\n");
  });

  test("one that is removed is no longer allowed", async () => {
    const arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole";

    const { out } = await planned([arn], []);

    expect(out).toMatch(
      /- 6 actions\n.*all resources\n.*"AWSLambdaSQSQueueExecutionRole"\n(.*\n)*.*ReceiveMessage/,
    );
    expect(out).not.toMatch(/^ *\+ /m);
  });

  test("an unknown one is named, without a claim about its effect", async () => {
    const { out } = await planned([], ["arn:aws:iam::aws:policy/NotWrittenYet"]);

    expect(out).toContain(
      "Not in this plan: policy arn:aws:iam::aws:policy/NotWrittenYet, attached to\n  orders/api (not read)\n",
    );
    expect(out).not.toContain("not understood");
    expect(out).not.toContain("may no longer");
  });

  test("one in another partition is judged like the same name in aws", async () => {
    const china = (text: string): string =>
      text
        .replaceAll("arn:aws:", "arn:aws-cn:")
        .replace("eu-west-1, us-east-1", "cn-north-1")
        .replace('  id: "222222222222"', '  id: "222222222222"\n  partition: aws-cn');
    await write({
      "platform/accounts.yaml": china(PLATFORM_FILES["platform/accounts.yaml"] ?? ""),
      [API]: attaching("arn:aws-cn:iam::aws:policy/AdministratorAccess").replace("eu-west-1", "cn-north-1"),
    });

    expect(await problems()).toContainEqual(
      expect.objectContaining({ severity: "error", code: "ACT-001", file: API, line: 6 }),
    );
  });
});
