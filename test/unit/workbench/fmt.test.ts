import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { rewriteFile } from "../../../src/workbench/format/rewrite-file.ts";
import { cli } from "../../support/screens/cli.ts";

let root: string;
/** As it is shown, from here. */
let shown: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-fmt-"));
  shown = relative(".", root);
});

afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const textOf = (path: string): Promise<string> => readFile(join(root, path), "utf8");

const UNFORMATTED = "kind:   Team\napiVersion: grantkeeper.dev/v1alpha1\n";
const FORMATTED = "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\n";

describe("fmt", () => {
  test("writes what differs, keeps permissions of files, and leaves nothing else", async () => {
    await write({ "platform/a.yaml": UNFORMATTED, "teams/x/b.yaml": FORMATTED, "charts/c.yaml": "a:   1\n" });
    await chmod(join(root, "platform/a.yaml"), 0o640);

    expect(await cli(["fmt", root])).toEqual({
      code: 0,
      out: `formatted ${shown}/platform/a.yaml\n2 files: 1 formatted\n`,
      err: "",
    });
    expect(await textOf("platform/a.yaml")).toBe(FORMATTED);
    expect(await textOf("charts/c.yaml")).toBe("a:   1\n");
    expect((await lstat(join(root, "platform/a.yaml"))).mode & 0o777).toBe(0o640);
    expect(await readdir(join(root, "platform"))).toEqual(["a.yaml"]);
    expect(await cli(["fmt", root, "--check"])).toMatchObject({ code: 0, out: "2 files: 0 formatted\n" });
  });

  test("--check writes nothing, and names the first line that differs", async () => {
    await write({ "teams/x/b.yaml": UNFORMATTED, "teams/x/c.yaml": "a: 1\nb:   2\n" });

    expect(await cli(["fmt", root, "--check"])).toEqual({
      code: 2,
      out: `differs ${shown}/teams/x/b.yaml:1\ndiffers ${shown}/teams/x/c.yaml:2\n2 files: 2 differ\nhint:  grantkeeper fmt\n`,
      err: "",
    });
    expect(await textOf("teams/x/b.yaml")).toBe(UNFORMATTED);
  });

  test("a file that cannot be read as YAML stays, and the others are formatted", async () => {
    await write({ "teams/x/a.yaml": "a: 1\na: 2\n", "teams/x/b.yaml": UNFORMATTED });

    const { code, out } = await cli(["fmt", root]);

    expect({ code, out }).toEqual({
      code: 3,
      out:
        `formatted ${shown}/teams/x/b.yaml\n` +
        `error: ${shown}/teams/x/a.yaml:2:1: duplicate key "a"\nhint:  keep one of them\n` +
        "2 files: 1 formatted, 1 error\n",
    });
    expect(await textOf("teams/x/a.yaml")).toBe("a: 1\na: 2\n");
    expect(JSON.parse((await cli(["fmt", root, "-o", "json"])).out)).toMatchObject({
      errors: 1,
      files: [{ state: "invalid" }, { state: "unchanged" }],
    });
  });

  test("links are not followed, and ignored files are not read, as in a repository", async () => {
    await write({ "other.yaml": UNFORMATTED, "teams/x/kept.yaml": UNFORMATTED, ".gitignore": "kept.yaml\n" });
    await symlink("../../other.yaml", join(root, "teams/x/link.yaml"));
    execFileSync("git", ["init", "-q", root]);

    expect(await cli(["fmt", root])).toMatchObject({
      code: 3,
      out: expect.stringMatching(/link\.yaml:1:1: .*symbolic link.*\n[^]*0 files: 0 formatted, 1 error\n$/),
    });
    expect([await textOf("other.yaml"), await textOf("teams/x/kept.yaml")]).toEqual([
      UNFORMATTED,
      UNFORMATTED,
    ]);
  });

  test.each([
    ["other.yaml", /other\.yaml is outside platform\/ and teams\//],
    ["teams/x/notes.txt", /notes\.txt is not a manifest/],
    ["absent.yaml", /absent\.yaml does not exist/],
  ])("refuses %s", async (path, message) => {
    await write({ "other.yaml": UNFORMATTED, "teams/x/notes.txt": "a", "platform/a.yaml": "" });

    expect(await cli(["fmt", join(root, path)])).toMatchObject({
      code: 1,
      err: expect.stringMatching(message),
    });
  });

  test("one file and one folder of a repository", async () => {
    await write({
      "teams/x/a.yaml": UNFORMATTED,
      "teams/y/b.yaml": UNFORMATTED,
      "teams/z/c.yaml": UNFORMATTED,
    });

    expect(await cli(["fmt", join(root, "teams/x/a.yaml"), join(root, "teams/y")])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/2 files: 2 formatted\n$/),
    });
    expect(await textOf("teams/z/c.yaml")).toBe(UNFORMATTED);
  });

  test("in the repository of a service only manifests are formatted", async () => {
    await write({ "grants/a.yaml": UNFORMATTED, "deploy.yaml": "a:   1\n" });

    expect(await cli(["fmt", root])).toMatchObject({ out: expect.stringMatching(/1 file: 1 formatted\n$/) });
    expect(await textOf("deploy.yaml")).toBe("a:   1\n");
    expect(await cli(["fmt", join(root, "deploy.yaml")])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/deploy\.yaml is not a manifest\nhint: {2}write apiVersion/),
    });
  });

  test("an empty folder has no manifests", async () => {
    expect(await cli(["fmt", root])).toEqual({ code: 0, out: "No manifests found\n", err: "" });
  });

  test("--stdin prints the text, or the problems and nothing else", async () => {
    expect(await cli(["fmt", "--stdin"], { stdin: UNFORMATTED })).toEqual({
      code: 0,
      out: FORMATTED,
      err: "",
    });
    expect(await cli(["fmt", "--stdin", "--check"], { stdin: UNFORMATTED })).toEqual({
      code: 2,
      out: "",
      err: "",
    });
    expect(await cli(["fmt", "--stdin", "--check"], { stdin: FORMATTED })).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    expect(await cli(["fmt", "--stdin"], { stdin: "a: 1\na: 2\n" })).toEqual({
      code: 3,
      out: "",
      err: 'error: standard input:2:1: duplicate key "a"\nhint:  keep one of them\n',
    });
    expect(await cli(["fmt", "--stdin", "x"])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--stdin takes no PATH/),
    });
  });

  test("a file that another program changed meanwhile is not replaced", async () => {
    await write({ "a.yaml": "new" });
    const path = join(root, "a.yaml");

    await expect(rewriteFile({ path, bytes: Buffer.from("old"), mode: 0o644 }, "x")).rejects.toMatchObject({
      name: "CliError",
    });
    expect(await readdir(root)).toEqual(["a.yaml"]);
    expect(await textOf("a.yaml")).toBe("new");
  });
});
