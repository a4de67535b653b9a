import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";
import { git } from "../../../support/git/git-repository.ts";
import { profileText } from "../../../support/profiles.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { API, grants, commitBase, writeManifests } from "../../../support/screens/plan-command.ts";

/** A pattern of actions: a warning (ACT-002), which a profile can refuse. */
const PATTERN = `  statements:
    - { reason: x, statement: { Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders" } }
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

describe("plan --base", () => {
  test("of an unchanged checkout finds nothing, and names the commit", async () => {
    await commitBase(root);
    const head = (await git(root, ["rev-parse", "HEAD"])).slice(0, 7);

    expect(await cli(["plan", root, "--base", "main", "--exit-code"])).toEqual({
      code: 0,
      out: [
        "Plan: 0 functions change, 1 is unchanged",
        `main@${head} → ${head}`,
        "Offline: AWS was not read",
        "Not checked without AWS: RES-006, SHR-001, SHR-002, function requirements,",
        "  change limits",
        "",
      ].join("\n"),
      err: "",
    });
  });

  test("shows what the folder allows more and less than the base, and counts unchanged permissions", async () => {
    await commitBase(root, { [API]: grants(["orders", "carts"]) });
    await writeManifests(root, { [API]: grants(["orders", "customers"]) });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect(code).toBe(0);
    expect(out).toMatch(/^orders\/api, teams\/orders\/api.yaml\n {2}Changed in Git: prod\/eu-west-1\n/);
    expect(out).toMatch(/\n {2}\+ dynamodb read +table\/customers, indexes +line 9\n/);
    expect(out).toMatch(/\n {2}- dynamodb read +table\/carts, indexes +was line 9\n/);
    expect(out).toContain("\n  = 1 grant, 0 callers\n");
    expect(out).toContain("→ working tree\nOffline: AWS was not read\n");
    expect(out).not.toContain("calls");
  });

  test("counts what is refused as in the base, which is no change, and names what the profile would refuse", async () => {
    await commitBase(root, { [API]: functionText("api", PATTERN) });
    await writeManifests(root, {
      "platform/p.yaml": profileText("p", "{rules: {ACT-002: block}}"),
    });
    const adding = await cli(["plan", root, "--base", "main"]);
    await git(root, ["add", "--all"]);
    await git(root, ["commit", "--quiet", "-m", "x"]);
    const later = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect([adding.code, adding.out]).toEqual([
      0,
      expect.stringContaining("ACT-002 would refuse 1 function"),
    ]);
    expect(later.code).toBe(0);
    expect(later.out).toMatch(/^Plan: 0 functions change, 1 is unchanged\n/);
    expect(later.out).toContain(
      "1 function or policy is refused as in the base: grantkeeper validate names why",
    );
    expect(later.out).not.toContain("Changed in Git");
  });

  test("a Team that takes a stricter profile refuses nothing yet: a Team's profile is a profile", async () => {
    const team = (more: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: [prod], functions: ["api*"], resources: ["orders*"], statements: true${more}}
`;
    await commitBase(root, { [API]: functionText("api", PATTERN), "platform/team.yaml": team("") });
    await writeManifests(root, { "platform/team.yaml": team(", profile: strict") });

    const { code, out } = await cli(["plan", root, "--base", "main"]);

    expect([code, out]).toEqual([
      0,
      expect.stringContaining("platform: ACT-002 would refuse 1 function after an approval: orders/api"),
    ]);
  });

  test("reports what an assistant made since the base, and what is not committed", async () => {
    const profile = profileText("assistants", "{base: agents}");
    await commitBase(root, { "platform/assistants.yaml": profile });
    await git(root, ["branch", "before"]);
    await writeManifests(root, { [API]: grants(["orders", "customers"]) });
    await git(root, ["commit", "--quiet", "-am", "x\n\nCo-authored-by: Codex <noreply@openai.com>"]);
    const made = await cli(["plan", root, "--base", "before", "-o", "json"]);
    await git(root, ["commit", "--quiet", "--amend", "-m", "x"]);
    const people = await cli(["plan", root, "--base", "before", "-o", "json"]);
    await writeManifests(root, { [API]: grants(["orders", "carts"]) });
    const open = await cli(["plan", root, "--base", "before", "-o", "json"]);

    expect(made.out).toMatch(/AI-001.*made by Codex in commit [0-9a-f]{8}/s);
    expect(people.out).not.toContain("AI-001");
    expect(open.out).toMatch(/AI-001.*unknown\s+author/s);
  });

  test("shows the trust policy that an account's requirement changes, with the account, in both directions", async () => {
    const accounts = "platform/accounts.yaml";
    const requiring = accountText("prod", "222222222222", "  requireSourceAccount: true\n");
    await commitBase(root);
    await git(root, ["branch", "plain"]);
    await writeManifests(root, { [accounts]: requiring });
    await git(root, ["commit", "--quiet", "-am", "x"]);
    const narrowed = await cli(["plan", root, "--base", "plain", "-o", "json"]);
    const narrowedText = await cli(["plan", root, "--base", "plain"]);
    await git(root, ["branch", "requiring"]);
    await writeManifests(root, { [accounts]: accountText("prod", "222222222222") });
    const widened = await cli(["plan", root, "--base", "requiring"]);
    const widenedJson = await cli(["plan", root, "--base", "requiring", "-o", "json"]);

    expect(narrowed.out).toMatch(/aws:SourceAccount/i);
    expect(narrowedText.out).toMatch(
      /^ +~ assumed by lambda\n +trust policy, with a new condition\n +if aws:SourceAccount /m,
    );
    expect(narrowed.out).not.toMatch(/"code": ?"new-access"/);
    expect(widened.out).toContain("  + assumed by lambda\n      trust policy, without its condition\n");
    expect(widenedJson.out).toMatch(/"code": ?"new-access"/);
  });

  test("exits with 2 for differences only when asked to", async () => {
    await commitBase(root);
    await writeManifests(root, { [API]: grants(["orders", "customers"]) });

    expect((await cli(["plan", root, "--base", "main"])).code).toBe(0);
    expect((await cli(["plan", root, "--base", "main", "--exit-code"])).code).toBe(2);
  });

  test("of a state that the guard refuses exits with 3", async () => {
    await commitBase(root);
    const statement =
      '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}\n';
    await writeManifests(root, { [API]: grants(["orders"], statement) });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(3);
    expect(out).toMatch(/refused by BND-002 \(line 11\), PASS-001 \(line 11\), RES-001 \(line 11\): the\n/);
  });

  test("of a function that leaves Git reports that retain keeps it, and revokes nothing", async () => {
    await commitBase(root, { "teams/orders/jobs.yaml": functionText("jobs") });
    await rm(join(root, "teams/orders/jobs.yaml"));

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toContain(
      "no longer declared: orders/jobs@prod/eu-west-1: deletionPolicy retain: what is\n  in AWS remains, and is listed as an orphan\n",
    );
    expect(out).toContain("Plan: 0 functions change, 1 is removed from Git, 1 is unchanged\n");
    expect(out).not.toMatch(/^ +- /m);
  });

  test("of one with deletionPolicy delete shows the revoked permissions, but no exposure from the missing boundary", async () => {
    await commitBase(root, {
      [API]: grants(["orders"], "  deletionPolicy: delete\n"),
      "teams/orders/jobs.yaml": functionText("jobs"),
    });
    await rm(join(root, API));

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toMatch(/- dynamodb read +table\/orders/);
    expect(out).not.toMatch(/^ +\+ /m);
  });

  test("puts an account that starts to enforce first, since all of its functions are written", async () => {
    const accounts = PLATFORM_FILES["platform/accounts.yaml"] ?? "";
    await commitBase(root, { "platform/accounts.yaml": accounts.replace("mode: enforce", "mode: observe") });
    await writeManifests(root, { "platform/accounts.yaml": accounts });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toMatch(
      /^warning: platform\/accounts.yaml:\d+:\d+: account prod: observe → enforce\n {2}Grantkeeper starts to write 1 function\n/,
    );
    expect(out).toContain("; 1 mode change\n");
  });

  test("names settings that change as well as permissions", async () => {
    await commitBase(root);
    await writeManifests(root, { [API]: grants(["orders"], "  role: {description: Orders}\n") });

    const { code, out } = await cli(["plan", root, "--base", "main", "--exit-code"]);

    expect(code).toBe(2);
    expect(out).toContain("settings: orders/api@prod/eu-west-1: description\n");
  });

  test("names the same change of several targets once", async () => {
    const regions = (text: string): string => text.replace("[eu-west-1]", "[eu-west-1, us-east-1]");
    await commitBase(root, {
      [API]: regions(grants(["orders"])),
      "teams/orders/jobs.yaml": regions(functionText("jobs")),
    });
    await writeManifests(root, { [API]: regions(grants(["orders"], "  role: {description: Orders}\n")) });
    await rm(join(root, "teams/orders/jobs.yaml"));

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toContain("settings: orders/api@prod/eu-west-1, prod/us-east-1: description\n");
    expect(out).toContain("no longer declared: orders/jobs@prod/eu-west-1, prod/us-east-1: deletionPolicy\n");
  });

  test("names the mode of an account at its place in the file, once for all of its functions", async () => {
    const accounts = PLATFORM_FILES["platform/accounts.yaml"] ?? "";
    await commitBase(root, {
      "platform/accounts.yaml": accounts.replace("mode: enforce", "mode: observe"),
      "teams/orders/jobs.yaml": functionText("jobs"),
    });
    await writeManifests(root, { "platform/accounts.yaml": accounts });
    const line = accounts.split("\n").findIndex((text) => text.includes("mode: enforce")) + 1;
    const column = (accounts.split("\n")[line - 1] ?? "").indexOf("enforce") + 1;

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out.split("\n")[0]).toBe(
      `warning: platform/accounts.yaml:${line}:${column}: account prod: observe → enforce`,
    );
    expect(out).not.toContain("settings: orders/api");
    expect(out).not.toContain("settings: orders/jobs");
  });

  test("reports a revision that does not exist", async () => {
    await commitBase(root);

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
