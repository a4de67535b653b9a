import { execFile, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { functionText, NARROW_PLATFORM_FILES } from "../../support/manifests.ts";
import { cli } from "../../support/screens/cli.ts";

/** In CI the program must be there. */
const HAS_NEOVIM = process.env["CI"] === "true" || spawnSync("nvim", ["--version"]).status === 0;
if (!HAS_NEOVIM) console.warn("skipped: install Debian's neovim to try the language server in an editor");

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const API = "teams/orders/api.yaml";
const MISTAKE = functionText("api", "  grants: [{dynamodb: {table: orders, allow: [reed]}}]\n");

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gk-neovim-"));
  for (const [path, text] of Object.entries({ ...NARROW_PLATFORM_FILES, [API]: MISTAKE })) {
    await mkdir(dirname(join(folder, "permissions", path)), { recursive: true });
    await writeFile(join(folder, "permissions", path), text);
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** The settings of the documentation, and the command that they name. */
async function prepare(): Promise<string> {
  const page = await readFile(join(ROOT, "docs/authoring.md"), "utf8");
  const [, settings = ""] = /^ *```lua\n([^`]*"language-server"[^`]*)```/m.exec(page) ?? [];
  await writeFile(join(folder, "settings.lua"), settings);
  const program = join(folder, "grantkeeper");
  await writeFile(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, "bin/grantkeeper.mjs")}' "$@"\n`,
  );
  await chmod(program, 0o755);
  return join(folder, "settings.lua");
}

(HAS_NEOVIM ? describe : describe.skip)("Neovim with the documented settings", () => {
  test("shows a mistake, applies its fix, saves a manifest that is valid, and finds the account", async () => {
    const settings = await prepare();
    const permissions = join(folder, "permissions");
    const script = join(ROOT, "test/support/language/neovim.lua");

    const { stdout, stderr } = await promisify(execFile)(
      "nvim",
      ["--headless", "--clean", "-n", "-l", script, settings, join(permissions, API)],
      {
        cwd: folder,
        env: { HOME: folder, PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` },
        timeout: 29_000,
      },
    );

    expect(
      JSON.parse(`${stdout}${stderr}`.split("\n").findLast((line) => line.startsWith("{")) ?? ""),
    ).toEqual({
      problem: { code: "unknown-value", source: "grantkeeper", line: 6, word: "reed" },
      hover: expect.stringContaining("`arn:aws:dynamodb:eu-west-1:222222222222:table/orders`"),
      definition: { file: "accounts.yaml", line: 3 },
    });
    expect(await readFile(join(permissions, API), "utf8")).toBe(MISTAKE.replace("reed", "read"));
    expect(await cli(["validate", permissions])).toMatchObject({
      code: 0,
      out: "3 documents: 0 errors, 0 warnings\n",
    });
  });
});
