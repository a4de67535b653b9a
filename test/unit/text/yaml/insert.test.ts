import { describe, expect, test } from "@jest/globals";
import { withValue, withValueInFile } from "../../../../src/text/yaml/insert.ts";
import type { ValuePath } from "../../../../src/text/located/value-path.ts";
import type { Json, JsonObject, ValueEdit } from "../../../../src/model/values/json.ts";

const GRANTS: ValuePath = ["spec", "grants"];
const SQS = { sqs: { queue: "q", allow: ["send"] } };
const append = (path: ValuePath = GRANTS, value: JsonObject = SQS): ValueEdit => ({
  kind: "append",
  path,
  value,
});
const set = (path: ValuePath, value: Json): ValueEdit => ({ kind: "set", path, value });
const ALLOW: ValuePath = ["spec", "grants", 0, "s3", "allow"];

describe("a further member of a list", () => {
  test.each([
    {
      because: "goes below the last one, with its indentation and every comment",
      text: "spec:\n  # all\n  grants:\n    - s3: { bucket: b }  # why\n    # not this\n  tracing: true\n",
      after:
        "spec:\n  # all\n  grants:\n    - s3: { bucket: b }  # why\n    - sqs: { queue: q, allow: [send] }\n    # not this\n  tracing: true\n",
    },
    {
      because: "goes below a last one of several lines",
      text: "spec:\n  grants:\n  - s3:\n      bucket: b\n    until: x\n  name: f\n",
      after:
        "spec:\n  grants:\n  - s3:\n      bucket: b\n    until: x\n  - sqs: { queue: q, allow: [send] }\n  name: f\n",
    },
    {
      because: "goes to the end of a text without a last line break",
      text: "spec:\n  grants:\n    - a: 1",
      after: "spec:\n  grants:\n    - a: 1\n    - sqs: { queue: q, allow: [send] }",
    },
    {
      because: "keeps line breaks of Windows",
      text: "spec:\r\n  grants:\r\n    - a: 1\r\n",
      after: "spec:\r\n  grants:\r\n    - a: 1\r\n    - sqs: { queue: q, allow: [send] }\r\n",
    },
    {
      because: "goes into brackets",
      text: "spec: { grants: [ { a: 1 } ] }\n",
      after: "spec: { grants: [ { a: 1 }, { sqs: { queue: q, allow: [send] } } ] }\n",
    },
    {
      because: "goes into empty brackets",
      text: "spec:\n  grants: []\n  x: 1\n",
      after: "spec:\n  grants: [{ sqs: { queue: q, allow: [send] } }]\n  x: 1\n",
    },
    {
      because: "makes the list that is missing",
      text: "spec:\n  name: f\nother: 1\n",
      after: "spec:\n  name: f\n  grants:\n    - sqs: { queue: q, allow: [send] }\nother: 1\n",
    },
  ])("$because", ({ text, after }) => {
    expect(withValue(text, append())).toBe(after);
  });

  test.each([
    { because: "the list is missing in braces", text: "spec: { name: f }\n" },
    { because: "the field is no list", text: "spec:\n  grants: 1\n" },
    { because: "the field has no value", text: "spec:\n  grants:\n  x: 1\n" },
    { because: "the object around it is missing", text: "metadata: 1\n" },
    { because: "the object around it is empty", text: "spec: {}\n" },
    { because: "the text is not valid", text: "spec: [\n" },
    { because: "there are two documents", text: "spec:\n  grants: []\n---\nspec: 1\n" },
    { because: "the list has an alias", text: "a: &x { b: 1 }\nspec:\n  grants:\n    - *x\n    - *x c\n" },
  ])("is not made if $because", ({ text }) => {
    expect(withValue(text, append())).toBeNull();
  });

  test("is not made at a place in a list", () => {
    expect(withValue("spec:\n  grants: [{ a: 1 }]\n", append(["spec", "grants", 0]))).toBeNull();
  });
});

