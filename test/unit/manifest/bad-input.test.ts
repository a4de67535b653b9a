import { describe, expect, test } from "@jest/globals";
import { parseFile } from "../../../src/manifest/parse/parse.ts";
import { refusedFile } from "../../../src/manifest/parse/refused.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import type { ParsedFile } from "../../../src/manifest/parse/parsed.ts";
import {
  compileTexts,
  diagnosticText,
  diagnosticTexts,
  functionText,
  parseText,
} from "../../support/manifests.ts";

const PATH = "teams/orders/a.yaml";

function bytesOf(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
  );
}

function problems(file: ParsedFile): readonly string[] {
  const ofDocuments = file.documents.flatMap((document) =>
    document.kind === "invalid" ? document.diagnostics : [],
  );
  return [...file.diagnostics, ...ofDocuments].map(diagnosticText);
}

function parse(bytes: Uint8Array, path = PATH): ParsedFile {
  return parseFile({ path, bytes }, DEFAULT_MANIFEST_LIMITS);
}

describe("bytes that are no UTF-8 text", () => {
  test.each([
    { bytes: [0x61, 0xff], at: 1, because: "0xff begins nothing" },
    { bytes: [0xc3, 0x28], at: 0, because: "a second byte is missing" },
    { bytes: [0x61, 0x62, 0xc0, 0xaf], at: 2, because: "an overlong slash" },
    { bytes: [0xed, 0xa0, 0x80], at: 0, because: "half of a surrogate pair" },
    { bytes: [0xf4, 0x90, 0x80, 0x80], at: 0, because: "past U+10FFFF" },
    { bytes: [0xe2, 0x82], at: 0, because: "cut off at the end" },
    { bytes: [0xe0, 0x80, 0x80], at: 0, because: "overlong in three bytes" },
    { bytes: [0xf0, 0x80, 0x80, 0x80], at: 0, because: "overlong in four bytes" },
    { bytes: [0x80], at: 0, because: "a continuation byte alone" },
  ])("byte $at is named: $because", ({ bytes, at }) => {
    const file = parse(Uint8Array.from(bytes));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file is not UTF-8 at byte ${at} → save the file as UTF-8`,
    ]);
  });

  test("the line of the first wrong byte is told", () => {
    expect(problems(parse(bytesOf("a: 1\nb: ", [0xff])))[0]).toContain(`${PATH}:2:1`);
  });

  test.each([
    { bytes: [0xff, 0xfe, 0x61, 0x00], because: "little endian" },
    { bytes: [0xfe, 0xff, 0x00, 0x61], because: "big endian" },
  ])("UTF-16 is recognised by its mark, $because", ({ bytes }) => {
    expect(problems(parse(Uint8Array.from(bytes)))[0]).toContain("it looks like UTF-16");
  });

  test("text of several bytes a letter is read", () => {
    const text = functionText(
      "a",
      `  role: {description: "é"}\n  grants: [{events: {bus: main, allow: [put], source: [日本語, 😀]}}]\n`,
    );

    expect(problems(parseText(PATH, text))).toEqual([]);
  });
});

describe("forms of text that are accepted", () => {
  test.each([
    { text: `\ufeff${functionText("a")}`, because: "a byte order mark at the start" },
    { text: functionText("a").replaceAll("\n", "\r\n"), because: "Windows line ends" },
    { text: `---\n${functionText("a")}---\n# nothing\n`, because: "markers before and after" },
    { text: `--- # a comment\r\n${functionText("a")}...\n`, because: "an end marker" },
  ])("$because", ({ text }) => {
    const file = parseText(PATH, text);

    expect(problems(file)).toEqual([]);
    expect(file.documents.map((document) => document.kind)).toEqual(["FunctionPermission"]);
  });

  test.each([
    { text: "", because: "an empty file" },
    { text: "\n# only a comment\n", because: "a comment" },
    { text: "---\n---\n...\n", because: "markers without content" },
  ])("no document and no problem: $because", ({ text }) => {
    expect(parseText(PATH, text)).toEqual({
      path: PATH,
      readable: true,
      diagnostics: [],
      documents: [],
      parts: 0,
    });
  });
});

