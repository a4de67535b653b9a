import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { cli, type CliRun } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-review-"));
  await commitBase(root);
  await git(root, ["branch", "-M", "main"]);
});
afterEach(() => rm(root, { recursive: true }));

async function commit(files: Readonly<Record<string, string>>, branch: string): Promise<void> {
  const isNew = (await git(root, ["branch", "--list", branch])) === "";
  await git(root, ["checkout", "--quiet", ...(isNew ? ["-b"] : []), branch]);
  await writeManifests(root, files);
  await git(root, ["add", "."]);
  await git(root, ["commit", "--quiet", "-m", "change"]);
}

const review = (...more: readonly string[]): Promise<CliRun> =>
  cli(["review", root, "--base", "main", "--head", "topic", ...more]);

interface Printed {
  readonly autoMergeable: boolean;
  readonly whyNot: readonly { readonly code: string; readonly reason: string }[];
  readonly changes: readonly { readonly target: string }[];
  readonly problems: readonly { readonly code: string; readonly state: string }[];
  readonly gone: readonly { readonly code: string }[];
  readonly corrections: readonly { readonly after: string }[];
  readonly risks: readonly { readonly risks: readonly string[] }[];
}

async function reviewed(): Promise<Printed> {
  return JSON.parse((await review("-o", "json")).out) as Printed;
}

const OTHERS = "files that are no manifests change, which are not part of this review";
const WRONG = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]}\n");
const inFolder = (tables: readonly string[]) => ({
  ...Object.fromEntries(Object.entries(PLATFORM_FILES).map(([path, text]) => [`deploy/${path}`, text])),
  [`deploy/${API}`]: grants(tables),
});
const TAMPERING = grants(
  ["orders"],
  '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: "logs:DeleteLogGroup", Resource: "arn:aws:logs:eu-west-1:222222222222:log-group:orders"}\n',
);

