import { describe, expect, test } from "@jest/globals";
import { functionText, parseText } from "../../../support/manifests.ts";
import { PATH, bytesOf, problems, parse } from "./problems.ts";

describe("bytes that are not UTF-8", () => {
  test.each([
    { bytes: [0x61, 0xff], at: 1, because: "0xff starts no character" },
    { bytes: [0xc3, 0x28], at: 0, because: "the second byte is missing" },
    { bytes: [0x61, 0x62, 0xc0, 0xaf], at: 2, because: "a slash is encoded too long" },
    { bytes: [0xed, 0xa0, 0x80], at: 0, because: "half a surrogate pair is encoded" },
    { bytes: [0xf4, 0x90, 0x80, 0x80], at: 0, because: "the code point exceeds U+10FFFF" },
    { bytes: [0xe2, 0x82], at: 0, because: "the last character is incomplete" },
    { bytes: [0xe0, 0x80, 0x80], at: 0, because: "a character is encoded too long in three bytes" },
    { bytes: [0xf0, 0x80, 0x80, 0x80], at: 0, because: "a character is encoded too long in four bytes" },
    { bytes: [0x80], at: 0, because: "a continuation byte is alone" },
  ])("are reported at byte $at: $because", ({ bytes, at }) => {
    const file = parse(Uint8Array.from(bytes));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file is not UTF-8 at byte ${at} → save the file as UTF-8`,
    ]);
  });

  test("are reported with their line", () => {
    expect(problems(parse(bytesOf("a: 1\nb: ", [0xff])))[0]).toContain(`${PATH}:2:1`);
  });

  test.each([
    { bytes: [0xff, 0xfe, 0x61, 0x00], because: "it is little endian" },
    { bytes: [0xfe, 0xff, 0x00, 0x61], because: "it is big endian" },
  ])("of UTF-16 are recognized by their mark: $because", ({ bytes }) => {
    expect(problems(parse(Uint8Array.from(bytes)))[0]).toContain("it looks like UTF-16");
  });

  test("are not those of letters with several bytes", () => {
    const text = functionText(
      "a",
      `  role: {description: "é"}\n  grants: [{events: {bus: main, allow: [put], source: [日本語, 😀]}}]\n`,
    );

    expect(problems(parseText(PATH, text))).toEqual([]);
  });
});

describe("an accepted form of text", () => {
  test.each([
    { text: `\ufeff${functionText("a")}`, because: "has a byte order mark at the start" },
    { text: functionText("a").replaceAll("\n", "\r\n"), because: "has Windows line ends" },
    { text: `---\n${functionText("a")}---\n# nothing\n`, because: "has document markers before and after" },
    { text: `--- # a comment\r\n${functionText("a")}...\n`, because: "has an end marker" },
  ])("$because", ({ text }) => {
    const file = parseText(PATH, text);

    expect(problems(file)).toEqual([]);
    expect(file.documents.map((document) => document.kind)).toEqual(["FunctionPermission"]);
  });

  test.each([
    { text: "", because: "an empty file" },
    { text: "\n# only a comment\n", because: "a comment only" },
    { text: "---\n---\n...\n", because: "markers without content" },
  ])("may have no document and no problem: $because", ({ text }) => {
    expect(parseText(PATH, text)).toEqual({
      path: PATH,
      readable: true,
      diagnostics: [],
      documents: [],
      parts: 0,
    });
  });
});

