import { describe, expect, test } from "@jest/globals";
import { formatFile } from "../../../../src/manifest/format/format-file.ts";
import { DEFAULT_MANIFEST_LIMITS, type ManifestLimits } from "../../../../src/manifest/parse/parsed.ts";
import { laidOutDocument } from "../../../../src/text/yaml/laid-out.ts";

function formatted(text: string | Uint8Array, limits: Partial<ManifestLimits> = {}): unknown {
  const result = formatFile(
    { path: "teams/orders/a.yaml", bytes: Buffer.from(text) },
    { ...DEFAULT_MANIFEST_LIMITS, ...limits },
  );
  return result.kind === "ok"
    ? result.value
    : result.error.map(({ origin, message }) => [origin.line, message]);
}

const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;

describe("formatting", () => {
  test.each([
    {
      because: "known fields are in the order of the reference, and comments move with their field",
      before: lines(
        "# The file.",
        "spec:",
        "    # Grants.",
        "    grants:",
        "    -   reason: because # here",
        "        # Table.",
        "        dynamodb: {allow: [ read,write ], table: 'orders'}",
        "    targets: [{regions: [eu-west-1], accounts: [prod]}]",
        "kind: FunctionPermission",
        "metadata: {name: a}",
        "apiVersion: grantkeeper.dev/v1alpha1",
      ),
      after: lines(
        "# The file.",
        "apiVersion: grantkeeper.dev/v1alpha1",
        "kind: FunctionPermission",
        "metadata: { name: a }",
        "spec:",
        "  targets: [{ accounts: [prod], regions: [eu-west-1] }]",
        "  # Grants.",
        "  grants:",
        "    # Table.",
        '    - dynamodb: { table: "orders", allow: [read, write] }',
        "      reason: because # here",
      ),
    },
    {
      because: "the names that people chose keep their order",
      before: lines("kind: FunctionPermission", "metadata: {labels: {z: a, b: c}, name: x}"),
      after: lines("kind: FunctionPermission", "metadata: { name: x, labels: { z: a, b: c } }"),
    },
    {
      because: "an unknown kind has no order below its spec",
      before: lines("kind: Other", "spec: {b: 1, a: 2}"),
      after: lines("kind: Other", "spec: { b: 1, a: 2 }"),
    },
    {
      because: "a document that is no object only gets its layout",
      before: lines("- [ 1,2 ]"),
      after: lines("- [1, 2]"),
    },
    {
      because: "a text with a quote or a backslash keeps its single quotes",
      before: lines("a: 'x \"x\"'", "b: 'c\\d'", "c: 'it''s'"),
      after: lines("a: 'x \"x\"'", "b: 'c\\d'", 'c: "it\'s"'),
    },
    {
      because: "numbers stay as they were written: an account id without quotes keeps its zeros",
      before: lines("spec: {id:   012345678901, a: [1e3,0x1F,.5], b: {c: 0012}}", "d:  +1 # one", "e: -012"),
      after: lines(
        "spec: { id: 012345678901, a: [1e3, 0x1F, .5], b: { c: 0012 } }",
        "d: +1 # one",
        "e: -012",
      ),
    },
    {
      because: "braces beyond the width become lines, the outer ones first",
      before: lines(`a: {b: [${"x".repeat(60)}], c: {d: ${"y".repeat(40)}}}`),
      after: lines("a:", `  b: [${"x".repeat(60)}]`, `  c: { d: ${"y".repeat(40)} }`),
    },
    {
      because: "braces with a comment inside become lines",
      before: lines("a: {b: 1, # one", "  c: 2}"),
      after: lines("a:", "  b: 1 # one", "  c: 2"),
    },
    {
      because: "a comment less indented than the part before it belongs to the next field",
      before: lines("a:", "  - b: 1", "    # of b", "# of c", "c: 2"),
      after: lines("a:", "  - b: 1", "    # of b", "# of c", "c: 2"),
    },
    {
      because: "such a comment before the next member belongs to that member",
      before: lines("a:", "  - b:", "      c: 1", "      # of c", "  # of d", "  - d"),
      after: lines("a:", "  - b:", "      c: 1", "      # of c", "  # of d", "  - d"),
    },
    {
      because: "block texts keep their lines, and folded ones are folded at the width",
      before: lines(
        "metadata:",
        "    annotations:",
        "        a: |-",
        "           # text",
        "           b",
        "        c: >-",
        `           ${"word ".repeat(30).trim()}`,
      ),
      after: lines(
        "metadata:",
        "  annotations:",
        "    a: |-",
        "      # text",
        "      b",
        "    c: >-",
        `      ${"word ".repeat(21).trim()}`,
        `      ${"word ".repeat(9).trim()}`,
      ),
    },
    {
      because: "several blank lines become one, and blanks at the end of a comment are dropped",
      before: lines("a: 1", "", "", "# b  ", "b: 2  ", "", ""),
      after: lines("a: 1", "", "# b", "b: 2"),
    },
    {
      because: "each document of a file is formatted, and comments between them stay",
      before: lines("---", "a:   1", "---", "# only a comment  ", "--- # of b", "b:   2", "---", ""),
      after: lines("---", "a: 1", "---", "# only a comment", "---", "# of b", "b: 2"),
    },
    {
      because: "comments before the first document stay before it",
      before: lines("# licence", "", "---", "a:   1"),
      after: lines("# licence", "---", "a: 1"),
    },
    {
      because: "the line for editors stays the first",
      before: lines("# yaml-language-server: $schema=../s.json", "kind: Team", "apiVersion: v"),
      after: lines("# yaml-language-server: $schema=../s.json", "apiVersion: v", "kind: Team"),
    },
    { because: "a byte order mark is dropped", before: "\ufeffa:   1\n", after: "a: 1\n" },
    { because: "line ends of CRLF stay", before: "a:   1\r\nb: 2\r\n", after: "a: 1\r\nb: 2\r\n" },
    { because: "mixed line ends become LF", before: "a:   1\r\nb: 2\n", after: "a: 1\nb: 2\n" },
    { because: "an empty file stays empty", before: "", after: "" },
    { because: "a missing line end at the end is added", before: "a: 1", after: "a: 1\n" },
  ])("$because", ({ before, after }) => {
    expect(formatted(before)).toEqual(after);
    expect(formatted(after)).toEqual(after);
  });

  test.each([
    { text: "a: 1\n---\nb: [\n", problem: [[4, expect.stringMatching(/./)]], because: "an open bracket" },
    { text: "a: 1\na: 2\n", problem: [[2, 'duplicate key "a"']], because: "a duplicate key" },
    { text: "a: &x 1\n", problem: [[1, "anchors (&name) are not allowed"]], because: "an anchor" },
    {
      text: new Uint8Array([0xff]),
      problem: [[1, "the file is not UTF-8 at byte 0"]],
      because: "other bytes",
    },
    {
      text: `#${"x".repeat(1_048_576)}`,
      problem: [[1, "the file has 1048577 bytes, the limit is 1048576"]],
      because: "too many bytes",
    },
    {
      text: "---\na:   1\n".repeat(1_001),
      problem: [[1, "the file has 1001 documents, the limit is 1000"]],
      because: "too many documents",
    },
  ])("refuses $because, and names the place", ({ text, problem }) => {
    expect(formatted(text)).toEqual(problem);
  });
});

test("the limits of a source are those of its files too: it would not read what is written", () => {
  const text = "---\na: 1\n---\nb: 2\n";

  expect(formatted(text, { documentsPerFile: 2, parts: 40 })).toBe(text);
  expect(formatted(text, { documentsPerFile: 1 })).toEqual([[1, "the file has 2 documents, the limit is 1"]]);
  expect(formatted(text, { parts: 8 })).toEqual([[1, "the file has more than 8 YAML parts"]]);
});

test("a text that is not one document has no layout", () => {
  expect([laidOutDocument("a: [", () => []), laidOutDocument("a: 1\n---\nb: 2\n", () => [])]).toEqual([
    null,
    null,
  ]);
});
