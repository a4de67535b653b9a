import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Json } from "../../src/model/values/json.ts";
import { packed } from "../../src/text/located/located.ts";
import { chunksOf, tokensOf, type Chunk } from "../../src/text/yaml/chunks.ts";
import { readWithParser } from "../../src/text/yaml/document.ts";
import { flowText } from "../../src/text/yaml/flow-text.ts";
import { NodeReader } from "../../src/text/yaml/nodes.ts";
import { readSimple } from "../../src/text/yaml/simple.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";

/*
 * Simple documents are read without the YAML parser. A text that is read differently is a permission that differs, so
 * each answer of the simple reader equals that of the parser: values in their order, places, and no problem.
 */

const DEPTH = 32;
const MANIFESTS = fileURLToPath(new URL("../../manifests/", import.meta.url));

/** What both readers make of each document; null: the document is not simple. */
function readings(text: string, depth = DEPTH): readonly (readonly [unknown, unknown] | null)[] {
  return chunksOf(text).map((chunk) => {
    const tokens = tokensOf(chunk.text);
    const simple = readSimple(tokens, chunk.firstLine, depth);
    if (simple === null) return null;
    const one = { value: simple.value, order: JSON.stringify(simple.value), located: packed(simple.located) };
    return [one, byParser(chunk, depth)];
  });
}

function byParser(chunk: Chunk, depth: number): unknown {
  const reader = new NodeReader("a.yaml", chunk, depth);
  const { value, located, diagnostics } = readWithParser({ ...chunk, tokens: tokensOf(chunk.text) }, reader);
  return { value, order: JSON.stringify(value), located, ...(diagnostics.length > 0 && { diagnostics }) };
}

/** @returns how many documents are simple */
function expectEqualReadings(text: string, depth = DEPTH): number {
  const simple = readings(text, depth).filter((both) => both !== null);
  for (const [one, other] of simple) expect(one).toStrictEqual(other);
  return simple.length;
}

/** Few are doubtful, so that a document of several parts may be simple. */
const key = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("a", "b", "bucket", "s3", "cost-center", "a.b/c") },
  { weight: 1, arbitrary: fc.constantFrom("true", "1", "<<", "__proto__") },
);
const simpleScalar = fc.constantFrom(
  "orders",
  "team-1/",
  "true",
  "7",
  "30d",
  '"a b"',
  "''",
  "s3:Get*",
  "a#b",
  "é",
);
const doubtfulScalar = fc.oneof(
  fc.constantFrom(
    "orders",
    "team-1/",
    "true",
    "False",
    "~",
    "null",
    "7",
    "0",
    "007",
    "-1",
    "1.5",
    "0x1f",
    "1e3",
  ),
  fc.constantFrom(
    '"a"',
    '""',
    "''",
    "'it''s'",
    '"\\n"',
    '"${account.vars.x}"',
    "2027-01-01",
    "30d",
    "a b",
    "é",
  ),
  fc.constantFrom(
    "s3:Get*",
    "arn:aws:s3:::b/*",
    "a#b",
    "&x a",
    "*x",
    "!t a",
    "|",
    "@a",
    "%a",
    "a: b",
    "[",
    "-",
  ),
);
const scalar = fc.oneof({ weight: 20, arbitrary: simpleScalar }, { weight: 1, arbitrary: doubtfulScalar });
const tree = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(key, tie("tree"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).tree;

interface Style {
  readonly step: number;
  readonly inline: boolean;
  /** Between two parts of a flow collection. */
  readonly gap: string;
  readonly noise: string;
}

const style: fc.Arbitrary<Style> = fc.record({
  step: fc.constantFrom(0, 1, 2, 4),
  inline: fc.boolean(),
  gap: fc.constantFrom(" ", "", "\n", "\n  ", "\n      ", "\n\n         ", " # note\n      "),
  noise: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("", " # note", "  ", "\n", "\n# note", "\n      # deep") },
    { weight: 1, arbitrary: fc.constantFrom("#", "\t", "\r") },
  ),
});

