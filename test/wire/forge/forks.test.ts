import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { documentedInputs, documentedWorkflow } from "../../support/forge/documented-workflow.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../../support/forge/forge-server.ts";
import { Pipeline } from "../../support/forge/pipeline.ts";
import {
  codeQualityReport,
  pullRequestEvent,
  runAction,
  runComponent,
} from "../../support/forge/review-jobs.ts";
import { WRONG } from "../../support/forge/reviewed-change.ts";
import { git } from "../../support/git/git-repository.ts";
import { profileText } from "../../support/profiles.ts";
import { API, grants } from "../../support/screens/plan-command.ts";
import { waiver } from "../../unit/manifest/compile/compilation.ts";

let pipeline: Pipeline;
let forge: ForgeServer;

beforeEach(async () => {
  pipeline = await Pipeline.start();
});
afterEach(async () => {
  await forge.end();
  await pipeline.end();
});

/** Files with which a fork would change the job, if the job ran any of them. */
const PIPELINE_FILES = (folder: string): Readonly<Record<string, string>> => {
  const ran = `touch ${join(folder, "ran")}`;
  const workflow = `on: [pull_request_target]\njobs: {review: {steps: [{run: "${ran}"}]}}\n`;
  return {
    ".github/workflows/permissions.yml": workflow,
    ".forgejo/workflows/permissions.yml": workflow,
    ".gitlab-ci.yml": `grantkeeper-review: {script: ["${ran}"]}\n`,
    ".gitattributes": "* filter=ran\n",
    "actions/review/review.sh": `${ran}\n`,
    "package.json": `{"scripts": {"preinstall": "${ran}"}}`,
    "grantkeeper.yaml": "server: http://127.0.0.1:9\n",
  };
};
const PROFILE = {
  file: "platform/profile.yaml",
  text: profileText("narrow", "{rules: {RES-001: warn}}"),
  why: "GuardrailProfile narrow changes: rules.RES-001: block → warn",
} as const;
const WAIVER = {
  file: "platform/waiver.yaml",
  text: waiver("orders/api@prod/eu-west-1"),
  why: "Waiver ord-77 is added",
} as const;
/** The page has one workflow for both, with `forge: forgejo # or gitea`. */
const FORGEJO = { heading: "Gitea and Forgejo", on: ["pull_request_target"] } as const;

/** A change that grants nothing, and would merge by itself without what the fork also changes. */
async function forked(reference: string, { file, text }: typeof PROFILE | typeof WAIVER): Promise<void> {
  const narrow = profileText("narrow", "{rules: {RES-001: block}}");
  await pipeline.committed("refs/heads/main", {
    [API]: grants(["orders", "customers"]),
    "platform/profile.yaml": narrow,
  });
  const files = { ...PIPELINE_FILES(pipeline.folder), [API]: grants(["orders"]), [file]: text };
  forge.pullRequest.head = await pipeline.committed(reference, files);
}

function shownPlatform(why: string): unknown {
  return [expect.stringContaining(`\n- Platform: <code>${why.replaceAll(":", "&#58;")}</code>\n`)];
}

async function expectOnlyOwnCode(texts: readonly string[]): Promise<void> {
  expect(existsSync(join(pipeline.folder, "ran"))).toBe(false);
  expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe("");
  expect(JSON.stringify([texts, forge.comments, forge.statuses])).not.toContain(TOKEN);
}

