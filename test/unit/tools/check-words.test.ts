import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

const CHECKOUT = join(import.meta.dirname, "../../..");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "words-"));
});
afterEach(() => rm(folder, { recursive: true }));

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

function withoutAdvice(problems: readonly string[]): readonly string[] {
  return problems.map((line) => line.replace(/: write .*/, ""));
}

test("an avoided word is found in every kind of text and name, and a name that is exported and has two meanings, or a type name that is too general", async () => {
  const problems = await problemsIn({
    "src/a.ts":
      'const text = `${1} and whoever`;\n// It tells it.\nexport type Row = "x";\n// What is known before a read. What was not read is unknown.\n',
    "src/b.ts":
      "export interface Row {}\nexport class Other {}\ninterface Found {}\nexport const pitHole = 1;\ntype WrittenRow = 1;\nconst taken = 1;\n",
    "src/c.ts": "type Other = 1;\ntype Own = 1;\nexport function rowOf() {}\nfunction textOf() {}\n",
    "src/d.ts": "export async function rowOf() {}\nexport function textOf() {}\n",
    "docs/a.md": "All is well.\nNobody knows.\n",
    "deploy/x/a.yaml": "# at once\na: What these files declared.\n",
    "examples/a.yml": "a: 1 # beside it\n",
    Dockerfile: "# It stands there.\n",
    "README.md": "The controller reports what it finds.\n",
  });

  expect(withoutAdvice(problems)).toEqual([
    'Dockerfile:1: "stands"',
    'deploy/x/a.yaml:1: "at once"',
    'deploy/x/a.yaml:2: ": What t"',
    'docs/a.md:2: "Nobody"',
    'examples/a.yml:1: "beside"',
    'src/a.ts:1: "whoever"',
    'src/a.ts:2: "tells"',
    'src/a.ts:4: "What was not read is u"',
    'src/b.ts:4: "pitHole"',
    'src/b.ts:6: "taken"',
    'src/a.ts, src/b.ts: each exports a type "Row"',
    'src/c.ts: type "Other": src/b.ts exports another one of this name',
    'src/b.ts: type "Found"',
    'src/b.ts: type "WrittenRow"',
    'src/c.ts, src/d.ts: each exports a function "rowOf"',
  ]);
});

test("words are found in the sense in which they are avoided, and not in another one", async () => {
  const lines = [
    "A hold waits, as describe hold 31d5 shows. Grantkeeper holds it until each hold is approved.",
    "The whole record. A whole number, and the whole minutes.",
    "The role has room. The default is right. The right column is empty.",
    "It gives a permission away. It gives an answer, and takes 3 seconds.",
    "Accounts come and go. An answer comes later. A permission goes, a caller goes to the end.",
    "not judged offline: SHR-001. It is not judged.",
    "It has the right to push.",
    "# Title: Who pays",
    "It is read. What is not read is named. What is it?",
    "Who calls it is shown.",
  ];
  const source = "class Loop {\n  #hasRoom = 1;\n  #whole = 2;\n  #goesOn = 3;\n}\n";

  const problems = await problemsIn({ "docs/senses.md": `${lines.join("\n")}\n`, "src/loop.ts": source });

  expect(withoutAdvice(problems).filter((line) => /senses|loop/.test(line))).toEqual([
    'docs/senses.md:1: "A hold"',
    'docs/senses.md:1: "each hold"',
    'docs/senses.md:2: "The whole"',
    'docs/senses.md:3: "room"',
    'docs/senses.md:3: "is right"',
    'docs/senses.md:4: "gives a permission"',
    'docs/senses.md:5: "come and go"',
    'docs/senses.md:5: "permission goes"',
    'docs/senses.md:6: "not judged offline"',
    'docs/senses.md:7: "the right to"',
    'docs/senses.md:10: "Who c"',
    'src/loop.ts:2: "#hasRoom"',
    'src/loop.ts:3: "#whole"',
    'src/loop.ts:4: "#goesOn"',
  ]);
});

test("the docstring of an export is more than a phrase without its noun", async () => {
  const source = [
    "/** Of the new lease. */\nexport const a = 1;",
    "/** The epoch of the new lease. */\nexport const b = 1;",
    "/** Of a role, if it was read. */\nexport const c = 1;",
    "/** Of the old lease. */\nconst d = 1;",
  ];

  const problems = await problemsIn({ "src/docstrings.ts": source.join("\n") });

  expect(withoutAdvice(problems)).toEqual(['src/docstrings.ts:1: "/** Of the new lease. */"']);
});

test("a hint begins in lower case, except with a name, and has no full stop at its end", async () => {
  const source = [
    'export const FIX = "Push it.";',
    'const a = { fix: b ? "name it." : "Team x owns it", hint: `Write ${c} there` };',
    'const LIST_FIX = "add a text such as *."; // an end that is no full stop',
    'const other = "It is not a hint.";',
  ];

  const problems = await problemsIn({ "src/hints.ts": source.join("\n") });

  expect(withoutAdvice(problems)).toEqual([
    'src/hints.ts:1: "Push it."',
    'src/hints.ts:2: "name it."',
    'src/hints.ts:2: "Write ${c} there"',
  ]);
});

test("each long sentence is listed once a page has more of them than its limit", async () => {
  const long = `A ${"word ".repeat(31)}.\n\n`;

  const within = await problemsIn({ "docs/reviews.md": long.repeat(4) });
  const above = await problemsIn({ "docs/reviews.md": long.repeat(5) });

  expect(within).toEqual([]);
  expect(above.map((line) => line.replace(/ of \d+ words.*/, ""))).toEqual(
    [1, 3, 5, 7, 9].map((line) => `docs/reviews.md:${line}: a sentence`),
  );
});
