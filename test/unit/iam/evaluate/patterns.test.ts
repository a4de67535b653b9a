import { describe, expect, test } from "@jest/globals";
import type { Holds } from "../../../../src/iam/evaluate/holds.ts";
import { compileResources, resourcesSelect } from "../../../../src/iam/evaluate/resource.ts";
import { arnMatches, compileArn } from "../../../../src/iam/match/arn-pattern.ts";
import { comparableText, parseTemplate, templatesOf } from "../../../../src/iam/match/template.ts";

function selects(pattern: string, resource: string, context: ReadonlyMap<string, readonly string[]>): Holds {
  const compiled = compileResources({ negated: false, values: [pattern] }, true);
  return resourcesSelect(compiled, resource, context);
}

const NOTHING_KNOWN = new Map<string, readonly string[]>();

/** The rule as a regular expression: in the first five fields only a star at the end reaches over colons. */
function byExpression(pattern: string): RegExp {
  const fields = pattern.split(":");
  const head = fields
    .slice(0, 5)
    .map((field) =>
      field.replace(/\*$/, "<rest>").replaceAll("*", "[^:]*").replaceAll("?", "[^:]").replace("<rest>", ".*"),
    );
  const tail = fields.slice(5).join(":").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${[...head, tail].join(":")}$`);
}

describe("a resource pattern", () => {
  test("matches what the rule for its fields allows, for every number of fields", () => {
    const fields = ["a", "*", "?", "a*", "*a", "a*a", "?*"];
    const patterns = fields.flatMap((first) =>
      fields.flatMap((second) =>
        ["a", "*", "a*a"].flatMap((fifth) =>
          ["a", "a*a", "?a", "*:a"].map((last) => `${first}:${second}:a:a:${fifth}:${last}`),
        ),
      ),
    );
    const parts = ["a", "aba", ""];
    const texts = parts.flatMap((first) =>
      parts.flatMap((second) =>
        ["a", ""].flatMap((fifth) =>
          ["a", ":a", "a:a", "b:a:a", ""].map((last) => `${first}:${second}:a:a:${fifth}:${last}`),
        ),
      ),
    );
    const wrong = patterns.flatMap((pattern) => {
      const expression = byExpression(pattern);
      return texts
        .filter((text) => selects(pattern, text, NOTHING_KNOWN) !== expression.test(text))
        .map((text) => `${pattern} ${text}`);
    });

    expect(wrong).toEqual([]);
  });

  test.each([
    {
      pattern: "arn:aws:sqs",
      text: "arn:aws:sqs:eu:1:q",
      is: true,
      because: "a short ARN is completed with stars",
    },
    {
      pattern: "**",
      text: "*",
      is: true,
      because: "two stars equal one, which also matches a text that is no ARN",
    },
    { pattern: "*:*", text: "*", is: false, because: "a text that is no ARN has no fields" },
    {
      pattern: "arn:aws:s3${",
      text: "arn:aws:s3${:::b",
      is: true,
      because: "an open brace is plain text before the last field too",
    },
    { pattern: "arn", text: "arn:aws:sqs:eu:1:q", is: true, because: "a pattern of one field is completed" },
    {
      pattern: "?:?:?:?:?:x",
      text: "a:a:a:a:::x",
      is: false,
      because: "a question mark never matches a colon",
    },
    {
      pattern: "arn:aws:s3:::${a}",
      text: "arn:aws:s3:::v",
      is: true,
      because: "the variable has this value",
    },
    {
      pattern: "arn:aws:s3:::${a}",
      text: "arn:aws:s3:::w",
      is: false,
      because: "the variable has another value",
    },
    {
      pattern: "arn:aws:${a}:::b",
      text: "arn:aws:v:::b",
      is: false,
      because: "the variable is before the last field",
    },
    {
      pattern: "arn:aws:s3:::${s}",
      text: "arn:aws:s3:::x",
      is: false,
      because: "a star in a value is plain text",
    },
    {
      pattern: "arn:aws:s3:::${s}",
      text: "arn:aws:s3:::*",
      is: true,
      because: "a star in a value matches a star",
    },
  ])("$pattern and $text: $is, $because", ({ pattern, text, is }) => {
    expect(
      selects(
        pattern,
        text,
        new Map([
          ["a", ["v"]],
          ["s", ["*"]],
        ]),
      ),
    ).toBe(is);
  });
});

describe("a value of an ARN operator", () => {
  test.each([
    { pattern: "arn:aws:s3:::b", text: "arn:aws:s3:::b", is: true, because: "both are the same" },
    { pattern: "arn:aws:s3:::b", text: "arn:aws:s3:::c", is: false, because: "the last part differs" },
    { pattern: "arn:*:s3:::b", text: "arn:aws:s3:::b", is: true, because: "a part may be a star" },
    { pattern: "arn:*:::b", text: "arn:aws:s3:::b", is: undefined, because: "five parts are not an ARN" },
    {
      pattern: "arn:aws:l:e:1:f:a",
      text: "arn:aws:l:e:1:f:b",
      is: false,
      because: "the end of the last part is significant",
    },
    {
      pattern: "arn:aws:l:e:1:f:a",
      text: "arn:aws:l:e:1:g:a",
      is: false,
      because: "the beginning of the last part is significant",
    },
    {
      pattern: "arn:aws:l:e:1:f:*",
      text: "arn:aws:l:e:1:f:a:b",
      is: true,
      because: "a star in the last part also matches colons",
    },
    {
      pattern: "arn:aws:l:e:1:x*y:z",
      text: "arn:aws:l:e:1:x:q:y:z",
      is: true,
      because: "a star inside the last part also matches colons",
    },
    {
      pattern: "arn:aws:l:e:1:f:a",
      text: "arn:aws:l:e:1:fa",
      is: false,
      because: "colons of the last part are significant",
    },
    {
      pattern: "arn*",
      text: "arn:aws:sqs:eu:1:q",
      is: true,
      because: "a pattern of one part with a star is completed",
    },
    {
      pattern: "arn:a*",
      text: "arn:aws:sqs:eu:1:q",
      is: true,
      because: "a pattern of two parts is completed",
    },
    {
      pattern: "arn:aws:sqs*",
      text: "arn:aws:sns:eu:1:t",
      is: false,
      because: "the parts that are given must match",
    },
    { pattern: "*", text: "arn:aws:s3:::b", is: true, because: "a star matches any ARN" },
    { pattern: "*", text: "b", is: false, because: "a text that is no ARN matches no pattern" },
    {
      pattern: "arn:aws:s3",
      text: "arn:aws:s3:::b",
      is: undefined,
      because: "a short text without a star is not a pattern",
    },
  ])("$pattern and $text: $is, $because", ({ pattern, text, is }) => {
    const globs = compileArn(pattern);

    expect(globs && arnMatches(globs, text)).toBe(is);
  });
});

describe("a value with variables", () => {
  const text = (value: string): object => ({ kind: "text", text: value });
  const variable = (key: string, fallback: string | null = null): object => ({
    kind: "variable",
    key,
    fallback,
  });

  test.each([
    { source: "x", parts: [text("x")], isVariable: false, because: "the text has no variable" },
    {
      source: "x${a",
      parts: [text("x${a")],
      isVariable: false,
      because: "a variable that is not closed is text",
    },
    {
      source: "${A:b}",
      parts: [text(""), variable("a:b"), text("")],
      isVariable: true,
      because: "the case of a key is ignored",
    },
    {
      source: "x${a }y",
      parts: [text("x"), variable("a"), text("y")],
      isVariable: true,
      because: "spaces around a key are ignored",
    },
    {
      source: "${a,'b'}",
      parts: [text(""), variable("a", "b"), text("")],
      isVariable: true,
      because: "a variable may have a default",
    },
    {
      source: "${a ,  'b, c\nd'}",
      parts: [text(""), variable("a", "b, c\nd"), text("")],
      isVariable: true,
      because: "a default may contain any character",
    },
    {
      source: "${a, b}",
      parts: [text(""), variable("a, b"), text("")],
      isVariable: true,
      because: "a default without quotes is part of a key that does not exist",
    },
    {
      source: "${, 'b'}",
      parts: [text(""), variable("", "b"), text("")],
      isVariable: true,
      because: "a default without a key makes a key that does not exist",
    },
    {
      source: "${*}${?}${$}",
      parts: ["*", "?", "$"]
        .flatMap((character) => [text(""), { kind: "character", text: character }])
        .concat(text("")),
      isVariable: true,
      because: "escaped characters are themselves",
    },
  ])("is split into parts: $source, $because", ({ source, parts, isVariable }) => {
    expect(parseTemplate(source)).toEqual({ source, parts, isVariable });
  });

  test("is plain text in a document of version 2008", () => {
    expect(templatesOf(["${a}"], false)).toEqual([
      { source: "${a}", parts: [text("${a}")], isVariable: false },
    ]);
    expect(templatesOf(["${a}"], true)).toMatchObject([{ isVariable: true }]);
  });

  test("can't be compared with a text that contains its placeholder characters", () => {
    expect(comparableText("*?", "a")).toBe("*?");
    expect(comparableText("*?", "\uE001")).toBe("\uE001\uE002");
    expect(comparableText("*?", "\uE002")).toBe("\uE001\uE002");
    expect(comparableText("\uE001", "\uE001")).toBeUndefined();
    expect(comparableText("\uE002", "\uE001")).toBeUndefined();
  });
});