describe("a rejected form of text, with place and fix", () => {
  test.each([
    { text: "a:\n\tb: 1\n", at: "2:1", message: "tabs are not allowed as indentation → indent with spaces" },
    { text: "a: \u0000\n", at: "1:4", message: "the character U+0000 is not allowed → remove it" },
    { text: "a: 1\nb: x\u007f\n", at: "2:5", message: "the character U+007F is not allowed → remove it" },
    { text: "a: \u202etxt\n", at: "1:4", message: "the character U+202E is not allowed → remove it" },
    {
      text: "a: 1\n---\n\ufeffb: 1\n",
      at: "3:1",
      message: "the character U+FEFF is not allowed → remove it",
    },
    { text: "a: 1\rb: 2\n", at: "1:5", message: "the character U+000D is not allowed → remove it" },
    { text: 'a: "x\\0y"\n', at: "1:4", message: "the character U+0000 is not allowed → remove the escape" },
    {
      text: "%YAML 1.1\n---\na: 1\n",
      at: "1:1",
      message: "YAML directives are not allowed → remove the line that begins with %",
    },
    { text: "a: &x 1\n", at: "1:7", message: "anchors (&name) are not allowed → remove the anchor" },
    { text: "a: *x\n", at: "1:4", message: "aliases (*name) are not allowed → write the value here" },
    {
      text: "a: !!str 1\n",
      at: "1:10",
      message: "tags (!name) are not allowed → remove the tag; quote what is text",
    },
    {
      text: "a: !secret x\n",
      at: "1:12",
      message: "tags (!name) are not allowed → remove the tag; quote what is text",
    },
    { text: "<<: {a: 1}\n", at: "1:1", message: "merge keys (<<) are not allowed → write the fields here" },
    { text: "a: 1\nb: 2\na: 3\n", at: "3:1", message: 'duplicate key "a" → keep one of them' },
    {
      text: "__proto__: {a: 1}\n",
      at: "1:1",
      message: 'the key "__proto__" is not allowed → choose another name',
    },
    {
      text: "a: {constructor: 1}\n",
      at: "1:5",
      message: 'the key "constructor" is not allowed → choose another name',
    },
    { text: '"a\\x07": 1\n', at: "1:1", message: "the character U+0007 is not allowed in a key → remove it" },
    { text: "12: a\n", at: "1:1", message: 'a key must be text → quote it: "12"' },
    { text: "? [a, b]\n: c\n", at: "1:3", message: "a key must be text → write a name before the colon" },
    { text: ": a\n", at: "1:1", message: "a key must be text → write a name before the colon" },
    {
      text: "a: 12345678901234567890\n",
      at: "1:4",
      message:
        '12345678901234567890 is read as a number that is not exact → quote it: "12345678901234567890"',
    },
    {
      text: "a: .nan\n",
      at: "1:4",
      message: '.nan is read as a number that is not exact → quote it: ".nan"',
    },
    {
      text: "a: [1, 2\nb: 3\n",
      at: "2:1",
      message:
        "flow sequence in block collection must be sufficiently indented and end with a ] → check the indentation and the brackets of this part",
    },
    {
      text: 'a: "open\nb: 3\n',
      at: "3:1",
      message: 'missing closing "quote → close the quote or bracket that was opened',
    },
    {
      text: "a: 1\n...\nb: 2\n",
      at: "3:1",
      message: "a second document begins here → write --- between two documents",
    },
    {
      text: `a: ${"[".repeat(40)}${"]".repeat(40)}\n`,
      at: "1:36",
      message: "nested deeper than 32 levels → write it flatter",
    },
  ])("$at $message", ({ text, at, message }) => {
    const file = parseText(PATH, text);

    expect(problems(file)).toContain(`${PATH}:${at} ${message}`);
    expect(file.documents.some((document) => document.kind === "invalid")).toBe(true);
  });

  test.each([
    { text: `a: ${"[".repeat(5_000)}`, because: "brackets are never closed" },
    { text: `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`, because: "brackets are closed" },
    { text: "- ".repeat(5_000), because: "lists of lists are on one line" },
    { text: "? ".repeat(5_000), because: "keys are keys of keys" },
  ])("nesting that exceeds the parser's stack is reported once, at the document: $because", ({ text }) => {
    const found = problems(parseText(PATH, text));

    expect(found).toEqual([`${PATH}:1:1 nested deeper than 32 levels → write it flatter`]);
  });

  test.each([
    { text: `a: ${"[".repeat(1_000_000)}`, because: "a megabyte of brackets" },
    { text: "a: ]\n".repeat(200_000), because: "an error in every line" },
    { text: '"'.repeat(1_000_000), because: "quotes" },
    { text: Array.from({ length: 80_000 }, (_, index) => `k${index}: 1`).join("\n"), because: "80,000 keys" },
  ])("a text that takes the parser too long is rejected before it is parsed: $because", ({ text }) => {
    expect(problems(parseText(PATH, text))).toEqual([
      `${PATH}:1:1 the document has more than 20000 parts → split it`,
    ]);
  });

  test("an alias bomb is rejected without being expanded", () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(", ")}]`,
    );
    const file = parseText(PATH, `l0: &l0 x\n${levels.join("\n")}\n`);

    expect(file.documents.length).toBe(1);
    expect(problems(file).at(-1)).toMatch(/ \d+ more errors in this document/);
  });

  test("a thousand problems in one document are limited to a hundred", () => {
    const grants = "    - {dynamo: 1}\n".repeat(300);
    const found = problems(parseText(PATH, functionText("a", `  grants:\n${grants}`)));

    expect(found.length).toBe(101);
    expect(found).toContain(`${PATH}:1:1 200 more errors in this document → fix the others first`);
  });
});

describe("limits before parsing", () => {
  test("reject a file of 5 MB by its size", () => {
    const file = parse(new Uint8Array(5_000_000).fill(0x61));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file has 5000000 bytes, the limit is 1048576 → split it into several files`,
    ]);
  });

  test("reject a file of 10,000 documents by their number", () => {
    const file = parseText(PATH, "a: 1\n---\n".repeat(10_000));

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([
      `${PATH}:1:1 the file has 10000 documents, the limit is 1000 → split it into several files`,
    ]);
  });
});
