/**
 * node bin/launch.mjs test/pipelines/pipelines.ts APP: runs the action of GitHub as a runner does, from the files of the commit and
 * with its own installation, and with the package that is installed in APP the hooks with pre-commit, and a new user from an empty
 * repository to a described function and the comment after the merge. test/image runs the component of GitLab in the image.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BASH, compositeSteps } from "../support/forge/composite-action.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../support/forge/forge-server.ts";
import { Pipeline } from "../support/forge/pipeline.ts";
import { API, grants } from "../support/screens/plan-command.ts";
import { checkNewUser } from "./new-user.ts";

const [app = ""] = process.argv.slice(2).map((folder) => resolve(folder));
const WRONG = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");

/** How npm reaches its registry is a matter of the machine, as on a runner. */
const MACHINE = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

const pipeline = await Pipeline.start();
try {
  await checkAction();
  await checkHooks();
  await checkNewUsers();
  console.log("pipelines: all passed");
} finally {
  await pipeline.end();
}

async function checkAction(): Promise<void> {
  const forge = await ForgeServer.start("github");
  const head = await pipeline.committed("refs/pull/12/head", { [API]: grants(["orders", "customers"]) });
  forge.pullRequest.head = head;
  const action = join(pipeline.folder, "action");
  mkdirSync(action);
  execFileSync("sh", ["-c", 'git archive HEAD | tar --extract --directory "$1"', "sh", action]);
  const path = join(action, "actions/review");
  const event = { pull_request: { number: PULL_REQUEST, head: { sha: head }, base: { ref: "main" } } };
  const steps = compositeSteps(pathToFileURL(join(path, "action.yml")), { event }, { token: TOKEN });
  for (const { name, run, env } of steps) {
    const beganMs = performance.now();
    const { code, out, err } = await pipeline.run("bash", [...BASH, run], {
      ...MACHINE,
      ...env,
      GITHUB_ACTION_PATH: path,
      GITHUB_REPOSITORY: "acme/permissions",
      GITHUB_REF: "refs/heads/main",
      GITHUB_API_URL: forge.url,
      GITHUB_STEP_SUMMARY: join(pipeline.folder, "summary"),
    });
    assert.equal(code, 0, `${name}: ${out}${err}`);
    console.log(`${name}: ${Math.round(performance.now() - beganMs)} ms`);
  }
  assert.match(await readFile(join(pipeline.folder, "summary"), "utf8"), /review: 1 function changes/);
  assert.equal(forge.comments.length, 1, "one comment");
  assert.deepEqual(
    forge.statuses.map(({ commit, name, state }) => [commit, name, state]),
    [
      [head, "grantkeeper/review", "pending"],
      [head, "grantkeeper/review", "success"],
    ],
  );
  await forge.end();
}

async function checkHooks(): Promise<void> {
  const { checkout, folder } = pipeline;
  const root = resolve(".");
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  const hooks = "[{ id: grantkeeper-validate }, { id: grantkeeper-fmt }]";
  const config = `repos:\n  - repo: ${root}\n    rev: ${commit}\n    hooks: ${hooks}\n`;
  await writeFile(join(checkout, ".pre-commit-config.yaml"), config);
  const env = {
    PATH: `${resolve(app, "node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`,
    PRE_COMMIT_HOME: join(folder, "pre-commit"),
  };
  const hook = (id: string) =>
    pipeline.run("pre-commit", ["run", id, "--all-files", "--color", "never"], env);
  const formatted = await hook("grantkeeper-fmt");
  assert.match(formatted.out, /files were modified by this hook/, formatted.err);
  assert.deepEqual(
    await hook("grantkeeper-fmt").then(({ code }) => code),
    0,
    "the second time nothing differs",
  );
  const valid = await hook("grantkeeper-validate");
  assert.equal(valid.code, 0, `${valid.out}${valid.err}`);
  await writeFile(join(checkout, API), WRONG);
  const refused = await hook("grantkeeper-validate");
  assert.equal(refused.code, 1, "a commit with a wrong manifest is stopped");
  assert.match(refused.out, /unknown value "sendd"[^]*did you mean "send"\?/);
}

/** Next to each other: both wait for the controller most of the time. */
async function checkNewUsers(): Promise<void> {
  const beganMs = performance.now();
  await Promise.all([
    checkNewUser(app, { remote: "http", forge: "gitlab", kind: "apply" }),
    checkNewUser(app, { remote: "ssh", forge: "gitea", kind: "auto-merge" }),
  ]);
  console.log(`new users over http and ssh: ${Math.round(performance.now() - beganMs)} ms`);
}
