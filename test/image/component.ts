import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../support/forge/forge-server.ts";
import { Pipeline } from "../support/forge/pipeline.ts";
import { component } from "../support/forge/review-jobs.ts";
import { git } from "../support/git/git-repository.ts";
import { API, grants } from "../support/screens/plan-command.ts";
import { Bundle, Container } from "./container.ts";

const WRONG = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");

/**
 * The component of GitLab in the image, as its runner runs it: root cloned the project, everyone may write to it, and the
 * script runs as the user of the image.
 */
export async function checkComponent(image: Bundle, root: string): Promise<void> {
  const [pipeline, forge] = [await Pipeline.start(), await ForgeServer.start("gitlab")];
  try {
    const head = await pipeline.committed("refs/heads/topic", { [API]: WRONG });
    forge.pullRequest.head = head;
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "topic"]);
    await git(pipeline.checkout, ["checkout", "--quiet", head]);
    await chmod(pipeline.folder, 0o755);
    execFileSync("chmod", ["--recursive", "a+rwX", pipeline.checkout]);
    // A server of Git, in place of one on the network.
    execFileSync("chown", ["--recursive", "10001:10001", pipeline.origin]);
    const beganMs = performance.now();
    const container = new Container(
      jobIn(image, { pipeline, head, url: forge.url, root }),
      join(root, "runc"),
      "component",
    );
    const { code, out } = await container.ended;
    assert.equal(code, 3, out);
    const report = await readFile(join(pipeline.checkout, "gl-code-quality-report.json"), "utf8");
    assert.match(report, /"check_name": "unknown-value"/);
    assert.deepEqual(
      forge.comments.map(({ at }) => at),
      [null, `${API}:9`],
    );
    assert.deepEqual(
      forge.statuses.map(({ commit, state }) => [commit, state]),
      [
        [head, "failed"],
        [head, "failed"],
      ],
    );
    console.log(`component: ${Math.round(performance.now() - beganMs)} ms`);
  } finally {
    await forge.end();
    await pipeline.end();
  }
}

interface Job {
  readonly pipeline: Pipeline;
  readonly head: string;
  readonly url: string;
  /** A folder for the settings of the container. */
  readonly root: string;
}

/** With the files of the bundle, which others use too. */
function jobIn(image: Bundle, { pipeline, head, url, root }: Job): Bundle {
  const folder = join(root, "bundles", "component");
  mkdirSync(folder);
  const config = JSON.parse(readFileSync(join(image.folder, "config.json"), "utf8")) as { root: object };
  config.root = { path: join(image.folder, "rootfs") };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const bundle = new Bundle(folder);
  const { script, variables } = component("review", { "merge-status": "true" });
  const args = ["sh", "-e", "-c", `cd "$CI_PROJECT_DIR"\n${script}`];
  const env = {
    ...variables,
    GRANTKEEPER_FORGE_TOKEN: TOKEN,
    CI_COMMIT_SHA: head,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    CI_MERGE_REQUEST_IID: String(PULL_REQUEST),
    CI_PROJECT_DIR: pipeline.checkout,
    CI_PROJECT_PATH: "acme/permissions",
    CI_API_V4_URL: url,
  };
  bundle.runAs(args, {
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    mounts: [
      { from: pipeline.folder, at: pipeline.folder, writable: true },
      { from: "/etc/hosts", at: "/etc/hosts", writable: false },
    ],
    calls: null,
  });
  return bundle;
}