describe("forms of text that are refused, with place and fix", () => {
  test.each([
    { text: "a:\n\tb: 1\n", at: "2:1", says: "tabs are not allowed as indentation → indent with spaces" },
    { text: "a: \u0000\n", at: "1:4", says: "the character U+0000 is not allowed → remove it" },
    { text: "a: 1\nb: x\u007f\n", at: "2:5", says: "the character U+007F is not allowed → remove it" },
    { text: "a: \u202etxt\n", at: "1:4", says: "the character U+202E is not allowed → remove it" },
    { text: "a: 1\n---\n\ufeffb: 1\n", at: "3:1", says: "the character U+FEFF is not allowed → remove it" },
    { text: "a: 1\rb: 2\n", at: "1:5", says: "the character U+000D is not allowed → remove it" },
    { text: 'a: "x\\0y"\n', at: "1:4", says: "the character U+0000 is not allowed → remove the escape" },
    {
      text: "%YAML 1.1\n---\na: 1\n",
      at: "1:1",
      says: "YAML directives are not allowed → remove the line that begins with %",
    },
    { text: "a: &x 1\n", at: "1:7", says: "anchors (&name) are not allowed → remove the anchor" },
    { text: "a: *x\n", at: "1:4", says: "aliases (*name) are not allowed → write the value here" },
    {
      text: "a: !!str 1\n",
      at: "1:10",
      says: "tags (!name) are not allowed → remove the tag; quote what is text",
    },
    {
      text: "a: !secret x\n",
      at: "1:12",
      says: "tags (!name) are not allowed → remove the tag; quote what is text",
    },
    { text: "<<: {a: 1}\n", at: "1:1", says: "merge keys (<<) are not allowed → write the fields here" },
    { text: "a: 1\nb: 2\na: 3\n", at: "3:1", says: 'duplicate key "a" → keep one of them' },
    {
      text: "__proto__: {a: 1}\n",
      at: "1:1",
      says: 'the key "__proto__" is not allowed → choose another name',
    },
    {
      text: "a: {constructor: 1}\n",
      at: "1:5",
      says: 'the key "constructor" is not allowed → choose another name',
    },
    { text: '"a\\x07": 1\n', at: "1:1", says: "the character U+0007 is not allowed in a key → remove it" },
    { text: "12: a\n", at: "1:1", says: 'a key must be text → quote it: "12"' },
    { text: "? [a, b]\n: c\n", at: "1:3", says: "a key must be text → write a name before the colon" },
    { text: ": a\n", at: "1:1", says: "a key must be text → write a name before the colon" },
    {
      text: "a: 12345678901234567890\n",
      at: "1:4",
      says: '12345678901234567890 is read as a number that is not exact → quote it: "12345678901234567890"',
    },
    { text: "a: .nan\n", at: "1:4", says: '.nan is read as a number that is not exact → quote it: ".nan"' },
    {
      text: "a: [1, 2\nb: 3\n",
      at: "2:1",
      says: "flow sequence in block collection must be sufficiently indented and end with a ] → check the indentation and the brackets of this part",
    },
    {
      text: 'a: "open\nb: 3\n',
      at: "3:1",
      says: 'missing closing "quote → close the quote or bracket that was opened',
    },
    {
      text: "a: 1\n...\nb: 2\n",
      at: "3:1",
      says: "a second document begins here → write --- between two documents",
    },
    {
      text: `a: ${"[".repeat(40)}${"]".repeat(40)}\n`,
      at: "1:36",
      says: "nested deeper than 32 levels → write it flatter",
    },
  ])("$at $says", ({ text, at, says }) => {
    const file = parseText(PATH, text);

    expect(problems(file)).toContain(`${PATH}:${at} ${says}`);
    expect(file.documents.some((document) => document.kind === "invalid")).toBe(true);
  });

  test.each([
    { text: `a: ${"[".repeat(5_000)}`, because: "brackets that never close" },
    { text: `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`, because: "brackets that close" },
    { text: "- ".repeat(5_000), because: "lists of lists on one line" },
    { text: "? ".repeat(5_000), because: "keys of keys" },
  ])("nesting past the parser's own stack is told once, at the document: $because", ({ text }) => {
    const found = problems(parseText(PATH, text));

    expect(found).toEqual([`${PATH}:1:1 nested deeper than 32 levels → write it flatter`]);
  });

  test.each([
    { text: `a: ${"[".repeat(1_000_000)}`, because: "a megabyte of brackets" },
    { text: "a: ]\n".repeat(200_000), because: "an error in every line" },
    { text: '"'.repeat(1_000_000), because: "quotes" },
    { text: Array.from({ length: 80_000 }, (_, index) => `k${index}: 1`).join("\n"), because: "80,000 keys" },
  ])("what would keep the parser busy is refused before it is parsed: $because", ({ text }) => {
    expect(problems(parseText(PATH, text))).toEqual([
      `${PATH}:1:1 the document has more than 20000 parts → split it`,
    ]);
  });

  test("an alias bomb is refused without being unfolded", () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`,
    );
    const file = parseText(PATH, `l0: &l0 x\n${levels.join("\n")}\n`);

    expect(file.documents.length).toBe(1);
    expect(problems(file).at(-1)).toMatch(/ \d+ more errors in this document/);
  });

  test("a thousand problems in one document are cut at a hundred", () => {
    const grants = "    - {dynamo: 1}\n".repeat(300);
    const found = problems(parseText(PATH, functionText("a", `  grants:\n${grants}`)));

    expect(found.length).toBe(101);
    expect(found).toContain(`${PATH}:1:1 200 more errors in this document → fix the others first`);
  });
});

describe("limits before parsing", () => {
  test("a file of 5 MB is refused by its size", () => {
    const file = parse(new Uint8Array(5_000_000).fill(0x61));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file has 5000000 bytes, the limit is 1048576 → split it into several files`,
    ]);
  });

  test("10,000 documents in one file are refused by their number", () => {
    const file = parseText(PATH, "a: 1\n---\n".repeat(10_000));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file has 10000 documents, the limit is 1000 → split it into several files`,
    ]);
  });
});

describe("files that are no manifests", () => {
  test.each([
    "teams/orders/README.md",
    "teams/CODEOWNERS",
    "teams/orders/.gitkeep",
    "platform/notes.txt",
    "teams/.github",
  ])("%s is silently left alone", (path) => {
    expect(parse(bytesOf("x"), path)).toEqual({
      path,
      readable: true,
      diagnostics: [],
      documents: [],
      parts: 0,
    });
  });

  test.each([
    { path: "teams/orders/a.yam", says: "the file is not read → manifests end in .yaml or .yml" },
    { path: "teams/orders/a.json", says: "the file is not read → manifests end in .yaml or .yml" },
    {
      path: "teams/orders/a.yaml/b.yaml",
      says: "a.yaml is a directory, not a manifest → rename the directory",
    },
  ])("$path: $says", ({ path, says }) => {
    const file = parse(bytesOf("x"), path);

    expect(file.diagnostics.map((diagnostic) => diagnostic.severity)).toEqual(["warning"]);
    expect(problems(file)).toEqual([`${path}:1:1 ${says}`]);
  });

  test.each([
    { path: PATH, reason: "symlink", because: "a link to a manifest" },
    { path: "teams/orders", reason: "symlink", because: "a link may be a folder with manifests" },
    { path: "teams/orders/..data", reason: "symlink", because: "a hidden link may be a folder too" },
    { path: "teams/orders/README.md", reason: "submodule", because: "a submodule is a folder" },
    { path: "teams/orders/a.yaml", reason: "too-large", because: "a manifest that is too large" },
    { path: "teams/orders/x\\x0a", reason: "unsafe-name", because: "its name says nothing" },
    { path: "teams/orders", reason: "unreadable", because: "a folder without permission" },
  ] as const)("what the source does not read is an error with a fix: $because", ({ path, reason }) => {
    const file = refusedFile({ path, reason }, false);

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([expect.stringMatching(/not read|cannot be read.* → \w/)]);
  });

  test.each([
    { path: "teams/orders/logo.png", reason: "too-large" },
    { path: "teams/orders/logo.png", reason: "lfs-pointer" },
    { path: "teams/orders/README.md", reason: "symlink" },
    { path: "LICENSE", reason: "symlink" },
  ] as const)("a refused companion of manifests is a warning: $path, $reason", ({ path, reason }) => {
    const file = refusedFile({ path, reason }, false);

    expect(file.readable).toBe(true);
    expect(file.diagnostics.map(({ severity }) => severity)).toEqual(["warning"]);
  });

  test("a refused file in which manifests were seen is an error, whatever its name is", () => {
    expect(refusedFile({ path: "teams/orders/README.md", reason: "symlink" }, true).readable).toBe(false);
  });
});

describe("a broken document stays alone", () => {
  test.each([
    { broken: 'metadata: {name: "open', because: "an open quote" },
    { broken: "spec: [", because: "an open bracket" },
    { broken: "a: |\n  text\n\tb: 1", because: "a tab after a block" },
    { broken: "kind: Nothing", because: "an unknown kind" },
    { broken: "\u0000", because: "a NUL byte" },
    { broken: "- - - x", because: "a list" },
    { broken: "just text", because: "a text" },
  ])("of three in one file the other two compile: $because", ({ broken }) => {
    const compilation = compileTexts({
      [PATH]: `${functionText("first")}---\n${broken}\n---\n${functionText("last")}`,
    });

    expect([...compilation.desired.bindings.values()].map((binding) => binding.name)).toEqual([
      "first",
      "last",
    ]);
    expect(compilation.brokenFiles).toEqual([PATH]);
    expect(compilation.diagnostics[0]?.origin.line).toBeGreaterThanOrEqual(7);
    expect(compilation.diagnostics[0]?.origin.line).toBeLessThanOrEqual(9);
  });

  test("of 1,000 documents one is broken: 999 compile, and the one is named with its line", () => {
    const documents = Array.from({ length: 1000 }, (_, index) => functionText(`f${index}`));
    documents[499] = documents[499]?.replace("regions", "region") ?? "";
    const compilation = compileTexts({ [PATH]: documents.join("---\n") });

    expect(compilation.desired.bindings.size).toBe(999);
    expect(diagnosticTexts(compilation)).toEqual(
      [
        `${PATH}:${499 * 6 + 5}:32 unknown field "region" in spec.targets[0] → did you mean "regions"? Valid values: accounts, regions`,
      ].sort(),
    );
  });
});
