import { readFileSync } from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { manifests, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";
import { ForgeServer } from "../../support/forge/forge-server.ts";
import { Pipeline } from "../../support/forge/pipeline.ts";
import {
  ACTION,
  codeQualityReport,
  component,
  PROGRAM,
  pullRequestEvent,
  RefusedInput,
  ROOT,
  runAction,
  runComponent,
} from "../../support/forge/review-jobs.ts";
import { WRONG } from "../../support/forge/reviewed-change.ts";
import { git } from "../../support/git/git-repository.ts";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { API, grants } from "../../support/screens/plan-command.ts";

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
  test("hands on values of the event as variables, and the script uses each of them", async () => {
    forge = await ForgeServer.start("github");
    const script = await readFile(join(ROOT, "actions/review/review.sh"), "utf8");
    const { runs } = parse(readFileSync(ACTION, "utf8")) as {
      readonly runs: { readonly steps: readonly { readonly run: string; readonly env?: object }[] };
    };
    const variables = Object.keys(runs.steps.at(-1)?.env ?? {}).filter((name) => name.startsWith("REVIEW_"));

    expect(runs.steps.filter((step) => step.run.includes("${{"))).toEqual([]);
    expect(variables.filter((name) => !script.includes(`$${name}`))).toEqual([]);
    expect(variables).toHaveLength(8);
  });

  test("reviews the commit of a fork, which it fetches as data, and asks the controller that its arguments name", async () => {
    forge = await ForgeServer.start("github");
    const asked = await AskedController.start();
    const files = { ...CHANGED_A, "package.json": "{}" };
    forge.pullRequest.head = await pipeline.committed("refs/pull/12/head", files);

    const { code, out } = await runAction(pullRequestEvent(forge.pullRequest.head), {
      pipeline,
      forge,
      inputs: { arguments: `--server\n${asked.server.url}\n` },
      env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
    });

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

  test("compares with the newest commit of the base, also if the checkout is older", async () => {
    forge = await ForgeServer.start("github");
    forge.pullRequest.head = await pipeline.committed("refs/pull/12/head", { [API]: grants(["customers"]) });
    await pipeline.committed("refs/heads/main", { "teams/orders/note.yaml": "# a note\n" });

    const { out } = await runAction(pullRequestEvent(forge.pullRequest.head), { pipeline, forge });

    expect(out).toContain("has newer manifests");
  });

  test("sets only statuses in a merge queue", async () => {
    forge = await ForgeServer.start("github");
    const base = (await git(pipeline.origin, ["rev-parse", "main"])).trim();
    const head = await pipeline.committed("refs/heads/queue", { [API]: grants(["orders", "customers"]) });

    const { code } = await runAction(
      { merge_group: { head_sha: head, base_sha: base, base_ref: "refs/heads/main" } },
      { pipeline, forge },
    );

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

    const { code, err } = await runAction(pullRequestEvent(head), { pipeline, forge, inputs });

    expect(code).toBe(1);
    expect(err).toContain("error: the event names no");
    expect(forge.requests).toEqual([]);
    expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe("");
  });
});

describe("the component of GitLab", () => {
  async function pushed(files: Values): Promise<void> {
    forge.pullRequest.head = await pipeline.committed("refs/heads/topic", files);
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "topic"]);
  }

  test("sets only the statuses of the commit that a merge train made", async () => {
    forge = await ForgeServer.start("gitlab");
    const changed = { [API]: grants(["orders", "customers"]) };
    await pushed(changed);
    const more = { "teams/orders/note.yaml": "# of another merge request in the train\n" };
    const train = await pipeline.committed("refs/heads/train", { ...changed, ...more });
    await git(pipeline.checkout, ["fetch", "--quiet", "origin", "train"]);

    const { code } = await runComponent("review", {
      pipeline,
      forge,
      env: {
        CI_MERGE_REQUEST_EVENT_TYPE: "merge_train",
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: forge.pullRequest.head,
        CI_COMMIT_SHA: train,
      },
    });

    expect(code).toBe(0);
    expect(forge.comments).toEqual([]);
    expect(forge.statuses.map(({ commit }) => commit)).toEqual([train, train]);
  });

  test("posts the review with the answer of the controller that its arguments name, and writes the report", async () => {
    forge = await ForgeServer.start("gitlab");
    const asked = await AskedController.start();
    await pushed({ ...CHANGED_A, [API]: WRONG });

    const { code } = await runComponent("review", {
      pipeline,
      forge,
      inputs: { arguments: `--server=${asked.server.url} --review-name=live` },
      env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN },
    });

    await asked.stop();
    expect(code).toBe(3);
    expect(await codeQualityReport(pipeline)).toContainEqual(
      expect.objectContaining({ check_name: "unknown-value" }),
    );
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

    const { code } = await runComponent("review", {
      pipeline,
      forge,
      inputs: { directory: "teams/orders", arguments: `--platform=${platform} --namespace=orders` },
    });

    expect(code).toBe(0);
    expect(forge.comments[0]?.body).toContain("### Grantkeeper review: 1 function changes");
  });
});

/** Prints its arguments, a line each, in place of the program. */
async function printingProgram(folder: string): Promise<string> {
  await mkdir(folder);
  const program = join(folder, "grantkeeper");
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@"\n`);
  await chmod(program, 0o755);
  return `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
}

describe("the input for more options of the components of GitLab", () => {
  test("hands on quotes, patterns and the words of shell commands as they are, and runs none of them", async () => {
    forge = await ForgeServer.start("gitlab");
    const base = (await git(pipeline.origin, ["rev-parse", "main"])).trim();
    const path = await printingProgram(join(pipeline.folder, "printing"));
    const options = "--review-name='a b' * $(touch x) `touch x` $HOME ${HOME} ;touch x # end";

    const { code, err } = await runComponent("review", {
      pipeline,
      forge,
      inputs: { arguments: options },
      env: { PATH: path, CI_COMMIT_SHA: base },
    });

    expect([code, err]).toEqual([0, ""]);
    const printed = await readFile(join(pipeline.checkout, "gl-code-quality-report.json"), "utf8");
    expect(printed.trim().split("\n").slice(-options.split(" ").length)).toEqual(options.split(" "));
    expect((await git(pipeline.checkout, ["status", "--porcelain"])).trim()).toBe(
      "?? gl-code-quality-report.json",
    );
  });

  test("refuses what would be another value in the text of the YAML", async () => {
    forge = await ForgeServer.start("gitlab");
    const values = [
      '--namespace=a" # the rest would be a comment',
      '--review-name="a b"',
      "--namespace=a\\",
      "--namespace=a\\x41",
    ];
    const isRefused = (template: "review" | "review-project", value: string): boolean => {
      try {
        component(template, { arguments: value });
        return false;
      } catch (cause) {
        return cause instanceof RefusedInput;
      }
    };

    expect(values.filter((value) => !isRefused("review", value))).toEqual([]);
    expect(values.filter((value) => !isRefused("review-project", value))).toEqual([]);
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
