import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { cli } from "../../../support/screens/cli.ts";

test("a person who starts it in a terminal gets an answer instead of silence", async () => {
  expect(await cli(["language-server"], { terminal: { isTerminal: true } })).toEqual({
    code: 1,
    out: "",
    err: "error: an editor starts this command\nhint:  docs/authoring.md has the settings of editors\n",
  });
});

test.each([
  {
    args: ["deploy"],
    error: /^error: deploy is only for --platform/,
    because: "a folder without --platform",
  },
  {
    args: ["--namespace", "orders"],
    error: /^error: --namespace belongs to --platform/,
    because: "a namespace alone",
  },
  { args: ["--platform", "/"], error: /^error: --platform needs --namespace/, because: "a platform alone" },
  {
    args: ["--platform", "https://git.example/permissions.git", "--namespace", "orders"],
    error: /^error: --platform: https:\S+ is not the folder of a checkout\nhint: +clone/,
    because: "a repository that would have to be fetched",
  },
  {
    args: ["--platform", "/", "--namespace", "orders"],
    error: /has no folder platform\//,
    because: "another folder",
  },
])("$because is refused before the editor is answered", async ({ args, error }) => {
  const { code, err } = await cli(["language-server", ...args]);

  expect(code).toBe(1);
  expect(err).toMatch(error);
});

test("a folder of manifests that does not exist is refused before the editor is answered", async () => {
  const platform = await mkdtemp(join(tmpdir(), "gk-language-command-"));
  try {
    await mkdir(join(platform, "platform"));
    const at = ["gone", "--platform", platform, "--namespace", "orders"];

    const { code, err } = await cli(["language-server", ...at]);

    expect(code).toBe(1);
    expect(err).toMatch(/gone is not a folder\nhint: +name the folder of the manifests/);
  } finally {
    await rm(platform, { recursive: true });
  }
});
