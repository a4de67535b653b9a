import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parsedFileOf, parsedFileText } from "../../src/manifest/parse/parsed-file-text.ts";
import { compile } from "../../src/manifest/compile/compile.ts";
import type { ParsedFile } from "../../src/manifest/parse/parsed.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { COMPILE_CONTEXT, functionText, parseText, PLATFORM_FILES } from "../support/manifests.ts";

/*
 * A restart uses what an earlier process parsed. A value that differs is a permission that differs, so a restored file
 * equals the parsed one, or it has no text.
 */

const EXAMPLES = fileURLToPath(new URL("../../manifests/", import.meta.url));

function restored(file: ParsedFile): ParsedFile | null {
  const text = parsedFileText(file);
  return text === null ? null : parsedFileOf(text, new Map());
}

/** Values that JSON, YAML or an object may change: order, signs, special names, characters that are no pair. */
const value = fc.constantFrom(
  "012",
  "-0",
  "0x1F",
  "1e400",
  "-.inf",
  ".nan",
  "~",
  "2027-01-01",
  "9007199254740993",
  '"\\ud800"',
  '"\\u0000"',
  '"${account.vars.ordersTable}"',
  "{__proto__: 1, constructor: 2}",
  "{9: a, 1: b, z: c}",
  "[{a: [1, {b: c}]}, [], {}]",
  "|\n      text\n      more",
);
const document = fc.oneof(
  fc
    .tuple(fc.constantFrom("a", "b"), value, value)
    .map(([name, one, other]) => functionText(name, `  grants: ${one}\n  tags: {cost-center: ${other}}\n`)),
  fc.tuple(value, value).map(([kind, id]) => `kind: ${kind}\nspec: {id: ${id}}`),
  fc.constantFrom(functionText("a"), "a: [", "&a b", "Statement: []", ""),
  fc.string({ unit: "binary", maxLength: 20 }),
);

test(
  "a file that is restored from its text equals what was parsed",
  () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 3 }), (documents) => {
        const file = parseText("teams/x/1.yaml", documents.join("\n---\n"));

        expect(restored(file) ?? file).toStrictEqual(file);
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test("every example manifest has a text, and compiles to the same from it", () => {
  const texts = globSync("**/*.yaml", { cwd: EXAMPLES }).map(
    (path) => [path, readFileSync(`${EXAMPLES}${path}`, "utf8")] as const,
  );
  const files = [...texts, ...Object.entries(PLATFORM_FILES)].map(([path, text]) => parseText(path, text));
  const again = files.map(restored);

  expect(again).toStrictEqual(files);
  expect(compile(again as readonly ParsedFile[], COMPILE_CONTEXT)).toStrictEqual(
    compile(files, COMPILE_CONTEXT),
  );
});

test("the members of a restored spec have the order in which the parser has them", () => {
  const file = parseText(
    "teams/x/1.yaml",
    functionText("a", "  functionRole: ignore\n  deletionPolicy: retain\n"),
  );
  const again = restored(file);

  expect(JSON.stringify(again)).toBe(JSON.stringify(file));
});

test.each([
  { because: "each number has one byte", before: "", least: 2 },
  { because: "a line has a number of two bytes", before: "#\n".repeat(300), least: 300 },
  { because: "a column has a number of four bytes", before: `a: [${" ".repeat(70_000)}b]\n`, least: 70_000 },
])("the places of a restored file are those of the parsed one: $because", ({ before, least }) => {
  const { documents } = parseText("teams/x/1.yaml", before + functionText("a"));
  const again = documents.map((one) => restored({ ...EMPTY, documents: [one] })?.documents[0]?.located);

  expect(again).toStrictEqual(documents.map(({ located }) => located));
  expect(documents.some(({ located }) => located.rows.some((number) => number >= least))).toBe(true);
});

const EMPTY: ParsedFile = {
  path: "teams/x/1.yaml",
  readable: true,
  diagnostics: [],
  documents: [],
  parts: 1,
};

test("a file with a value that its text would change has no text", () => {
  const file = parseText("teams/x/1.yaml", functionText("a"));
  const [only] = file.documents;
  const changed = { ...file, documents: [{ ...only, document: { metadata: -0 } }] } as ParsedFile;

  expect([typeof parsedFileText(file), parsedFileText(changed)]).toEqual(["string", null]);
});
