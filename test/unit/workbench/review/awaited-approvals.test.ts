import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { PLATFORM_FILES } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { cli } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";

const ACCOUNTS = "platform/accounts.yaml";
const REASON = "grants new access, which needs an approval of group security";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-approvals-"));
});
afterEach(() => rm(root, { recursive: true }));

/** The review of a function that gets a grant, under a profile that asks for an approval of the group `security`. */
async function reviewed(mode: string): Promise<{ readonly [form: string]: string }> {
  const account = (PLATFORM_FILES[ACCOUNTS] ?? "").replace("mode: enforce", `mode: ${mode}`);
  const profile = profileText("reviewed", "{approval: {for: new-access, group: security}}");
  await commitBase(root, { [ACCOUNTS]: account, "platform/profile.yaml": profile });
  await writeManifests(root, { [API]: grants(["orders", "customers"]) });
  await git(root, ["commit", "--quiet", "-am", "change"]);
  const forms = { text: [], markdown: ["-o", "markdown"], json: ["-o", "json"] };
  const outputs = Object.entries(forms).map(async ([form, more]) => {
    const { out } = await cli(["review", root, "--base", "HEAD~1", "--head", "HEAD", ...more]);
    return [form, out] as const;
  });
  return Object.fromEntries(await Promise.all(outputs));
}

test("a review names the group whose approval new access needs, and for which function, in each form", async () => {
  const { text = "", markdown = "", json = "" } = await reviewed("enforce");

  expect(text.replaceAll("\n  ", " ")).toContain(`\nAPPROVALS AFTER THE MERGE\norders/api: ${REASON}\n`);
  expect(markdown).toContain(
    `\n#### Approvals after the merge\n\n- <code>orders/api&#58; ${REASON}</code>\n`,
  );
  expect(JSON.parse(json)).toMatchObject({ approvals: [{ reason: REASON, names: ["orders/api"] }] });
});

test("a review names no approval for an account that is only observed", async () => {
  const { text, markdown, json = "" } = await reviewed("observe");

  expect({ text, markdown }).toEqual({
    text: expect.not.stringMatching(/approval/i),
    markdown: expect.not.stringMatching(/approval/i),
  });
  expect(JSON.parse(json)).toMatchObject({ approvals: [], changes: [{ target: "prod/eu-west-1" }] });
});