describe("the value of a field", () => {
  test.each([
    {
      because: "replaces a list in brackets",
      text: "spec:\n  grants:\n    - s3: { bucket: b, allow: [read] } # x\n    - a: 1\n",
      after: "spec:\n  grants:\n    - s3: { bucket: b, allow: [read, write] } # x\n    - a: 1\n",
    },
    {
      because: "replaces a list of lines",
      text: "spec:\n  grants:\n    - s3:\n        allow:\n          - read\n          - list\n        bucket: b\n",
      after: "spec:\n  grants:\n    - s3:\n        allow: [read, write]\n        bucket: b\n",
    },
    {
      because: "is added in braces",
      text: "spec:\n  grants:\n    - s3: { bucket: b }\n",
      after: "spec:\n  grants:\n    - s3: { bucket: b, allow: [read, write] }\n",
    },
    {
      because: "is added as a line",
      text: "spec:\n  grants:\n    - s3:\n        bucket: b # x\n",
      after: "spec:\n  grants:\n    - s3:\n        bucket: b # x\n        allow: [read, write]\n",
    },
  ])("$because", ({ text, after }) => {
    expect(withValue(text, set(ALLOW, ["read", "write"]))).toBe(after);
  });

  test("replaces another value", () => {
    expect(withValue("spec:\n  tracing: false\n", set(["spec", "tracing"], true))).toBe(
      "spec:\n  tracing: true\n",
    );
  });

  test.each([
    {
      because: "a comment would be lost",
      text: "spec:\n  grants:\n    - s3:\n        allow:\n          - read # all\n        bucket: b\n",
    },
    { because: "the place is missing", text: "spec:\n  grants: []\n" },
    { because: "more follows on the line", text: "? spec\n: grants: 1\n" },
  ])("is not set if $because", ({ text }) => {
    expect(withValue(text, set(ALLOW, ["read", "write"]))).toBeNull();
  });
});

describe("a value of one document of a file", () => {
  const file = "a: 1\n---\n# second\nspec:\n  x: 1\n---\nb: 2\n";

  test("leaves the other documents as they are", () => {
    expect(withValueInFile(file, 4, set(["spec", "y"], 2))).toBe(
      "a: 1\n---\n# second\nspec:\n  x: 1\n  y: 2\n---\nb: 2\n",
    );
  });

  test.each([
    { because: "the document does not have the object", text: file, line: 1 },
    { because: "there is no document", text: "# empty\n", line: 1 },
  ])("is not set if $because", ({ text, line }) => {
    expect(withValueInFile(text, line, set(["spec", "y"], 2))).toBeNull();
  });
});

describe("an edit of a place that cannot be edited without a doubt", () => {
  test.each([
    { because: "the text is no YAML", text: "spec: [\n", edit: set(["spec"], 1) },
    {
      because: "the member is an object",
      text: "spec:\n  grants:\n    - a: 1\n",
      edit: set([...GRANTS, 0], "b"),
    },
    { because: "what should contain it is missing", text: "spec: { a: 1 }\n", edit: set(["other", "b"], 1) },
    { because: "what should contain it is empty", text: "spec: {}\n", edit: set(["spec", "b"], 1) },
    { because: "a further member's list is missing", text: "spec: { a: 1 }\n", edit: append(["other", "b"]) },
    {
      because: "a comment would be lost",
      text: "spec:\n  grants:\n    - a # why\n",
      edit: set(GRANTS, ["b"]),
    },
  ])("is not made: $because", ({ text, edit }) => {
    expect(withValue(text, edit)).toBeNull();
  });

  test.each([
    { because: "lines without a comment", text: "spec:\n  grants:\n    - a\n" },
    { because: "brackets", text: "spec:\n  grants: [a]\n" },
  ])("is made in place of $because", ({ text }) => {
    expect(withValue(text, set(GRANTS, ["b"]))).toBe("spec:\n  grants: [b]\n");
  });
});
