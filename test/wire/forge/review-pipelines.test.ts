import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse, parseAllDocuments } from "yaml";
import { ForgeServer, PULL_REQUEST, TOKEN } from "../../support/forge/forge-server.ts";
import { git } from "../../support/git/git-repository.ts";
import { profileText } from "../../support/profiles.ts";
import { waiver } from "../../unit/manifest/compile/compilation.ts";
import { API, commitBase, grants, writeManifests } from "../../support/screens/plan-command.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PROGRAM = join(ROOT, "bin/grantkeeper.mjs");

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;
let origin: string;
let checkout: string;
let forge: ForgeServer;

/** A repository with a base branch, a pull request of a fork that is no branch of it, and a checkout of the base. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gk-pipeline-"));
  [origin, checkout] = [join(folder, "origin"), join(folder, "checkout")];
  await git(folder, ["init", "--quiet", "-b", "main", "origin"]);
  await commitBase(origin);
  await git(origin, ["branch", "-M", "main"]);
  await git(origin, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  await git(folder, ["clone", "--quiet", `file://${origin}`, "checkout"]);
});
afterEach(async () => {
  await forge.end();
  await rm(folder, { recursive: true });
});

async function committed(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
  await git(origin, ["checkout", "--quiet", "--detach", "main"]);
  await writeManifests(origin, files);
  await git(origin, ["add", "."]);
  await git(origin, ["commit", "--quiet", "-m", "change"]);
  await git(origin, ["update-ref", branch, "HEAD"]);
  return (await git(origin, ["rev-parse", "HEAD"])).trim();
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const { promise, resolve } = Promise.withResolvers<Ran>();
  const all = { PATH: process.env["PATH"] ?? "", HOME: folder, ...env };
  execFile(command, args, { cwd: checkout, env: all, encoding: "utf8" }, (error, out, err) => {
    resolve({ code: error === null ? 0 : Number(error.code), out, err });
  });
  return promise;
}

describe("the action of GitHub", () => {
  interface Step {
    readonly run: string;
    readonly env?: Readonly<Record<string, string>>;
  }
  const file = readFileSync(join(ROOT, "actions/review/action.yml"), "utf8");
  const { steps } = (parse(file) as { readonly runs: { readonly steps: readonly Step[] } }).runs;

  const reviewed = (head: string, change: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    run("bash", [join(ROOT, "actions/review/review.sh")], {
      REVIEW_DIRECTORY: ".",
      REVIEW_BASE: "main",
      REVIEW_HEAD: head,
      REVIEW_PULL_REQUEST: String(PULL_REQUEST),
      REVIEW_TARGET: "refs/heads/main",
      REVIEW_MERGE_STATUS: "true",
      REVIEW_ARGUMENTS: "",
      GRANTKEEPER_FORGE_TOKEN: TOKEN,
      GITHUB_REPOSITORY: "acme/permissions",
      GITHUB_REF: "refs/heads/main",
      GITHUB_API_URL: forge.url,
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      ...change,
    });

  test("hands on values of the event as variables, and the script uses each of them", async () => {
    const script = await readFile(join(ROOT, "actions/review/review.sh"), "utf8");
    const variables = Object.keys(steps.at(-1)?.env ?? {}).filter((name) => name.startsWith("REVIEW_"));

    expect(steps.filter((step) => step.run.includes("${{"))).toEqual([]);
    expect(variables.filter((name) => !script.includes(`$${name}`))).toEqual([]);
    expect(variables).toHaveLength(7);
  });

  test("reviews the commit of a fork, which it fetches as data", async () => {
    forge = await ForgeServer.start("github");
    const files = { [API]: grants(["orders", "customers"]), "package.json": "{}" };
    forge.pullRequest.head = await committed("refs/pull/12/head", files);

    const { code, out } = await reviewed(forge.pullRequest.head);

    expect(code).toBe(0);
    expect(out).toContain("### Grantkeeper review: 1 function changes");
    expect(await readFile(join(folder, "summary"), "utf8")).toBe(out);
    expect(forge.comments).toHaveLength(1);
    expect(forge.statuses.map(({ name, state }) => `${name}: ${state}`)).toEqual([
      "grantkeeper/review/auto-merge/main: failure",
      "grantkeeper/review: success",
    ]);
    expect((await git(checkout, ["status", "--porcelain"])).trim()).toBe("");
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
    await committed("refs/heads/main", base);
    const files = { [API]: grants(["orders"]), [file]: text };
    forge.pullRequest.head = await committed("refs/pull/12/head", files);

    const { code } = await reviewed(forge.pullRequest.head);

    expect(code).toBe(0);
    expect(forge.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining(`\n- Platform: <code>${why.replaceAll(":", "&#58;")}</code>\n`),
    ]);
    expect(forge.statuses.map(({ name, state, text: shown }) => `${name}: ${state}: ${shown}`)).toEqual([
      `grantkeeper/review/auto-merge/main: failure: ${why}`,
      "grantkeeper/review: success: 1 function changes, 0 are unchanged",
    ]);
    expect((await git(checkout, ["status", "--porcelain"])).trim()).toBe("");
  });

  test("compares with the newest commit of the base, also if the checkout is older", async () => {
    forge = await ForgeServer.start("github");
    forge.pullRequest.head = await committed("refs/pull/12/head", { [API]: grants(["customers"]) });
    await committed("refs/heads/main", { "teams/orders/note.yaml": "# a note\n" });

    const { out } = await reviewed(forge.pullRequest.head);

    expect(out).toContain("has newer manifests");
  });

  test("sets only statuses in a merge queue", async () => {
    forge = await ForgeServer.start("github");
    const base = (await git(origin, ["rev-parse", "main"])).trim();
    const head = await committed("refs/heads/queue", { [API]: grants(["orders", "customers"]) });

    const { code } = await reviewed(head, { REVIEW_BASE: base, REVIEW_PULL_REQUEST: "" });

    expect(code).toBe(0);
    expect(forge.comments).toEqual([]);
    expect(forge.statuses.map(({ commit }) => commit)).toEqual([head, head]);
  });

  test.each([
    { REVIEW_HEAD: "--upload-pack=touch x" },
    { REVIEW_HEAD: "$(touch x)" },
    { REVIEW_BASE: "a b;touch x" },
    { REVIEW_BASE: "" },
  ])("refuses %j", async (change) => {
    forge = await ForgeServer.start("github");
    const head = (await git(origin, ["rev-parse", "main"])).trim();

    const { code, err } = await reviewed(head, change);

    expect(code).toBe(1);
    expect(err).toContain("error: the event names no");
    expect(forge.requests).toEqual([]);
    expect((await git(checkout, ["status", "--porcelain"])).trim()).toBe("");
  });
});

describe("the component of GitLab", () => {
  interface Component {
    readonly "grantkeeper-review": { readonly script: readonly string[] };
  }
  const text = readFileSync(join(ROOT, "templates/review.yml"), "utf8");
  const given = text.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name) =>
    name === "merge-status" ? "true" : name === "directory" ? "." : "x",
  );
  const [, component] = parseAllDocuments(given).map((one) => one.toJS() as Component);

  /** The program as it is in the image. */
  async function withProgram(): Promise<string> {
    const program = join(folder, "grantkeeper");
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
    await chmod(program, 0o755);
    return `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
  }

  test("posts the review and writes the report of Code Quality", async () => {
    forge = await ForgeServer.start("gitlab");
    const wrong = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");
    forge.pullRequest.head = await committed("refs/heads/topic", { [API]: wrong });
    await git(checkout, ["fetch", "--quiet", "origin", "topic"]);

    const { code } = await run(
      "sh",
      ["-e", "-c", component?.["grantkeeper-review"].script.join("\n") ?? ""],
      {
        PATH: await withProgram(),
        REVIEW_DIRECTORY: ".",
        REVIEW_MERGE_STATUS: "true",
        GRANTKEEPER_FORGE_TOKEN: TOKEN,
        CI_COMMIT_SHA: forge.pullRequest.head,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
        CI_MERGE_REQUEST_IID: String(PULL_REQUEST),
        CI_PROJECT_PATH: "acme/permissions",
        CI_API_V4_URL: forge.url,
      },
    );

    const report = JSON.parse(
      await readFile(join(checkout, "gl-code-quality-report.json"), "utf8"),
    ) as unknown;
    expect(code).toBe(3);
    expect(report).toMatchObject([{ check_name: "BND-004" }, { check_name: "unknown-value" }]);
    expect(forge.comments.map(({ at }) => at)).toEqual([null, `${API}:9`]);
    expect(forge.statuses.map(({ state }) => state)).toEqual(["failed", "failed"]);
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
      const { code, out } = await run(process.execPath, [PROGRAM, ...args], {});
      return { id, program, code, counts: /^\d .*$/m.exec(out)?.[0] };
    }),
  );

  const program = "grantkeeper";
  expect(ran).toEqual([
    { id: "grantkeeper-validate", program, code: 0, counts: "3 documents: 0 errors, 1 warning" },
    { id: "grantkeeper-fmt", program, code: 2, counts: "3 files: 3 differ" },
  ]);
});
