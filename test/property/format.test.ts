import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { isScalar, parseAllDocuments, stringify, visit } from "yaml";
import { compile } from "../../src/manifest/compile/compile.ts";
import { formatFile } from "../../src/manifest/format/format-file.ts";
import { DEFAULT_MANIFEST_LIMITS, type ParsedFile } from "../../src/manifest/parse/parsed.ts";
import { commentsOf } from "../../src/text/yaml/chunks.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { COMPILE_CONTEXT, parseText } from "../support/manifests.ts";

/*
 * A formatted file means what it meant: the same documents, in the same order, with the same comments, and each value
 * without quotes as it was written. Formatting it again changes nothing.
 */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXAMPLES = globSync("{manifests,examples/first-repository}/**/*.yaml", { cwd: ROOT })
  .sort()
  .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, "utf8") }));

const MISTAKES = JSON.parse(readFileSync(`${ROOT}test/fixtures/newcomers.json`, "utf8")) as readonly {
  readonly text: string;
}[];

function formatted(text: string): string | null {
  const result = formatFile({ path: "a.yaml", bytes: Buffer.from(text) }, DEFAULT_MANIFEST_LIMITS);
  return result.kind === "ok" ? result.value : null;
}

function documentsOf(text: string): readonly unknown[] {
  return parseText("a.yaml", text).documents.map(({ kind, document }) => ({ kind, document }));
}

/** What is no text without quotes, such as a number, as it is written: its value has lost the first zeros of an account id. */
function notationsOf(text: string): readonly string[] {
  const notations: string[] = [];
  for (const document of parseAllDocuments(text, { version: "1.2", schema: "core", logLevel: "silent" }))
    visit(document, {
      Scalar: (_key, node) => {
        if (isScalar(node) && typeof node.value !== "string") notations.push(String(node.source));
      },
    });
  return notations.sort();
}

/** @returns false if the file is refused */
function expectSameMeaning(text: string): boolean {
  const after = formatted(text);
  if (after === null) return false;
  expect(documentsOf(after)).toEqual(documentsOf(text));
  expect(commentsOf(after)).toEqual(commentsOf(text));
  expect(notationsOf(after)).toEqual(notationsOf(text));
  expect(formatted(after)).toBe(after);
  return true;
}

/** What is compiled, without the places in the files. */
function meaningOf(files: readonly ParsedFile[]): string {
  const places = new Set(["origin", "origins", "line", "column", "sourceText", "located", "diagnostics"]);
  return JSON.stringify(compile(files, COMPILE_CONTEXT).desired, (name, value: unknown) =>
    places.has(name) ? undefined : value instanceof Map ? [...value] : value,
  );
}

test("the example repository compiles to the same permissions", () => {
  const manifests = EXAMPLES.filter(({ path }) => path.startsWith("manifests/"));
  const parse = (textOf: (text: string) => string): readonly ParsedFile[] =>
    manifests.map(({ path, text }) => parseText(path.replace("manifests/", ""), textOf(text)));

  expect(meaningOf(parse((text) => String(formatted(text))))).toBe(meaningOf(parse((text) => text)));
});

test("examples and mistakes of newcomers keep their documents and comments", () => {
  expect(EXAMPLES.map(({ text }) => expectSameMeaning(text))).not.toContain(false);
  expect(MISTAKES.filter(({ text }) => expectSameMeaning(text)).length).toBeGreaterThan(80);
});

/** Values that can be written in several ways, or that only look like it; the generated text has a placeholder for each. */
const NOTATIONS = (
  "012345678901 0012 00 -012 +1 1.10 1e3 1E+03 0.1e1 .5 5. -0 0x1F 0x00ff 0o017 9007199254740991 " +
  "1_000 0b1 12:30:45 2026-01-01 ~ Null TRUE yes No"
).split(" ");

const scalar = fc.oneof(
  fc.constantFrom(
    "orders",
    "007",
    "true",
    "1e3",
    "null",
    "- a",
    "a: b",
    "#x",
    "it's",
    'a "x"',
    "a\\b",
    "${v}",
    "",
  ),
  fc.nat({ max: NOTATIONS.length - 1 }).map((at) => `NOTATION${at}X`),
  fc.constantFrom(7, 1.5, -1, true, null, "{a}", "a #b", " a ", "x".repeat(70), "é", "2027-01-01T00:00:00Z"),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("kind", "spec", "metadata", "a", "b", "s p", "12"), tie("tree"), {
      maxKeys: 4,
    }),
  ),
}));
const text = fc
  .record({
    value: fc.dictionary(fc.constantFrom("kind", "spec", "metadata", "apiVersion", "x"), tree, {
      minKeys: 1,
    }),
    style: fc.constantFrom("any", "flow", "block"),
    singleQuote: fc.boolean(),
    indent: fc.constantFrom(2, 4),
    comments: fc.array(fc.record({ at: fc.nat({ max: 30 }), indent: fc.nat({ max: 6 }) }), { maxLength: 4 }),
  })
  .map(({ value, style, comments, ...options }) => {
    const all = stringify(value, { ...options, collectionStyle: style, lineWidth: 0 }).split("\n");
    for (const { at, indent } of comments)
      all.splice(Math.min(at, all.length - 1), 0, `${" ".repeat(indent)}# c${at}`);
    return all.join("\n").replaceAll(/NOTATION(\d+)X/g, (_all, at: string) => NOTATIONS[Number(at)] ?? "");
  });

test(
  "generated documents keep their values and comments",
  () => {
    let isFormatted = 0;
    const law = fc.property(text, (written) => {
      isFormatted += Number(expectSameMeaning(written));
    });
    fc.assert(law, { numRuns: FC_RUNS / 2 });
    // A comment within a text of several lines makes a file unreadable.
    expect(isFormatted).toBeGreaterThan(FC_RUNS / 4);
  },
  LAW_TIMEOUT_MS,
);
