import { readFileSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { manifests, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { BASH, compositeSteps } from "../../support/forge/composite-action.ts";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../../support/forge/forge-server.ts";
import { component, Pipeline } from "../../support/forge/pipeline.ts";
import { git } from "../../support/git/git-repository.ts";
import { profileText } from "../../support/profiles.ts";
import { waiver } from "../../unit/manifest/compile/compilation.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { API, grants } from "../../support/screens/plan-command.ts";
import { WRONG } from "../../support/forge/reviewed-change.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = join(ROOT, "bin/grantkeeper.mjs");

/** A function that the controller has, with another permission. */
const CHANGED_A = manifests({ a: WRITE_ORDERS });
const CALLS_OF_A = "orders/a&#64;prod/eu-west-1&#58; 1 call&#58; iam&#58;PutRolePolicy";

type Values = Readonly<Record<string, string>>;

let pipeline: Pipeline;
let forge: ForgeServer;

beforeEach(async () => {
  pipeline = await Pipeline.start();
});
afterEach(async () => {
  await forge.end();
  await pipeline.end();
});

describe("the action of GitHub", () => {
  const file = pathToFileURL(join(ROOT, "actions/review/action.yml"));

  /** Its last step: test/pipelines runs the others too. */
  const reviewed = (event: object, inputs: Values = {}, env: Values = {}) => {
    const github = { event };
    const step = compositeSteps(file, github, { token: TOKEN, "merge-status": "true", ...inputs }).at(-1);
    return pipeline.run("bash", [...BASH, step?.run ?? ""], {
      ...step?.env,
      GITHUB_ACTION_PATH: join(ROOT, "actions/review"),
      GITHUB_REPOSITORY: "acme/permissions",
      GITHUB_REF: "refs/heads/main",
      GITHUB_API_URL: forge.url,
      GITHUB_STEP_SUMMARY: join(pipeline.folder, "summary"),
      ...env,
    });
  };
  const pullRequest = (head: string): object => ({
    pull_request: { number: PULL_REQUEST, head: { sha: head }, base: { ref: "main" } },
  });

  test("hands on values of the event as variables, and the script uses each of them", async () => {
    forge = await ForgeServer.start("github");
    const script = await readFile(join(ROOT, "actions/review/review.sh"), "utf8");
    const { runs } = parse(readFileSync(file, "utf8")) as {
      readonly runs: { readonly steps: readonly { readonly run: string; readonly env?: object }[] };
    };
    const variables = Object.keys(runs.steps.at(-1)?.env ?? {}).filter((name) => name.startsWith("REVIEW_"));

    expect(runs.steps.filter((step) => step.run.includes("${{"))).toEqual([]);
    expect(variables.filter((name) => !script.includes(`$${name}`))).toEqual([]);
    expect(variables).toHaveLength(7);
  });

  test("reviews the commit of a fork, which it fetches as data, and asks the controller that its arguments name", async () => {
    forge = await ForgeServer.start("github");
    const asked = await AskedController.start();
    const files = { ...CHANGED_A, "package.json": "{}" };
    forge.pullRequest.head = await pipeline.committed("refs/pull/12/head", files);

    const { code, out } = await reviewed(
      pullRequest(forge.pullRequest.head),
      { arguments: `--server\n${asked.server.url}\n` },
      { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
    );

    await asked.stop();
    expect(code).toBe(0);
    expect(await readFile(join(pipeline.folder, "summary"), "utf8")).toBe(out);
    expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining(CALLS_OF_A)]);
    expect(forge.statuses.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "grantkeeper/review/auto-merge/main: failure",
      "grantkeeper/review: pending",
      "grantkeeper/review: success",
    ]);
    expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe("");
  });

  test.each([
    {
      file: "platform/profile.yaml",
      text: profileText("narrow", "{rules: {RES-001: warn}}"),
      why: "GuardrailProfile narrow changes: rules.RES-001: block → warn",
    },
    {
      file: "platform/waiver.yaml",
      text: waiver("orders/api@prod/eu-west-1"),
      why: "Waiver ord-77 is added",
    },
  ])("shows that a fork also changes $file, which does not merge by itself", async ({ file, text, why }) => {
    forge = await ForgeServer.start("github");
    const profile = profileText("narrow", "{rules: {RES-001: block}}");
    const base = { [API]: grants(["orders", "customers"]), "platform/profile.yaml": profile };
    await pipeline.committed("refs/heads/main", base);
    const files = { [API]: grants(["orders"]), [file]: text };
    forge.pullRequest.head = await pipeline.committed("refs/pull/12/head", files);

    const { code } = await reviewed(pullRequest(forge.pullRequest.head));

    expect(code).toBe(0);
    expect(forge.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining(`\n- Platform: <code>${why.replaceAll(":", "&#58;")}</code>\n`),
    ]);
    expect(forge.statuses.map(({ name, state, text: shown }) => `${name}: ${state}: ${shown}`)).toEqual([
      `grantkeeper/review/auto-merge/main: failure: ${why}`,
      "grantkeeper/review: pending: the review is being posted",
      "grantkeeper/review: success: 1 function changes, 0 are unchanged",
    ]);
    expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe("");
  });

  test("compares with the newest commit of the base, also if the checkout is older", async () => {
    forge = await ForgeServer.start("github");
    forge.pullRequest.head = await pipeline.committed("refs/pull/12/head", { [API]: grants(["customers"]) });
    await pipeline.committed("refs/heads/main", { "teams/orders/note.yaml": "# a note\n" });

    const { out } = await reviewed(pullRequest(forge.pullRequest.head));

    expect(out).toContain("has newer manifests");
  });

  test("sets only statuses in a merge queue", async () => {
    forge = await ForgeServer.start("github");
    const base = (await git(pipeline.origin, ["rev-parse", "main"])).trim();
    const head = await pipeline.committed("refs/heads/queue", { [API]: grants(["orders", "customers"]) });

    const { code } = await reviewed({
      merge_group: { head_sha: head, base_sha: base, base_ref: "refs/heads/main" },
    });

    expect(code).toBe(0);
    expect(forge.comments).toEqual([]);
    expect(forge.statuses.map(({ commit }) => commit)).toEqual([head, head]);
  });

  test.each([
    { head: "--upload-pack=touch x" },
    { head: "$(touch x)" },
    { base: "a b;touch x" },
    { base: "" },
  ])("refuses %j", async (inputs) => {
    forge = await ForgeServer.start("github");
    const head = (await git(pipeline.origin, ["rev-parse", "main"])).trim();

    const { code, err } = await reviewed(pullRequest(head), inputs);

    expect(code).toBe(1);
    expect(err).toContain("error: the event names no");
    expect(forge.requests).toEqual([]);
    expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe("");
  });
});

