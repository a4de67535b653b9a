import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Installation } from "../../../src/cli/toolbox/toolbox.ts";
import type { SuggestionReport } from "../../../src/workbench/suggest/report.ts";
import { startGitServer } from "../../../demo/git-server.ts";
import { git, makeRepository, writeFiles } from "../../support/git/git-repository.ts";
import { NOT_ASSUMED } from "../../support/adopt/import-of-places.ts";
import { cli, type CliRun } from "../../support/screens/cli.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { NOW_MS, ago, ORDERS_ROLE, FILES, seed, event } from "./suggest-world.ts";
import { err, ok, orThrow } from "../../../src/model/values/result.ts";

let world: AwsWorld;
let root: string;
beforeAll(async () => {
  world = await startAwsWorld(seed);
});
afterAll(() => world.stop());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-suggest-"));
  await git(root, ["init", "--quiet"]);
  await writeFiles(root, FILES);
  await git(root, ["add", "--all"]);
  await git(root, ["commit", "--quiet", "-m", "manifests"]);
});
afterEach(() => rm(root, { recursive: true }));

type Estates = AwsWorld["aws"]["estates"];

function suggesting(estates: Estates, ...more: readonly string[]): Promise<CliRun> {
  const { live } = world.aws;
  const reads = { live, estates, close: () => undefined } as unknown as Awaited<
    ReturnType<Installation["aws"]>
  >;
  return cli(["suggest", "--dir", root, "--config", "grantkeeper.yaml", ...more], {
    clock: { nowMs: () => NOW_MS, sleep: async () => undefined },
    terminal: { columns: 80 },
    installation: { aws: async () => reads },
  });
}

interface ReportRun extends SuggestionReport {
  readonly code: number;
}

function report(...more: readonly string[]): Promise<ReportRun> {
  return reportFrom(world.aws.estates, ...more);
}

async function reportFrom(estates: Estates, ...more: readonly string[]): Promise<ReportRun> {
  const run = await suggesting(estates, ...more, "-o", "json");
  if (run.out === "") throw new Error(run.err);
  return { code: run.code, ...(JSON.parse(run.out) as SuggestionReport) };
}

/** One file a day, in the folders of S3. */
async function writeTrail(more: readonly object[] = []): Promise<string> {
  const folder = join(root, "../", `${root.split("/").at(-1) ?? ""}-trail`);
  for (let day = 0; day < 100; day += 1) {
    const at = join(
      folder,
      `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/${ago(day).slice(0, 10).replaceAll("-", "/")}`,
    );
    await mkdir(at, { recursive: true });
    const Records = [
      event({ day, eventName: day === 5 ? "PurgeQueue" : "ListQueues" }),
      ...(day === 0 ? more : []),
    ];
    await writeFile(join(at, "a.json.gz"), gzipSync(JSON.stringify({ Records })));
  }
  return folder;
}

