import { git } from "../../../support/git/git-repository.ts";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { accountText, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { SourceError, type Source } from "../../../../src/controller/ports/source.ts";
import type { LiveState } from "../../../../src/controller/ports/live-state.ts";
import { AwsError } from "../../../../src/model/aws/errors/aws-error.ts";
import { API, grants, commitBase, writeManifests } from "../../../support/screens/plan-command.ts";

import { EMPTY, planLive } from "./live-world.ts";
import { err } from "../../../../src/model/values/result.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-plan-"));
});
afterEach(() => rm(root, { recursive: true }));

const failing = (call: string, code: string, requestId: string | null): LiveState => ({
  ...EMPTY,
  sweep: async () =>
    err(
      new AwsError({
        call,
        code,
        message: "no",
        disposition: { kind: "circuit", scope: "account" },
        requestId,
        lost: false,
      }),
    ),
});
const DENIED = failing("iam:ListRoles", "AccessDenied", "1f2e");
const NO_CREDENTIALS = failing("sts:AssumeRole", "CredentialsProviderError", null);

describe("plan against AWS", () => {
  test("shows the calls, and which checks are skipped without a record", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { code, out } = await planLive(root, EMPTY, []);

    expect(code).toBe(0);
    expect(out).toContain("  calls: iam:CreateRole, iam:PutRolePolicy; guardrails passed, risk low\n");
    expect(out).toContain(
      "Skipped without the controller's record: limits, approvals, waits, deletes,\n  mode changes, AI-001\n",
    );
    expect(out).toContain("working tree; AWS read 0s ago, complete\n");
  });

  test("claims of no change that it waits or is made, where only the controller knows", async () => {
    const window = `---
apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: staging-first}
spec:
  accounts: [prod]
  namespaces: [billing]
  after: {accounts: [staging], verifiedFor: 30m}
`;
    const staging = accountText("staging", "333333333333");
    const ordered = functionText("worker", "  dependsOn: [api]\n");
    await writeManifests(root, {
      ...PLATFORM_FILES,
      "platform/staging.yaml": staging + window,
      [API]: grants(["orders"]),
      "teams/orders/worker.yaml": ordered,
      "teams/billing/bills.yaml": functionText("bills"),
    });

    const out = (await planLive(root, EMPTY)).out.replaceAll(/\s+/g, " ");

    expect(out).toContain(
      "Will change in AWS after the accounts that come first are verified: prod/eu-west-1",
    );
    expect(out).toContain(
      "may wait for account staging (change window staging-first): whether it is verified is not checked here hint: grantkeeper get changewindows",
    );
    expect(out).toContain("Will change in AWS after the functions that it depends on: prod/eu-west-1");
    expect(out).toContain("may wait for orders/api@prod/eu-west-1 (dependsOn): it differs from Git");
    expect(out).toContain(
      "Without the record, dependsOn is compared with AWS only: a suspension or a failed write is not seen",
    );
  });

  test("is the same on the state that it saved", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });
    const file = join(root, "live.json");

    const first = await planLive(root, EMPTY, ["--save-live", file]);
    const again = await cli(["plan", root, "--live-file", file]);

    expect(again).toEqual(first);
  });
  test("reports an account that can't be read, plans nothing there and exits with 3", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });

    const { code, out } = await planLive(root, DENIED, []);

    expect(code).toBe(3);
    expect(out).toContain("prod was not read: iam:ListRoles: AccessDenied: no\n");
    expect(out).toMatch(/^Plan: nothing could be compared\n.*, incomplete\n/);
    expect(out).not.toContain("calls");
    expect(out).not.toContain("functions change");
  });

  test("names the commit that the working tree is based on", async () => {
    await commitBase(root);
    await writeManifests(root, { [API]: grants(["orders", "customers"]) });
    const head = (await git(root, ["rev-parse", "HEAD"])).slice(0, 7);

    const { out } = await planLive(root, EMPTY, []);

    expect(out).toContain(`\nHEAD@${head} → working tree; AWS read 0s ago, complete\n`);
  });

  test("exits with 4, as reconcile does, if the repository of the source does not exist", async () => {
    const latest = async () =>
      err(new SourceError({ code: "not-found", message: "no such repository", fix: "check its URL" }));
    const source = async () => ({ name: "main", latest }) as Partial<Source> as Source;

    expect(
      await cli(["plan", "--config", "x.yaml"], { installation: { source, config: TEST_CONFIG } }),
    ).toEqual({
      code: 4,
      out: "",
      err: "error: source main: no such repository\nhint:  check its URL\n",
    });
  });

  test("without credentials exits with 4 and names the variables to set", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });

    expect(await planLive(root, NO_CREDENTIALS, [])).toEqual({
      code: 4,
      out: "",
      err: "error: sts:AssumeRole: CredentialsProviderError: no\nhint:  set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run it where a role provides credentials\n",
    });
  });

  test("on a file that is not a saved state is refused", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, "live.json": "{}" });

    expect(await cli(["plan", root, "--live-file", join(root, "live.json")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("is not a saved live state of this version"),
    });
  });

  test("saves files that other users cannot read", async () => {
    await writeManifests(root, { ...PLATFORM_FILES, [API]: grants(["orders"]) });
    const file = join(root, "live.json");
    await planLive(root, EMPTY, ["--save-live", file]);

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

  test("without anything to compare with lists the options", async () => {
    expect(await cli(["plan"])).toMatchObject({
      code: 1,
      err: expect.stringContaining(
        "--base REV (offline, two revisions of Git), --live-file FILE (a saved state), or --config FILE (live AWS)",
      ),
    });
  });
});
