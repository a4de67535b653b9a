import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const CHECKOUT = join(import.meta.dirname, "../../..");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "words-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Each problem as `file: what`. */
async function problemsIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const args = [join(CHECKOUT, "bin/launch.mjs"), join(CHECKOUT, "tools/words/check-words.ts")];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, _out, errors) => {
      resolve(errors.split("\n").filter((line) => line !== ""));
    });
  });
}

test("an avoided word is found in every kind of text and name, and a type name that two files export", async () => {
  const problems = await problemsIn({
    "src/a.ts": 'const text = `${1} and whoever`;\n// It tells it.\nexport type Row = "x";\n',
    "src/b.ts": "export interface Row {}\nexport class Other {}\nexport const pitHole = 1;\n",
    "docs/a.md": "All is well.\nNobody knows.\n",
    "deploy/x/a.yaml": "# at once\na: 1\n",
    "examples/a.yml": "a: 1 # beside it\n",
    Dockerfile: "# It stands there.\n",
    "README.md": "The controller reports what it finds.\n",
  });

  expect(problems.map((line) => line.replace(/: write .*/, ""))).toEqual([
    'Dockerfile:1: "stands"',
    'deploy/x/a.yaml:1: "at once"',
    'docs/a.md:2: "Nobody"',
    'examples/a.yml:1: "beside"',
    'src/a.ts:1: "whoever"',
    'src/a.ts:2: "tells"',
    'src/b.ts:3: "pitHole"',
    'src/a.ts, src/b.ts: each exports a type "Row"',
  ]);
});
