import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG } from "../../support/cli.ts";
import { git } from "../../support/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";
import { parseArn } from "../../../src/model/arn.ts";
import { checked } from "../../support/audit-facts.ts";
import { DEFAULT_QUOTAS, type LiveAccount, type LivePolicy } from "../../../src/model/live.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import { AwsError } from "../../../src/model/aws-error.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const API = "teams/orders/api.yaml";
const grants = (tables: readonly string[], more = ""): string =>
  functionText(
    "api",
    `  logs: false\n  grants:\n${tables.map((table) => `    - dynamodb: {table: ${table}, allow: [read]}\n`).join("")}${more}`,
  );

async function commitBase(files: Readonly<Record<string, string>> = {}): Promise<void> {
  await git(root, ["init", "--quiet"]);
  await write({ ...PLATFORM_FILES, [API]: grants(["orders"]), ...files });
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "base"]);
}

describe("plan --base", () => {
  test("of an unchanged checkout finds nothing, and names the commit that it is", async () => {
    await commitBase();
    const head = (await git(root, ["rev-parse", "HEAD"])).slice(0, 7);

    expect(await cli(["plan", root, "--base", "main", "--exit-code"])).toEqual({
      code: 0,
      out: [
        "Plan: 0 functions change, 1 is unchanged",
        `main@${head} → ${head}`,
        "Offline: AWS was not read",
        "Skipped offline: SHR-001, SHR-002, function requirements, change limits",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("shows what the folder allows more and less than the base, and counts what stays", async () => {
    await commitBase({ [API]: grants(["orders", "carts"]) });
    await write({ [API]: grants(["orders", "customers"]) });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^orders\/api, teams\/orders\/api.yaml\n {2}Changed in Git: prod\/eu-west-1\n/);
    expect(out).toMatch(/\n {2}\+ dynamodb read +table\/customers, indexes +line 9\n/);
    expect(out).toMatch(/\n {2}- dynamodb read +table\/carts, indexes +was line 9\n/);
    expect(out).toContain("\n  = 1 grant, 0 callers\n");
    expect(out).toContain("→ working tree\nOffline: AWS was not read\n");
    expect(out).not.toContain("calls");
  });

  test("exits with 2 for differences only when asked to", async () => {
    await commitBase();
    await write({ [API]: grants(["orders", "customers"]) });

    expect((await cli(["plan", root, "--base", "main"])).code).toBe(0);
    expect((await cli(["plan", root, "--base", "main", "--exit-code"])).code).toBe(2);
  });

  test("of a state that the guard refuses exits with 3", async () => {
    await commitBase();
    const statement =
      '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}\n';
    await write({ [API]: grants(["orders"], statement) });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(3);
    expect(out).toContain("refused by PASS-001 (line 11)");
  });

  test("of a function that leaves git says that retain keeps it, and takes nothing away", async () => {
    await commitBase({ "teams/orders/jobs.yaml": functionText("jobs") });
    await rm(join(root, "teams/orders/jobs.yaml"));

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toContain(
      "no longer declared: orders/jobs@prod/eu-west-1: deletionPolicy retain: what is\n  in AWS remains, and is listed as an orphan\n",
    );
    expect(out).toContain("Plan: 0 functions change, 1 is removed from Git, 1 is unchanged\n");
    expect(out).not.toMatch(/^ +- /m);
  });

  test("of one with deletionPolicy delete shows what goes, but no boundary that would open", async () => {
    await commitBase({
      [API]: grants(["orders"], "  deletionPolicy: delete\n"),
      "teams/orders/jobs.yaml": functionText("jobs"),
    });
    await rm(join(root, API));

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toMatch(/- dynamodb read +table\/orders/);
    expect(out).not.toMatch(/^ +\+ /m);
  });

  test("puts an account that starts to enforce first, since its functions are written whatever they declare", async () => {
    const accounts = PLATFORM_FILES["platform/accounts.yaml"] ?? "";
    await commitBase({ "platform/accounts.yaml": accounts.replace("mode: enforce", "mode: observe") });
    await write({ "platform/accounts.yaml": accounts });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toMatch(
      /^warning: platform\/accounts.yaml:\d+:\d+: account prod: observe → enforce\n {2}Grantkeeper starts to write 1 function\n/,
    );
    expect(out).toContain("; 1 mode change\n");
  });

  test("names settings that change beside permissions", async () => {
    await commitBase();
    await write({ [API]: grants(["orders"], "  role: {description: Orders}\n") });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toContain("settings: orders/api@prod/eu-west-1: description\n");
  });

  test("of manifests that do not compile says where, and exits with 3", async () => {
    await commitBase();
    await write({ [API]: grants(["orders"]).replace("dynamodb", "dynamo") });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(3);
    expect(out).toContain('  broken: teams/orders/api.yaml:8:7: unknown grant "dynamo"');
    expect(out).not.toMatch(/^ +- /m);
  });

  test("of a revision that is none says so", async () => {
    await commitBase();

    expect(await cli(["plan", root, "--base", "nowhere"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("nowhere"),
    });
  });

  test.each([
    ["--live-file", "x.json"],
    ["--save-live", "x.json"],
  ])("takes no %s", async (option, value) => {
    expect(await cli(["plan", root, "--base", "main", option, value])).toMatchObject({
      code: 1,
      err: "error: --base is offline: it takes neither --live-file nor --save-live\n",
    });
  });
});

const BOUNDARY: LivePolicy = {
  name: "platform-default",
  path: "/grantkeeper-boundary/",
  arn: checked(parseArn("arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default")),
  policyId: "ANPAEXAMPLE",
  defaultVersionId: "v1",
  versions: [
    {
      id: "v1",
      text: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
      }),
      createdAtMs: 0,
    },
  ],
  description: "",
  attachmentCount: 0,
  boundaryUsageCount: 0,
  tags: { kind: "present", value: [] },
};

const EMPTY_ACCOUNT: Omit<LiveAccount, "accountId"> = {
  observedAtMs: 0,
  complete: true,
  roles: new Map(),
  policies: new Map([[BOUNDARY.arn, { kind: "present", value: BOUNDARY }]]),
  awsManaged: new Map(),
  regions: new Map(),
  quotas: DEFAULT_QUOTAS,
};

/** An account with nothing in it but the boundary. */
const EMPTY: LiveState = {
  sweep: async ({ account }) => ({
    ...EMPTY_ACCOUNT,
    accountId: account.id,
    regions: new Map(
      account.regions.map((region) => [
        region,
        { kind: "read", functions: new Map(), complete: true, absentFunctions: new Set() },
      ]),
    ),
  }),
  read: () => Promise.reject(new Error("a plan sweeps")),
};

const failing = (call: string, code: string): LiveState => ({
  ...EMPTY,
  sweep: () =>
    Promise.reject(
      new AwsError({
        call,
        code,
        message: "no",
        disposition: { kind: "circuit", scope: "account" },
        requestId: null,
        lost: false,
      }),
    ),
});
const DENIED = failing("iam:ListRoles", "AccessDenied");
const NO_CREDENTIALS = failing("sts:AssumeRole", "CredentialsProviderError");

describe("plan against AWS", () => {
  const run = (live: LiveState, argv: readonly string[]) => {
    const aws = async () => ({ live, examine: async () => [], close: () => undefined });
    return cli(["plan", root, "--config", "x.yaml", ...argv], { installation: { aws, config: TEST_CONFIG } });
  };

  test("shows the calls, and what can't be judged without a record", async () => {
    await write({ ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { code, out } = await run(EMPTY, []);

    expect(code).toBe(0);
    expect(out).toContain("  calls: iam:CreateRole role/grantkeeper/api-eu-west-1, iam:PutRolePolicy\n");
    expect(out).toContain(
      "Skipped without the controller's record: limits, approvals, waits, deletes,\n  mode changes\n",
    );
    expect(out).toContain("working tree; AWS read 0s ago, complete\n");
  });

  test("is the same again on the state that it saved", async () => {
    await write({ ...PLATFORM_FILES, [API]: grants(["orders"]) });
    const file = join(root, "live.json");

    const first = await run(EMPTY, ["--save-live", file]);
    const again = await cli(["plan", root, "--live-file", file]);

    expect(again).toEqual(first);
  });

  test("of an account that can't be read says so, plans nothing there and exits with 3", async () => {
    await write({ ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { code, out } = await run(DENIED, []);

    expect(code).toBe(3);
    expect(out).toContain("prod was not read: iam:ListRoles: AccessDenied: no\n");
    expect(out).toMatch(/^Plan: nothing could be compared\n.*, incomplete\n/);
    expect(out).not.toContain("calls");
    expect(out).not.toContain("functions change");
  });

  test("without credentials says what to set, once", async () => {
    await write({ ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { out } = await run(NO_CREDENTIALS, []);

    expect(out).toContain("prod was not read: sts:AssumeRole: CredentialsProviderError: no\n");
    expect(out.match(/^hint: [^]*?credentials$/gm)).toEqual([
      "hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run\n  it where a role gives credentials",
    ]);
  });

  test("on a file that is no saved state is refused", async () => {
    await write({ ...PLATFORM_FILES, "live.json": "{}" });

    expect(await cli(["plan", root, "--live-file", join(root, "live.json")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("is no saved live state of this version"),
    });
  });

  test("keeps what it saves from other users", async () => {
    await write({ ...PLATFORM_FILES, [API]: grants(["orders"]) });
    const file = join(root, "live.json");
    await run(EMPTY, ["--save-live", file]);

    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      format: "grantkeeper-live/1",
      instance: "test-1",
    });
  });

  test.each([[["--live", "live.json"]], [["--live"]]])(
    "%s names the option that replaced it",
    async (argv) => {
      expect(await cli(["plan", ...argv])).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /^error: --live FILE is now --live-file FILE\nhint: {2}grantkeeper plan --live-file /,
        ),
      });
    },
  );

  test("without anything to compare with says what there is", async () => {
    expect(await cli(["plan"])).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "--base REV (offline, git against git), --live-file FILE (a saved state), or --config FILE (live AWS)",
      ),
    });
  });
});