/** Scalars are written as they are. */
function flow(value: Json, gap: string): string {
  const isList = Array.isArray(value);
  if (value === null || typeof value !== "object") return String(value);
  const members = Object.entries(value).map(([name, member]) => {
    const text = flow(member, gap);
    return isList ? text : `${name}: ${text}`;
  });
  const end = gap.includes("\n") && members.length > 1 ? "," : "";
  const inside = `${gap}${members.join(`,${gap}`)}${end}${gap}`;
  return isList ? `[${inside}]` : `{${inside}}`;
}

const PLAIN: Style = { step: 2, inline: true, noise: "", gap: " " };

function block(value: Json, indent: number, [next, ...others]: readonly Style[]): string {
  const { step, inline, noise, gap } = next ?? PLAIN;
  const isEmpty = value === null || typeof value !== "object" || Object.keys(value).length === 0;
  if (isEmpty || (inline && indent > 0)) return ` ${flow(value, gap)}${noise}\n`;
  const blanks = " ".repeat(indent);
  const members = Object.entries(value as object).map(([name, member]) => {
    const below = block(member as Json, indent + (Array.isArray(value) ? 2 : step), others);
    return Array.isArray(value) ? `${blanks}-${below.replace(/^\n? */, " ")}` : `${blanks}${name}:${below}`;
  });
  return `${noise}\n${members.join("")}`;
}

const written = fc
  .tuple(
    fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
    fc.array(style, { maxLength: 6 }),
  )
  .map(([value, styles]) => block(value as Json, 0, styles).replace(/^[^]*?\n/, ""));

const PIECES = ["\n", " ", "  ", "- ", ":", ": ", "#", "{", "}", "[", "]", ",", "'", '"', "\t", "\r\n", "\\"];
const MORE_PIECES = [
  "---\n",
  "...\n",
  "a: b",
  "a",
  "1",
  "~",
  "&a ",
  "*a",
  "!t ",
  "|",
  ">-",
  "? ",
  "<<: ",
  "%",
  "\u00a0",
];
const mistake = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.constantFrom(0, 0, 1, 2),
  piece: fc.constantFrom("", ...PIECES, ...MORE_PIECES),
});

test(
  "a document that is read without the YAML parser has the parser's values and places, and no problem",
  () => {
    fc.assert(
      fc.property(
        written,
        fc.array(mistake, { maxLength: 2 }),
        fc.constantFrom(2, 3, DEPTH),
        (text, mistakes, depth) => {
          expectEqualReadings(mistakes.reduce(changed, text), depth);
        },
      ),
      { numRuns: FC_RUNS * 5 },
    );
  },
  LAW_TIMEOUT_MS,
);

const shift = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  by: fc.constantFrom(-2, -1, 1, 2),
});

test(
  "a document whose lines are indented by mistake has the values of the YAML parser, or its problem",
  () => {
    fc.assert(
      fc.property(written, fc.array(shift, { minLength: 1, maxLength: 2 }), (text, shifts) => {
        expectEqualReadings(shifts.reduce(shifted, text));
      }),
      { numRuns: FC_RUNS * 5 },
    );
  },
  LAW_TIMEOUT_MS,
);

function shifted(text: string, { at, by }: { at: number; by: number }): string {
  const lines = text.split("\n");
  const line = Math.min(lines.length - 1, Math.floor(at * lines.length));
  return lines
    .map((one, index) => {
      if (index !== line) return one;
      return by < 0 ? one.replace(new RegExp(`^ {0,${-by}}`), "") : " ".repeat(by) + one;
    })
    .join("\n");
}

function changed(text: string, { at, length, piece }: { at: number; length: number; piece: string }): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + piece + text.slice(start + length);
}

test("manifests of the repository have the parser's values and places, also with one character missing", () => {
  const paths = globSync("**/*.yaml", { cwd: MANIFESTS });
  const simple = paths.map((path) => {
    const text = readFileSync(`${MANIFESTS}${path}`, "utf8");
    for (let at = 0; at < Math.min(text.length, 600); at += 7)
      expectEqualReadings(text.slice(0, at) + text.slice(at + 1));
    return expectEqualReadings(text);
  });

  expect(simple.filter((count) => count > 0).length).toBeGreaterThan(paths.length / 2);
});

test("values in flow style are simple", () => {
  const value = { metadata: { name: "api", tags: { tier: "3" } }, list: ["a", { b: 1, c: true }, [], {}] };

  expect(expectEqualReadings(`spec: ${flowText(value)}\n`)).toBe(1);
});
