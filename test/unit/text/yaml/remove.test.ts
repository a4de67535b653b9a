import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import type { ValuePath } from "../../../../src/text/located/value-path.ts";
import { withoutValues } from "../../../../src/text/yaml/remove.ts";

const BLOCK = `# head
spec:
  grants: # all that the code calls
    # tables
    - dynamodb: { table: orders, allow: [read, write, delete] } # since 2024

    # the queue
    # of the team
    - sqs:
        queue: "orders"
        allow:
          - send
          # for replays
          - consume
    # last
    - ssm: {parameter: a, allow: [read]}
  statements:
  - reason: old
    statement: {Effect: Allow, Action: ["sqs:SendMessage", sqs:TagQueue , 's3:GetObject'], Resource: "*"}
  tracing: true
`;

describe("removing values from a YAML text", () => {
  test.each<{ readonly because: string; readonly paths: readonly ValuePath[]; readonly lines: string }>([
    {
      because: "a member of a flow list goes with the comma after it",
      paths: [["spec", "grants", 0, "dynamodb", "allow", 1]],
      lines: "allow: [read, delete] } # since 2024",
    },
    {
      because: "the last member of a flow list goes with the comma before it",
      paths: [["spec", "grants", 0, "dynamodb", "allow", 2]],
      lines: "allow: [read, write] } # since 2024",
    },
    {
      because: "several members of one list",
      paths: [
        ["spec", "grants", 0, "dynamodb", "allow", 0],
        ["spec", "grants", 0, "dynamodb", "allow", 2],
      ],
      lines: "allow: [write] } # since 2024",
    },
    {
      because: "a quoted member with spaces around it",
      paths: [["spec", "statements", 0, "statement", "Action", 2]],
      lines: `Action: ["sqs:SendMessage", sqs:TagQueue], Resource: "*"}`,
    },
    {
      because: "the first entry leaves the comment of the list",
      paths: [["spec", "grants", 0]],
      lines: "code calls\n    # tables\n\n    # the queue\n    # of the team\n    - sqs:",
    },
    {
      because: "a later entry goes with the comment directly above it",
      paths: [["spec", "grants", 1]],
      lines: "# since 2024\n\n    # last\n    - ssm",
    },
    {
      because: "a member of a block list goes with its comment",
      paths: [["spec", "grants", 1, "sqs", "allow", 1]],
      lines: "          - send\n    # last\n",
    },
    {
      because: "a field of an object",
      paths: [["spec", "statements"]],
      lines: "allow: [read]}\n  tracing: true\n",
    },
    {
      because: "fields of one object, in any order",
      paths: [
        ["spec", "tracing"],
        ["spec", "statements"],
      ],
      lines: "    - ssm: {parameter: a, allow: [read]}\n",
    },
    {
      because: "entries of two lists together",
      paths: [
        ["spec", "grants", 2],
        ["spec", "statements", 0, "statement", "Action", 0],
      ],
      lines: `          - consume\n  statements:\n  - reason: old\n    statement: {Effect: Allow, Action: [sqs:TagQueue , 's3`,
    },
  ])("$because", ({ paths, lines }) => {
    const edited = withoutValues(BLOCK, paths);

    expect(edited).toContain(lines);
  });

  test("keeps every other byte, also with line ends of Windows", () => {
    const text = BLOCK.replaceAll("\n", "\r\n");

    const edited = withoutValues(text, [["spec", "grants", 2]]);

    expect(edited).toBe(text.replace("    # last\r\n    - ssm: {parameter: a, allow: [read]}\r\n", ""));
  });

  test("removes the last line of a text without a line end", () => {
    expect(withoutValues("a:\n  - x\n  - y", [["a", 1]])).toBe("a:\n  - x\n");
  });

  test("removes a field of a flow object", () => {
    expect(withoutValues("a: {x: 1, y: 2}\n", [["a", "x"]])).toBe("a: {y: 2}\n");
    expect(withoutValues("a: {x: [1]}\n", [["a", "x", 0]])).toBe("a: {x: []}\n");
  });

  test.each<{ readonly because: string; readonly text: string; readonly path: ValuePath }>([
    { because: "the text has an error", text: "a: [x, y\n", path: ["a", 0] },
    { because: "there are two documents", text: "a: [x, y]\n---\nb: 1\n", path: ["a", 0] },
    { because: "there is no such member", text: "a: [x, y]\n", path: ["a", 2] },
    { because: "there is no such field", text: "a: [x, y]\n", path: ["b"] },
    { because: "there is no such list", text: "a: {b: 1}\n", path: ["a", 0] },
    { because: "the list is inside nothing", text: "a: 1\n", path: ["a", "b", 0] },
    { because: "the object is a plain value", text: "a: 1\n", path: ["a", "b"] },
    { because: "the list is an object", text: "a: {b: {c: 1}}\n", path: ["a", 0, "c"] },
    { because: "another field of the object has no value", text: "a:\n  ? x\n  y: 1\n", path: ["a", "y"] },
    { because: "the text is empty", text: "", path: ["a"] },
    { because: "two lists begin on one line", text: "- - x\n  - y\n- z\n", path: [0, 0] },
    {
      because: "a list would have no members, which is read as nothing",
      text: "a:\n  - x\n",
      path: ["a", 0],
    },
  ])("gives up if $because", ({ text, path }) => {
    expect(withoutValues(text, [path])).toBeNull();
  });

  test("is read as the same value without the removed members, or gives up", () => {
    const list = fc.array(fc.constantFrom("x", "'y'", '"z"', "{a: 1}", "[1, 2]"), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(list, fc.boolean(), fc.nat({ max: 3 }), (members, isFlow, at) => {
        const text = isFlow
          ? `a: [${members.join(" , ")}]\nb: 1\n`
          : `a:\n${members.map((member) => `  # c\n  - ${member}\n`).join("")}b: 1\n`;

        const edited = withoutValues(text, [["a", at]]) ?? text;

        const { a } = parse(text) as { a: unknown[] };
        const isRemoved = at < members.length && (isFlow || members.length > 1);
        expect(parse(edited)).toEqual({ a: isRemoved ? a.toSpliced(at, 1) : a, b: 1 });
      }),
    );
  });
});