describe("the component of GitLab", () => {
  /** The program as it is in the image. */
  async function withProgram(): Promise<string> {
    const program = join(pipeline.folder, "grantkeeper");
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
    await chmod(program, 0o755);
    return `${pipeline.folder}${delimiter}${process.env["PATH"] ?? ""}`;
  }

  async function reviewed(variables: Values, inputs: Values = {}) {
    const { script, variables: own } = component({ "merge-status": "true", ...inputs });
    return pipeline.run("sh", ["-e", "-c", script], {
      PATH: await withProgram(),
      ...own,
      GRANTKEEPER_FORGE_TOKEN: TOKEN,
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
      CI_MERGE_REQUEST_IID: String(PULL_REQUEST),
      CI_PROJECT_DIR: pipeline.checkout,
      CI_PROJECT_PATH: "acme/permissions",
      CI_API_V4_URL: forge.url,
      CI_COMMIT_SHA: forge.pullRequest.head,
      ...variables,
    });
  }

  async function pushed(files: Values): Promise<void> {
    forge.pullRequest.head = await pipeline.committed("refs/heads/topic", files);
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "topic"]);
  }

  const report = async (): Promise<unknown> =>
    JSON.parse(await readFile(join(pipeline.checkout, "gl-code-quality-report.json"), "utf8"));

  test("sets only the statuses of the commit that a merge train made", async () => {
    forge = await ForgeServer.start("gitlab");
    const changed = { [API]: grants(["orders", "customers"]) };
    await pushed(changed);
    const more = { "teams/orders/note.yaml": "# of another merge request in the train\n" };
    const train = await pipeline.committed("refs/heads/train", { ...changed, ...more });
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "train"]);

    const { code } = await reviewed({
      CI_MERGE_REQUEST_EVENT_TYPE: "merge_train",
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: forge.pullRequest.head,
      CI_COMMIT_SHA: train,
    });

    expect(code).toBe(0);
    expect(forge.comments).toEqual([]);
    expect(forge.statuses.map(({ commit }) => commit)).toEqual([train, train]);
  });

  test("posts nothing in the pipeline of a fork, which has no token, and writes the report of Code Quality", async () => {
    forge = await ForgeServer.start("gitlab");
    await pushed({ "platform/open.yaml": "# of a fork\n", [API]: WRONG });

    const { code, err } = await reviewed({ GRANTKEEPER_FORGE_TOKEN: "" });

    expect(code).toBe(1);
    expect(err).toContain("nothing was posted: this pipeline has no variable GRANTKEEPER_FORGE_TOKEN");
    expect(forge.requests).toEqual([]);
    expect(await report()).toMatchObject([{ check_name: "BND-004" }, { check_name: "unknown-value" }]);
  });

  test("posts the review with the answer of the controller that its arguments name, and writes the report", async () => {
    forge = await ForgeServer.start("gitlab");
    const asked = await AskedController.start();
    await pushed({ ...CHANGED_A, [API]: WRONG });

    const { code } = await reviewed(
      { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
      { arguments: `--server=${asked.server.url} --review-name=live` },
    );

    await asked.stop();
    expect(code).toBe(3);
    expect(await report()).toContainEqual(expect.objectContaining({ check_name: "unknown-value" }));
    expect(forge.comments.map(({ at }) => at)).toEqual([null, `${API}:9`]);
    expect(forge.comments[0]?.body).toContain(CALLS_OF_A);
    expect(forge.statuses.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "grantkeeper/live: failed",
      "grantkeeper/live/auto-merge/main: failed",
    ]);
  });

  test("reviews the manifests of a service with the platform and the namespace that its arguments name", async () => {
    forge = await ForgeServer.start("gitlab");
    const platform = await pipeline.copied("platform");
    await pushed({ [API]: grants(["orders", "customers"]) });

    const { code } = await reviewed(
      {},
      { directory: "teams/orders", arguments: `--platform=${platform} --namespace=orders` },
    );

    expect(code).toBe(0);
    expect(forge.comments[0]?.body).toContain("### Grantkeeper review: 1 function changes");
  });
});

test("the hooks of pre-commit run commands that exist, on the manifests of the checkout", async () => {
  forge = await ForgeServer.start("github");
  const hooks = parse(readFileSync(join(ROOT, ".pre-commit-hooks.yaml"), "utf8")) as readonly {
    readonly id: string;
    readonly entry: string;
  }[];
  // So that it writes nothing.
  const more: Readonly<Record<string, string>> = { "grantkeeper-fmt": "--check" };

  const ran = await Promise.all(
    hooks.map(async ({ id, entry }) => {
      const [program = "", ...args] = [...entry.split(" "), more[id] ?? []].flat();
      const { code, out } = await pipeline.run(process.execPath, [PROGRAM, ...args], {});
      return { id, program, code, counts: /^\d .*$/m.exec(out)?.[0] };
    }),
  );

  const program = "grantkeeper";
  expect(ran).toEqual([
    { id: "grantkeeper-validate", program, code: 0, counts: "3 documents: 0 errors, 1 warning" },
    { id: "grantkeeper-fmt", program, code: 2, counts: "3 files: 3 differ" },
  ]);
});