describe("a fork that changes the pipeline and a file of the platform", () => {
  test.each([
    {
      name: "github",
      heading: "GitHub",
      on: ["pull_request_target", "merge_group"],
      change: PROFILE,
      own: {},
    },
    { ...FORGEJO, name: "gitea", change: PROFILE, own: { forge: "gitea" } },
    { ...FORGEJO, name: "forgejo", change: WAIVER, own: {} },
  ] as const)(
    "is reviewed by the documented job of $name, which runs nothing of it and does not let it merge by itself",
    async ({ name, heading, on, change, own }) => {
      forge = await ForgeServer.start(name);
      await forked("refs/pull/12/head", change);
      const workflow = documentedWorkflow(heading);
      const [checkout] = workflow.jobs.review.steps;

      const { code, out, err } = await runAction(pullRequestEvent(forge.pullRequest.head), {
        pipeline,
        forge,
        inputs: { ...documentedInputs(workflow, TOKEN), ...own },
      });

      expect(code).toBe(0);
      // `pull_request` would run the workflow of the fork, and another `ref` would check its files out.
      expect(Object.keys(workflow.on)).toEqual(on);
      expect(checkout?.with).toEqual({ "fetch-depth": 0 });
      expect(forge.comments.map(({ body }) => body)).toEqual(shownPlatform(change.why));
      expect(forge.statuses.map(({ name: context, state }) => `${context}: ${state}`)).toEqual([
        "grantkeeper/review/auto-merge/main: failure",
        "grantkeeper/review: pending",
        "grantkeeper/review: success",
      ]);
      await expectOnlyOwnCode([out, err]);
    },
  );

  test("is reviewed by a job in another project of GitLab, which runs nothing of it and does not let it merge by itself", async () => {
    forge = await ForgeServer.start("gitlab");
    await forked("refs/merge-requests/12/head", PROFILE);

    const { code, out, err } = await reviewedElsewhere({ iid: PULL_REQUEST });

    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("posted: comment added") });
    expect(forge.comments.map(({ body }) => body)).toEqual(shownPlatform(PROFILE.why));
    expect(forge.statuses.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "grantkeeper/review/auto-merge/main: failed",
      "grantkeeper/review: pending",
      "grantkeeper/review: success",
    ]);
    await expectOnlyOwnCode([out, err]);
  });

  test.each([
    { event: { state: "closed" }, code: 0, because: "it is closed" },
    { event: { iid: "12; touch ran" }, code: 1, because: "its number is none" },
    { event: { target_branch: "--upload-pack=touch ran" }, code: 1, because: "its branch is none" },
  ])("is not reviewed by that job if $because", async ({ event, code }) => {
    forge = await ForgeServer.start("gitlab");

    const ended = await reviewedElsewhere(event);

    expect({ code: ended.code, requests: forge.requests }).toEqual({ code, requests: [] });
    await expectOnlyOwnCode([]);
  });

  test("has no token in its own pipeline of GitLab, which posts nothing and writes the report of Code Quality", async () => {
    forge = await ForgeServer.start("gitlab");
    const files = { "platform/open.yaml": "# of a fork\n", [API]: WRONG };
    forge.pullRequest.head = await pipeline.committed("refs/heads/topic", files);
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "topic"]);

    const job = { pipeline, forge, env: { GRANTKEEPER_FORGE_TOKEN: "" } };
    const { code, err } = await runComponent("review", job);

    expect(code).toBe(1);
    expect(err).toContain("nothing was posted: this pipeline has no variable GRANTKEEPER_FORGE_TOKEN");
    expect(forge.requests).toEqual([]);
    expect(await codeQualityReport(pipeline)).toMatchObject([
      { check_name: "BND-004" },
      { check_name: "unknown-value" },
      { check_name: "review-change", severity: "info" },
    ]);
  });
});

/** The job of the component `review-project`, which a webhook of acme/permissions started. */
async function reviewedElsewhere(event: Readonly<Record<string, string | number>>) {
  const payload = join(pipeline.folder, "payload.json");
  const attributes = { iid: PULL_REQUEST, state: "opened", target_branch: "main", ...event };
  await writeFile(payload, JSON.stringify({ object_kind: "merge_request", object_attributes: attributes }));
  await mkdir(join(pipeline.folder, "acme"));
  await symlink(pipeline.origin, join(pipeline.folder, "acme/permissions.git"));
  return runComponent("review-project", {
    pipeline,
    forge,
    inputs: { project: "acme/permissions" },
    env: {
      CI_SERVER_URL: `file://${pipeline.folder}`,
      CI_PROJECT_PATH: "acme/reviews",
      CI_MERGE_REQUEST_IID: "",
      TRIGGER_PAYLOAD: payload,
    },
  });
}