describe("suggest", () => {
  test("commits what IAM's reports do not show to a branch, and leaves the working tree, the index and HEAD", async () => {
    await writeFile(join(root, "notes.txt"), "mine");
    const before = await git(root, ["status", "--porcelain=v1"]);

    const found = await report("orders/api", "orders/job", "--last-accessed", "--branch", "smaller");

    expect(found.code).toBe(0);
    expect(found.manifests.map(({ manifest: name, outcome }) => [name, outcome])).toEqual([
      ["orders/api", "smaller"],
      ["orders/job", "unchanged"],
    ]);
    expect(found.branch?.commits).toMatchObject([{ namespace: "orders", files: ["teams/orders/api.yaml"] }]);
    expect(await git(root, ["diff", "HEAD", "smaller"])).toMatch(
      /^-    # for the mails of last year\n-    - ses: \{identity: example.com, allow: \[send\]\}$/m,
    );
    expect(await git(root, ["log", "-1", "--format=%an%n%B", "smaller"])).toMatch(
      /^Grantkeeper\norders: remove 1 permission without a seen use\n[^]*\n- ses send: strong evidence by service, window 400 days: the service ses was not accessed by role orders in 400 days/,
    );
    expect(await git(root, ["status", "--porcelain=v1"])).toBe(before);
    expect(await readFile(join(root, "teams/orders/api.yaml"), "utf8")).toBe(FILES["teams/orders/api.yaml"]);
    expect(await git(root, ["rev-list", "--count", "HEAD"])).toBe("1\n");
  });

  test("the branch of a clone is not on its Git server before it is pushed, and main stays as it is after that", async () => {
    const repository = await makeRepository(join(root, "served"), "permissions.git");
    const main = await repository.commit(FILES);
    const server = await startGitServer({ root: join(root, "served"), login: null });
    try {
      const clone = join(root, "clone");
      await git(root, ["clone", "--quiet", `${server.url}/permissions.git`, clone]);

      const found = await report("orders/api", "--last-accessed", "--branch", "smaller", "--dir", clone);
      const before = await repository.git("branch", "--format=%(refname:short)");
      await git(clone, ["push", "--quiet", "origin", "smaller"]);

      expect(before).toBe("main\n");
      expect(await repository.git("rev-parse", "smaller^", "main")).toBe(`${main}\n${main}\n`);
      expect(await repository.git("rev-parse", "smaller")).toBe(`${found.branch?.commits[0]?.id}\n`);
      expect(await repository.git("diff", "--name-only", "main", "smaller")).toBe("teams/orders/api.yaml\n");
    } finally {
      await server.close();
    }
  });

  test("writes the unused permissions and the time of the report to the file of --metrics", async () => {
    const file = join(root, "grantkeeper.prom");

    const { code } = await report("orders/api", "orders/job", "--last-accessed", "--metrics", file);

    expect(code).toBe(0);
    expect((await readFile(file, "utf8")).split("\n")).toEqual(
      expect.arrayContaining([
        'grantkeeper_unused_permissions{namespace="orders",granularity="service",confidence="strong"} 1',
        "grantkeeper_unused_permissions_unread 0",
        `grantkeeper_unused_permissions_timestamp_seconds ${Math.floor(NOW_MS / 1_000)}`,
      ]),
    );
  });

  test("suggests nothing of what was not read, and ends with 3", async () => {
    const found = await report("--all", "--last-accessed");

    expect(found.code).toBe(3);
    expect(found.unreadAccounts).toMatchObject([{ account: "closed" }]);
    expect(found.unreadRoles).toMatchObject([
      {
        role: ORDERS_ROLE.replace("orders", "search"),
        reason: expect.stringContaining("ReportGenerationFailed"),
      },
    ]);
    const outcomes = Object.fromEntries(found.manifests.map((one) => [one.manifest, one.outcome]));
    expect(outcomes).toEqual({
      "orders/api": "smaller",
      "orders/job": "unchanged",
      "other/away": "unchanged",
      "search/gone": "unchanged",
      "search/index": "unchanged",
    });
  });

  test("suggests nothing of an account whose observer is closed between its roles and their reports, and goes on", async () => {
    const { estates } = world.aws;
    const closed: Estates = { ...estates, roleAccess: async () => err(NOT_ASSUMED) };

    const found = await reportFrom(closed, "--all", "--last-accessed");

    expect(found.code).toBe(3);
    expect(found.unreadAccounts).toMatchObject([
      { account: "staging", reason: expect.stringContaining("not allowed") },
      { account: "closed" },
    ]);
    expect(found.manifests.map((one) => one.outcome)).not.toContain("smaller");
  });

  test("knows by the sessions of CloudTrail which function on a shared role made a call", async () => {
    const other = event({ day: 2, eventName: "PurgeQueue", session: "api" });
    const own = event({ day: 3, eventName: "CreateQueue", session: "job" });
    const folder = await writeTrail([other, own]);

    const found = await report("orders/job", "--cloudtrail", folder);

    const uses = found.manifests[0]?.permissions.map((one) => [one.permission, one.use, one.confidence]);
    expect(uses).toEqual([
      ["sqs consume", "unknown", null],
      ["sqs:PurgeQueue", "not-seen", "moderate"],
      ["sqs:CreateQueue", "used", null],
    ]);
    expect(found.cloudtrail).toMatchObject({ files: 100, events: 102, foreignEvents: 0, unread: [] });
    await rm(folder, { recursive: true });
  });

  test("concludes nothing from a folder with files that it cannot read, and names them", async () => {
    const folder = await writeTrail();
    await writeFile(join(folder, "bomb.json.gz"), gzipSync(Buffer.alloc(70_000_000)));
    await writeFile(join(folder, "broken.json.gz"), "not gzip");
    await writeFile(join(folder, "deep.json"), `{"Records": ${"[".repeat(100_000)}`);
    await writeFile(
      join(folder, "odd.json"),
      JSON.stringify({ Records: [{ ...event({ day: 0, eventName: "A b", session: "x" }) }] }),
    );
    await symlink("/etc/passwd", join(folder, "link.json"));
    await mkdir(join(folder, "CloudTrail-Digest"));
    await writeFile(join(folder, "CloudTrail-Digest/d.json"), "{}");

    const found = await report("orders/job", "--cloudtrail", folder);

    expect(found.code).toBe(3);
    expect(found.cloudtrail?.unread).toEqual([
      { file: "bomb.json.gz", reason: "it is larger than 64 MiB" },
      { file: "broken.json.gz", reason: "it cannot be read (Z_DATA_ERROR)" },
      { file: "deep.json", reason: "it is not JSON with Records" },
      { file: "odd.json", reason: "a record of an observed role has not the form of CloudTrail" },
    ]);
    expect(found.manifests[0]?.permissions[1]).toMatchObject({
      permission: "sqs:PurgeQueue",
      because: "4 CloudTrail files could not be read",
      advice: "keep",
    });
    await rm(folder, { recursive: true });
  });

  test("names a region that was not read, and concludes nothing there", async () => {
    const { live, estates } = world.aws;
    const sweep: typeof live.sweep = async (...args) => {
      const found = orThrow(await live.sweep(...args));
      return ok({ ...found, regions: new Map([[REGION, { kind: "failed", reason: "throttled" }]]) });
    };
    const reads = { live: { sweep }, estates, close: () => undefined } as unknown as Awaited<
      ReturnType<Installation["aws"]>
    >;

    const { code, out } = await cli(
      ["suggest", "--dir", root, "--config", "c", "orders/api", "--last-accessed", "-o", "json"],
      { installation: { aws: async () => reads } },
    );

    const found = JSON.parse(out) as SuggestionReport;
    expect(code).toBe(3);
    expect(found.unreadAccounts).toEqual([
      { account: "staging", reason: `region ${REGION}: throttled`, next: null },
    ]);
    expect(found.manifests[0]?.permissions.map(({ advice }) => advice)).toEqual(["keep", "keep"]);
  });

  test.each([
    { because: "a branch that exists", branch: "main", change: null, code: "branch main exists" },
    { because: "no name of a branch", branch: "a..b", change: null, code: "is not a branch name" },
    {
      because: "changes that are not committed",
      branch: "smaller",
      change: `${FILES["teams/orders/api.yaml"]}# mine\n`,
      code: "differs from HEAD",
    },
  ])("refuses $because", async ({ branch, change, code }) => {
    await git(root, ["branch", "-M", "main"]);
    if (change !== null) await writeFile(join(root, "teams/orders/api.yaml"), change);

    const { code: exitCode, err } = await suggesting(
      world.aws.estates,
      "orders/api",
      "--last-accessed",
      "--branch",
      branch,
    );

    expect(err).toContain(code);
    expect(exitCode).toBe(4);
    expect((await git(root, ["branch", "--format=%(refname:short)"])).trim()).toBe("main");
  });

  test.each([
    { args: [], message: "name manifests, or all with --all" },
    { args: ["orders/api", "--all"], message: "name manifests, or all with --all" },
    { args: ["orders/nothing"], message: 'no valid manifest is named "orders/nothing"' },
    { args: ["--all", "--cloudtrail", "/nowhere"], message: "cannot read /nowhere (ENOENT)" },
  ])("answers $args with $message", async ({ args, message }) => {
    const { code, err } = await suggesting(world.aws.estates, ...args);

    expect(err).toContain(message);
    expect(code).toBe(1);
  });

  test("shows the evidence within 80 columns, and the next command", async () => {
    const { out } = await suggesting(world.aws.estates, "orders/api", "orders/job", "--last-accessed");

    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(out).toContain("2 manifests: 1 can be smaller");
    expect(out).toContain("  - ses send: strong evidence by service, window 400 days: the service ses was");
    expect(out).toContain("    - ses:SendEmail on");
    expect(out).toContain("--branch NAME");
  });
});