describe("a review", () => {
  test("shows what the branch changes and not what its base has in addition", async () => {
    await commit({ [API]: grants(["orders", "customers"]) }, "topic");
    await commit({ "teams/search/index.yaml": functionText("index", "") }, "main");

    const { changes, autoMergeable, whyNot } = await reviewed();

    expect(changes.map(({ target }) => target)).toEqual(["prod/eu-west-1"]);
    expect(autoMergeable).toBe(false);
    expect(whyNot.map(({ reason }) => reason)).toContain(
      "main has newer manifests, which are not part of this review",
    );
  });

  test("of a base that is broken claims no new access, and does not merge by itself", async () => {
    await commit({ [API]: WRONG.replace("sendd", "sned") }, "main");
    await commit({ [API]: grants(["orders", "customers"]) }, "topic");

    const { out } = await review();
    const { autoMergeable, whyNot, risks } = await reviewed();
    const markdown = (await review("-o", "markdown")).out;

    expect(out).toContain("NEW ACCESS\norders/api: not known: the base is broken\n");
    expect(out).toMatch(/new access not known: the base is broken\s+\(teams\/orders\/api\.yaml:\d+:\d+: /);
    expect(markdown).toContain("not known: the base is broken");
    expect(out + markdown).not.toMatch(/newly allowed|not declared before|allows more|^ +\+ /m);
    expect([autoMergeable, whyNot.map(({ code }) => code), risks]).toEqual([false, ["not-read"], []]);
  });

  test("may merge by itself after commits of the base that change no manifest", async () => {
    await commit({ [API]: grants(["orders", "customers"]) }, "main");
    await commit({ [API]: grants(["orders"]) }, "topic");
    await commit({ "README.md": "hello" }, "main");

    expect(await reviewed()).toMatchObject({ autoMergeable: true, whyNot: [] });
  });

  test("does not merge by itself if it changes other files, such as code", async () => {
    await commit({ [API]: grants(["orders", "customers"]) }, "main");
    await commit({ [API]: grants(["orders"]), "src/index.js": "x" }, "topic");

    expect(await reviewed()).toMatchObject({
      autoMergeable: false,
      whyNot: [{ code: "not-read", reason: OTHERS }],
    });
  });

  test("of a folder in a larger repository counts the files outside of it", async () => {
    await commit(inFolder(["orders", "customers"]), "main");
    await commit(inFolder(["orders"]), "topic");
    const base = ["review", join(root, "deploy"), "--base", "main"];
    const inside = await cli([...base, "--head", "topic", "-o", "json"]);
    await commit({ "README.md": "x" }, "topic");
    const outside = await cli([...base, "--head", "topic", "-o", "json"]);

    expect(JSON.parse(inside.out)).toMatchObject({ autoMergeable: true });
    expect(JSON.parse(outside.out)).toMatchObject({ autoMergeable: false });
  });

  test("takes a merge that brings old manifests back as newer manifests", async () => {
    await commit({ [API]: grants(["orders", "customers"]) }, "main");
    await git(root, ["branch", "side"]);
    await commit({ [API]: grants(["orders"]) }, "main");
    await git(root, ["branch", "topic"]);
    await commit({ "README.md": "x" }, "side");
    const merge = ["commit-tree", "side^{tree}", "-p", "main", "-p", "side", "-m", "merge"];
    await git(root, ["update-ref", "refs/heads/main", (await git(root, merge)).trim()]);
    await git(root, ["checkout", "--quiet", "--force", "topic"]);
    await commit({ [API]: `${grants(["orders"])}# a comment\n` }, "topic");

    expect((await reviewed()).whyNot.map(({ reason }) => reason)).toContain(
      "main has newer manifests, which are not part of this review",
    );
  });

  test.each(["teams/orders/deploy.sh", "platform/terraform/main.tf", "teams/orders/notes.yaml"])(
    "does not merge by itself if it changes %s, which is no manifest",
    async (path) => {
      await commit({ [path]: "# a comment\n" }, "topic");

      expect(await reviewed()).toMatchObject({
        autoMergeable: false,
        whyNot: [{ code: "not-read", reason: OTHERS }],
      });
    },
  );

  test("of a service whose manifests are at the root does not merge its code by itself", async () => {
    const service = join(root, "service");
    await writeManifests(service, { "api.yaml": grants(["orders"]) });
    await git(service, ["init", "--quiet", "-b", "main"]);
    await git(service, ["add", "."]);
    await git(service, ["commit", "--quiet", "-m", "base"]);
    await writeManifests(service, { "src/handler.js": "x\n" });
    await git(service, ["add", "."]);
    await git(service, ["commit", "--quiet", "-m", "code"]);
    const platform = ["--platform", root, "--namespace", "orders"];

    const { out } = await cli(["review", service, "--base", "HEAD~1", "--head", "HEAD", ...platform]);

    expect(out).toContain("This change does not merge by itself\n");
    expect(out).toContain(OTHERS);
  });

  test("of a working tree with changes does not merge by itself", async () => {
    await writeManifests(root, { [API]: `${grants(["orders"])}# a comment\n` });

    const { out } = await cli(["review", root, "--base", "main"]);

    expect(out).toContain("the working tree has changes that are not committed");
  });

  test("of a folder that does not exist is refused by name", async () => {
    const { code, err } = await cli(["review", join(root, "nothing"), "--base", "main"]);

    expect(code).toBe(1);
    expect(err).toContain("nothing does not exist");
  });

  test("shows new access and its risk on the screen", async () => {
    await commit({ [API]: TAMPERING }, "topic");

    expect((await review()).out).toContain("NEW ACCESS\norders/api: 1 newly allowed action, risk: tamper\n");
  });

  test("has no command for the runner in its Markdown", async () => {
    const text = grants(["orders"], "    - sqs: {queue: orders, allow: [sendd]} # ##[error]x\n");
    await commit({ [API]: text }, "topic");
    const args = ["review", root, "--base", "main", "--head", "topic", "-o", "markdown"];

    const { out } = await cli(args, { env: { GITHUB_ACTIONS: "true" } });

    expect(out).not.toContain("##[");
  });

  test("keeps new, unchanged and gone problems apart", async () => {
    await commit({ "teams/search/index.yaml": functionText("index", "  x: 1\n  y: 1\n") }, "main");
    await git(root, ["branch", "topic"]);
    const files = { [API]: WRONG, "teams/search/index.yaml": functionText("index", "  x: 1\n") };
    await commit(files, "topic");

    const { problems, gone, corrections } = await reviewed();
    const { out } = await review();

    expect(problems.map(({ code, state }) => `${code}: ${state}`)).toEqual([
      "BND-004: unchanged",
      "unknown-value: new",
      "unknown-field: unchanged",
    ]);
    expect(gone.map(({ code }) => code)).toEqual(["unknown-field"]);
    expect(corrections.map(({ after }) => after)).toEqual(["    - sqs: {queue: orders, allow: [send]}"]);
    expect(out).toMatch(/\nNEW PROBLEMS\nerror: teams\/orders\/api\.yaml:9:\d+: unknown-value: /);
    expect(out).toContain("\nNO LONGER A PROBLEM\nteams/search/index.yaml:");
    expect(out).toContain("\n2 problems are as in the base: grantkeeper validate lists them\n");
  });

  test("names the risk of new access", async () => {
    await commit({ [API]: TAMPERING }, "topic");

    expect((await reviewed()).risks).toEqual([
      { name: "orders/api", target: "prod/eu-west-1", risks: ["tamper"] },
    ]);
    expect((await review("-o", "markdown")).out).toContain("| 1 newly allowed action, risk: tamper |");
  });

  test.each([
    { clone: "complete", options: [], isShallow: false, hint: "name the branch that this one began at" },
    {
      clone: "shallow",
      options: ["--depth", "1"],
      isShallow: true,
      hint: "fetch the complete history: git fetch --unshallow",
    },
  ])("of a branch without a common commit in a $clone clone has its own hint and code 1", async (one) => {
    await git(root, ["checkout", "--quiet", "--orphan", "topic"]);
    await git(root, ["commit", "--quiet", "-m", "other"]);
    const copy = join(root, "copy");
    await git(root, ["clone", "--quiet", "--no-single-branch", ...one.options, `file://${root}`, copy]);

    const { code, err } = await cli(["review", copy, "--base", "origin/main", "--head", "origin/topic"]);

    const text = err.replaceAll(/\n +/g, " ");
    expect(code).toBe(1);
    expect(text).toContain('"origin/main" and "origin/topic" have no commit in common');
    expect(text.includes(", which is a shallow clone")).toBe(one.isShallow);
    expect(text).toContain(`hint:  ${one.hint}`);
  });

  test("of an unknown base is refused by name", async () => {
    const { err } = await cli(["review", root, "--base", "nothing"]);

    expect(err).toContain('"nothing" is not a commit of the repository');
  });

  test("of the working tree includes what is not committed", async () => {
    await writeManifests(root, { [API]: grants(["orders", "customers"]) });

    const { out, code } = await cli(["review", root, "--base", "main"]);

    expect(code).toBe(0);
    expect(out).toContain("+ dynamodb read  table/customers");
  });
});
