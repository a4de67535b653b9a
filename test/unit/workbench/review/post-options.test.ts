import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git } from "../../../support/git/git-repository.ts";
import { cli, type CliRun } from "../../../support/screens/cli.ts";
import { commitBase } from "../../../support/screens/plan-command.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-review-"));
  await commitBase(root);
  await git(root, ["branch", "-M", "main"]);
});
afterEach(() => rm(root, { recursive: true }));

const review = (...more: readonly string[]): Promise<CliRun> =>
  cli(["review", root, "--base", "main", "--head", "main", ...more]);

describe("only a commit is posted", () => {
  test.each([
    { args: ["--post", "github"], message: "the repository is not known" },
    { args: ["--post", "gitea"], message: "the address of the forge is not known" },
    {
      args: ["--post", "github", "--repository", "a/b", "--api-url", "http://forge.example"],
      message: "--api-url is not an https:// address without a login",
    },
    {
      args: ["--post", "github", "--repository", "a/b", "--api-url", "https://:secret@forge.example"],
      message: "--api-url is not an https:// address without a login",
    },
    { args: ["--post", "github", "--repository", "../x/y"], message: '"../x/y" is not a repository' },
    { args: ["--post", "github", "--repository", "a/b"], message: "there is no token for the forge" },
    { args: ["--merge-status"], message: "belong to --post" },
    { args: ["--post", "github", "--pull-request", "0"], message: "expected the number" },
    { args: ["--review-name", "-->"], message: "expected at most 30" },
    {
      args: ["--post", "github", "--repository", "a/b", "--token-file", "/nothing/there"],
      message: "cannot read /nothing/there (ENOENT)",
    },
  ])("and $args is refused", async ({ args, message }) => {
    const { code, err } = await review(...args);

    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  test("a token that no header takes is refused without being shown", async () => {
    const args = ["--base", "main", "--head", "main", "--post", "github", "--repository", "a/b"];

    const { err } = await cli(["review", root, ...args], { env: { GRANTKEEPER_FORGE_TOKEN: "a b" } });

    expect(err).toContain("characters that no header takes");
    expect(err).not.toContain("a b");
  });

  test("and the working tree is refused", async () => {
    const args = ["--base", "main", "--post", "github", "--repository", "a/b"];

    const { err } = await cli(["review", root, ...args], { env: { GRANTKEEPER_FORGE_TOKEN: "t" } });

    expect(err).toContain("only a commit can be posted");
  });
});
