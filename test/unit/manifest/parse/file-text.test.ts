import { describe, expect, test } from "@jest/globals";
import type { Compilation } from "../../../../src/manifest/compile/compile.ts";
import {
  accountText,
  compileTexts,
  diagnosticTexts,
  functionText,
  PLATFORM_FILES,
} from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

/** Everything that a compilation reports and declares, with the order of its maps. */
function textOf(compilation: Compilation): string {
  return JSON.stringify(compilation, (_, value: unknown) => (value instanceof Map ? [...value] : value));
}

const DENY = functionText(
  "first",
  `  statements:
    - reason: only from our network
      statement:
        Effect: Deny
        Action: ["dynamodb:DeleteItem"]
        Resource: "*"
        Condition:
          StringNotEquals:
            aws:SourceVpc: vpc-123
`,
);
const POLICY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: audit-read}
spec:
  document:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: dynamodb:GetItem
        Resource: arn:aws:dynamodb:eu-west-1:222222222222:table/orders`;
const SEVERAL = `${DENY}---\n${POLICY}\n---\n${functionText("last", "  managedPolicies:\n    - audit-read")}`;

describe("every form of line ends gives the same text", () => {
  const unix = textOf(compileTexts({ [FILE]: SEVERAL }));

  test.each([
    { text: SEVERAL.replaceAll("\n", "\r\n"), because: "Windows line ends in a file with several documents" },
    { text: `\ufeff${SEVERAL.replaceAll("\n", "\r\n")}`, because: "a byte order mark before the documents" },
    { text: SEVERAL.replace("---\n", "---\r\n"), because: "one Windows line end among others" },
  ])("$because", ({ text }) => {
    expect(textOf(compileTexts({ [FILE]: text }))).toBe(unix);
  });

  test("in a file with several documents keeps the condition value of a Deny", () => {
    const { desired, diagnostics } = compileTexts({ [FILE]: SEVERAL.replaceAll("\n", "\r\n") });
    const [binding] = desired.bindings.values();
    const conditions = binding?.role.inline.statements.map(({ statement }) => statement.Condition);

    expect(diagnostics).toEqual([]);
    expect(conditions).toContainEqual({ StringNotEquals: { "aws:SourceVpc": "vpc-123" } });
  });

  test.each([
    { end: "\r", name: "U+000D", because: "a single carriage return" },
    { end: "\r\r\n", name: "U+000D", because: "a repeated carriage return" },
    { end: "\u2028", name: "U+2028", because: "a line separator" },
    { end: "\u2029", name: "U+2029", because: "a paragraph separator" },
    { end: "\u0085", name: "U+0085", because: "a next line character" },
  ])("$because is an error with its place, not a line end", ({ end, name }) => {
    const lines = functionText("a").split("\n");
    const text = [...lines.slice(0, 3), `${lines[3]}${end}${lines[4]}`].join("\n");

    expect(diagnosticTexts(compileTexts({ [FILE]: text }))[0]).toMatch(
      new RegExp(`^${FILE}:4:6 the character U\\${name.slice(1)} is not allowed`),
    );
  });

  test.each([{ end: "\r" }, { end: "\u0085" }])(
    "the last line of a file may not end with a character that only looks like a line end",
    ({ end }) => {
      const { desired, diagnostics } = compileTexts({ [FILE]: functionText("a", `  function: b${end}`) });

      expect(desired.bindings.size).toBe(0);
      expect(diagnostics).toHaveLength(1);
    },
  );

  test("only YAML white space may follow the mark between two documents", () => {
    const text = `${functionText("a")}---\u00a0\n${functionText("b")}`;

    expect(compileTexts({ [FILE]: text }).desired.bindings.size).toBe(0);
  });
});

/** A place for a value, with the line and column of the value in the file. */
interface Site {
  readonly what: string;
  readonly file?: string;
  readonly text: (value: string) => string;
}

const SITES: readonly Site[] = [
  { what: "metadata.name", text: (value) => functionText("a").replace("{name: a}", `{name: ${value}}`) },
  { what: "spec.function", text: (value) => functionText("a", `  function: ${value}\n`) },
  { what: "a region", text: (value) => functionText("a").replace("[eu-west-1]", `[${value}]`) },
  { what: "role.name", text: (value) => functionText("a", `  role: {name: ${value}}\n`) },
  { what: "role.description", text: (value) => functionText("a", `  role: {description: ${value}}\n`) },
  { what: "a tag's value", text: (value) => functionText("a", `  role: {tags: {cost-center: ${value}}}\n`) },
  { what: "a tag's key", text: (value) => functionText("a", `  role: {tags: {${value}: x}}\n`) },
  {
    what: "a grant's resource",
    text: (value) => functionText("a", `  grants: [{dynamodb: {table: ${value}, allow: [read]}}]\n`),
  },
  {
    what: "a caller",
    text: (value) => functionText("a", `  invokedBy: [{s3: {bucket: ${value}}}]\n`),
  },
  {
    what: "a condition's value",
    text: (value) =>
      functionText(
        "a",
        `  statements: [{reason: x, statement: {Effect: Deny, Action: "dynamodb:*", Resource: "*", Condition: {StringEquals: {"aws:SourceVpc": ${value}}}}}]\n`,
      ),
  },
  {
    what: "a condition's key",
    text: (value) =>
      functionText(
        "a",
        `  statements: [{reason: x, statement: {Effect: Deny, Action: "dynamodb:*", Resource: "*", Condition: {StringEquals: {${value}: x}}}}]\n`,
      ),
  },
  {
    what: "an action",
    text: (value) =>
      functionText(
        "a",
        `  statements: [{reason: x, statement: {Effect: Allow, Action: ${value}, Resource: "*"}}]\n`,
      ),
  },
  {
    what: "a resource",
    text: (value) =>
      functionText(
        "a",
        `  statements: [{reason: x, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: ${value}}}]\n`,
      ),
  },
  {
    what: "a policy's description",
    text: (value) => POLICY.replace("spec:\n", `spec:\n  description: ${value}\n`),
  },
  {
    what: "a statement of a policy's document",
    text: (value) => POLICY.replace("dynamodb:GetItem", value),
  },
  {
    what: "a variable of an account",
    file: "platform/accounts.yaml",
    text: (value) => accountText("prod", "222222222222").replace("orders-prod", value),
  },
  { what: "an attached policy", text: (value) => functionText("a", `  managedPolicies: [${value}]\n`) },
];

const CONTROLS = [
  { escape: "\\r", name: "U+000D" },
  { escape: "\\n", name: "U+000A" },
  { escape: "\\t", name: "U+0009" },
  { escape: "\\x07", name: "U+0007" },
  { escape: "\\u000d", name: "U+000D" },
  { escape: "\\e", name: "U+001B" },
  { escape: "\\N", name: "U+0085" },
  { escape: "\\L", name: "U+2028" },
  { escape: "\\u00ad", name: "U+00AD" },
  { escape: "\\ud800", name: "U+D800" },
] as const;

describe("a control character in a value that reaches AWS is an error", () => {
  test.each(SITES.flatMap((site) => CONTROLS.map((control) => ({ ...site, ...control, what: site.what }))))(
    "$name as $escape in $what",
    ({ file = FILE, text, escape, name }) => {
      const compilation = compileTexts({ [file]: text(`"x${escape}"`) });
      const named = diagnosticTexts(compilation).filter((diagnostic) => diagnostic.includes(name));

      expect(named).toHaveLength(1);
      expect(named[0]).toMatch(new RegExp(`^${file}:\\d+:\\d+ `));
      expect([...compilation.desired.bindings.keys()].filter((key) => key.includes("/orders/"))).toEqual([]);
    },
  );

  test.each([
    {
      block: "|\n        x\n",
      fix: "begin the block with |- or >-",
      because: "a literal block ends with a line break",
    },
    {
      block: ">\n        x\n",
      fix: "begin the block with |- or >-",
      because: "a folded block ends with a line break",
    },
    {
      block: "|-\n        x\n        y\n",
      fix: "write it on one line",
      because: "a literal block has two lines",
    },
    {
      block: '"x\n\n        y"\n',
      fix: "write it on one line",
      because: "an empty line in a quoted text is a line break",
    },
  ])("a line break without an escape is an error: $because", ({ block, fix }) => {
    const text = functionText("a", `  role:\n    tags:\n      cost-center: ${block}`);

    const named = diagnosticTexts(compileTexts({ [FILE]: text }));

    expect(named).toEqual([`teams/orders/a.yaml:8:20 the value has a line break (U+000A) → ${fix}`]);
  });

  test("annotations are notes and may have several lines", () => {
    const text = functionText("a").replace(
      "{name: a}",
      `\n  name: a\n  annotations:\n    example.com/note: |\n      first\n      second\n`,
    );

    expect(diagnosticTexts(compileTexts({ [FILE]: text }))).toEqual([]);
    expect(diagnosticTexts(compileTexts({ [FILE]: text.replace("|\n      first\n", '"\\x07"\n#') }))).toEqual(
      [expect.stringContaining("the character U+0007 is not allowed")],
    );
  });

  test("the platform files of these tests are valid without it", () => {
    expect(diagnosticTexts(compileTexts(PLATFORM_FILES))).toEqual([]);
  });
});
