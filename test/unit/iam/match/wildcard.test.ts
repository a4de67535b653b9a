import { describe, expect, test } from "@jest/globals";
import {
  arnCovers,
  collapseWildcards,
  hasEarlyVariable,
  isWholeService,
  matchesPattern,
  patternCovers,
  patternsMeet,
  PLAIN_DOLLAR,
  resourceCovers,
  resourcesMeet,
} from "../../../../src/iam/match/wildcard.ts";

describe("a pattern matches a text", () => {
  test.each([
    { pattern: "", text: "", matches: true, because: "an empty pattern matches an empty text" },
    { pattern: "a", text: "a", matches: true, because: "a pattern without wildcards matches itself" },
    { pattern: "a", text: "A", matches: false, because: "case is significant" },
    { pattern: "a", text: "ab", matches: false, because: "the whole text has to match" },
    { pattern: "*", text: "", matches: true, because: "a star may match nothing" },
    { pattern: "a*", text: "abc", matches: true, because: "a star may match the end" },
    { pattern: "*c", text: "abc", matches: true, because: "a star may match the beginning" },
    { pattern: "a*c", text: "ac", matches: true, because: "beginning and end may touch" },
    { pattern: "aa*a", text: "aa", matches: false, because: "beginning and end may not overlap" },
    { pattern: "a*b*c", text: "axbxc", matches: true, because: "the pieces occur in order" },
    {
      pattern: "a*bc*c",
      text: "abc",
      matches: false,
      because: "the middle piece must leave space for the end",
    },
    { pattern: "a*x*c", text: "abc", matches: false, because: "each piece must occur" },
    { pattern: "a?c", text: "abc", matches: true, because: "a question mark matches one character" },
    { pattern: "a?c", text: "ac", matches: false, because: "a question mark needs a character" },
    { pattern: "?", text: "*", matches: true, because: "a star in the text is a plain character" },
    { pattern: "*a?c*", text: "xxabcxx", matches: true, because: "a piece may contain a question mark" },
    {
      pattern: "*a?c*",
      text: "xxabdxx",
      matches: false,
      because: "a piece with a question mark has to match",
    },
    { pattern: "*?*", text: "", matches: false, because: "a star and a question mark need one character" },
    { pattern: "*a*a*", text: "ba", matches: false, because: "two pieces never match the same characters" },
    { pattern: "*ab*b*", text: "xab", matches: false, because: "a piece begins after the previous one" },
  ])("$because: $pattern $text", ({ pattern, text, matches }) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  test("in time that grows moderately", () => {
    const text = "a".repeat(20_000);
    const started = performance.now();

    expect(matchesPattern(`${"a*".repeat(5_000)}b`, text)).toBe(false);
    expect(matchesPattern(`${"*a".repeat(5_000)}*b*`, text)).toBe(false);
    expect(collapseWildcards(`${"?".repeat(100_000)}a*`)).toHaveLength(100_002);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe("a pattern covers another", () => {
  test.each([
    { outer: "*", inner: "x", covers: true, because: "a star covers everything" },
    { outer: "a*", inner: "a*", covers: true, because: "a pattern covers itself" },
    { outer: "a*", inner: "ab*c", covers: true, because: "a star covers another star" },
    { outer: "a?", inner: "a*", covers: false, because: "one character is narrower than any text" },
    { outer: "a?", inner: "a?", covers: true, because: "a question mark covers one character" },
    { outer: "a*", inner: "*", covers: false, because: "a narrow pattern does not cover a wide one" },
    { outer: "*?", inner: "?*", covers: true, because: "the order of wildcards has no meaning" },
    { outer: "a**", inner: "a*", covers: true, because: "two stars equal one" },
    {
      outer: "x${aws:username}*",
      inner: "x${aws:username}y",
      covers: true,
      because: "a variable covers itself",
    },
    {
      outer: "x${aws:username}",
      inner: "x${aws:userid}",
      covers: false,
      because: "two variables may have different values",
    },
    {
      outer: "x?",
      inner: "x${aws:username}",
      covers: false,
      because: "a variable is not a single character",
    },
    {
      outer: "x*",
      inner: "x${aws:username}",
      covers: true,
      because: "a star covers the value of a variable",
    },
    { outer: "*}", inner: "x${aws:username}", covers: false, because: "the brace belongs to the variable" },
    { outer: "x${open", inner: "x${open", covers: true, because: "an open variable covers itself" },
    { outer: "x*", inner: "x${open", covers: true, because: "an open variable is text of unknown length" },
    {
      outer: "*${open",
      inner: "x${open",
      covers: true,
      because: "the text before a variable is not a part of its name",
    },
    {
      outer: "${a}${b}?",
      inner: "${a}${b}${c}",
      covers: false,
      because: "the third variable is not a single character either",
    },
    { outer: "x?", inner: `x${PLAIN_DOLLAR}`, covers: false, because: "an escaped ${ is two characters" },
  ])("$because: $outer $inner", ({ outer, inner, covers }) => {
    expect(patternCovers(outer, inner)).toBe(covers);
  });

  test("never if there are more variables than placeholders", () => {
    const many = Array.from({ length: 7_000 }, (_, at) => `\${v${at}}`).join("");

    expect(patternCovers(`${many}*`, `${many}x`)).toBe(false);
    expect(patternCovers("*", many)).toBe(true);
    expect(patternCovers(many, many)).toBe(true);
    expect(resourceCovers("*", many)).toBe(true);
    expect(resourceCovers(many, many)).toBe(true);
    expect(patternsMeet(`${many}*`, "x")).toBe(true);
    expect(resourceCovers(`${many}*`, `${many}x`)).toBe(false);
  });
});

describe("a resource covers another", () => {
  test.each([
    { outer: "*", inner: "arn:aws:s3:::b", covers: true, because: "a star covers everything" },
    {
      outer: "arn:aws:s3:::b/*",
      inner: "arn:aws:s3:::b/k",
      covers: true,
      because: "the last part is covered",
    },
    { outer: "arn:aws:s3:::*", inner: "*", covers: false, because: "one service does not cover all" },
    { outer: "**", inner: "*", covers: true, because: "two stars cover one" },
    { outer: "*", inner: "**", covers: true, because: "one star covers two" },
    { outer: "*:*", inner: "*", covers: false, because: "some actions have no ARN" },
    {
      outer: "arn:aws:sqs:*?:1:q",
      inner: "arn:aws:sqs:?*:1:q",
      covers: false,
      because: "only a star right before a colon matches across it",
    },
    {
      outer: "arn:aws:s3:*",
      inner: "arn:aws:s3:*?",
      covers: false,
      because: "a pattern with such a star is never proved wider",
    },
    {
      outer: "arn:aws:s3:::b/*?",
      inner: "arn:aws:s3:::b/?*",
      covers: true,
      because: "a star in the last part matches across colons",
    },
    { outer: "*:*:*:*:*:*", inner: "**", covers: false, because: "a resource without an ARN has no parts" },
    {
      outer: "arn:aws:sqs",
      inner: "arn:aws:sqs:eu-west-1:111122223333:q",
      covers: true,
      because: "a short ARN is completed",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f",
      inner: "arn:aws:lambda:eu-west-1:1:function:f",
      covers: true,
      because: "the last part may contain colons",
    },
    {
      outer: "arn:aws:s3*",
      inner: "arn:aws:s3:::b",
      covers: true,
      because: "a short ARN with a star is completed",
    },
    {
      outer: "arn:aws:lambda:*:f",
      inner: "arn:aws:lambda:eu:1:x:f",
      covers: false,
      because: "a star inside a part stays in it",
    },
    {
      outer: "arn:aws:s3:::${aws:username}/*",
      inner: "arn:aws:s3:::${aws:username}/a",
      covers: true,
      because: "the colon of a variable is not a colon of the ARN",
    },
    { outer: "arn", inner: "arn:aws:s3:::b", covers: true, because: "one part is completed" },
    { outer: "arn:aws", inner: "arn:aws:s3:::b", covers: true, because: "two parts are completed" },
    {
      outer: "arn:aws:sqs:*",
      inner: "arn:aws:sqs",
      covers: true,
      because: "the narrower resource is completed too",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f",
      inner: "arn:aws:lambda:eu:1:function:g",
      covers: false,
      because: "the last part is compared to its end",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f",
      inner: "arn:aws:lambda:eu:1:layer:f",
      covers: false,
      because: "the last part is compared from its beginning",
    },
    {
      outer: "arn:aws:lambda:eu:1:function:*",
      inner: "arn:aws:lambda:eu:1:function:a:b",
      covers: true,
      because: "a star of the last part matches across colons",
    },
    {
      outer: "arn:aws:lambda:eu:1:x*y:z",
      inner: "arn:aws:lambda:eu:1:x:q:y:z",
      covers: true,
      because: "a star inside the last part matches across colons",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f*",
      inner: "arn:aws:lambda:eu:1:function:g",
      covers: false,
      because: "the last part is compared between two stars as well",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f*",
      inner: "arn:aws:lambda:eu:1:layer:f",
      covers: false,
      because: "the last part is compared from its beginning between stars",
    },
    {
      outer: "arn:aws:lambda:*:1:function:*",
      inner: "arn:aws:lambda:eu:1:functionx",
      covers: false,
      because: "the last part is compared with its colons",
    },
    {
      outer: "arn:aws:lambda:eu:1:function:*",
      inner: "arn:aws:lambda:eu:1:functionx",
      covers: false,
      because: "the colons of the last part are significant",
    },
  ])("$because: $outer $inner", ({ outer, inner, covers }) => {
    expect(resourceCovers(outer, inner)).toBe(covers);
  });

  test.each([
    { outer: "*", inner: "arn:aws:s3:::b", covers: true, because: "a single star covers any ARN" },
    { outer: "x", inner: "x", covers: true, because: "an ARN covers itself" },
    { outer: "arn:aws:sqs", inner: "arn:aws:sqs:eu:1:q", covers: false, because: "an ARN is not completed" },
    {
      outer: "arn:aws:sqs:*:*",
      inner: "arn:aws:sqs:eu:1:q",
      covers: false,
      because: "five parts are not an ARN",
    },
    {
      outer: "arn:aws:sqs:*:*:*",
      inner: "arn:aws:sqs:eu:1:q",
      covers: true,
      because: "each part is covered",
    },
    {
      outer: "arn:aws:sns:*:*:*",
      inner: "arn:aws:sqs:eu:1:q",
      covers: false,
      because: "one part is not covered",
    },
    { outer: "arn:aws:s3:::b*", inner: "arn:aws:s3:::bk", covers: true, because: "empty parts are parts" },
    {
      outer: "arn:aws:s3:::${a:b}*",
      inner: "arn:aws:s3:::${a:b}k",
      covers: true,
      because: "the colons of a variable's name are not colons of the ARN",
    },
    {
      outer: "arn:aws:${a}:::b${c}*",
      inner: "arn:aws:${a}:::b${c}k",
      covers: false,
      because: "a variable before the last part may contain colons",
    },
    {
      outer: "arn:aws:${a:b:c:d}*",
      inner: "arn:aws:${a:b:c:d}x:eu:1:q",
      covers: false,
      because: "the name of a variable does not complete a short pattern",
    },
    {
      outer: "arn:aws:*:eu:1:x",
      inner: "arn:aws:${a:b}:eu:1:x",
      covers: false,
      because: "the value of a variable may contain colons that divide the ARN elsewhere",
    },
    {
      outer: "arn:aws:${a:b}:*:*:*",
      inner: "arn:aws:${a:b}:eu:1:x",
      covers: false,
      because: "the value of the other's variable may contain colons too",
    },
  ])("as a value of an ARN operator: $because: $outer $inner", ({ outer, inner, covers }) => {
    expect(arnCovers(outer, inner)).toBe(covers);
  });
});

describe("two patterns overlap", () => {
  test.each([
    { a: "a", b: "a", meet: true, because: "they are the same text" },
    { a: "a", b: "b", meet: false, because: "they are different texts" },
    { a: "a*", b: "ab", meet: true, because: "the first matches the second" },
    { a: "ab", b: "a*", meet: true, because: "the second matches the first" },
    { a: "a*", b: "*b", meet: true, because: "both match ab" },
    { a: "a*", b: "b*", meet: false, because: "the beginnings differ" },
    { a: "*a", b: "*b", meet: false, because: "the ends differ" },
    { a: "a*c", b: "ab?", meet: true, because: "both match abc" },
    { a: "a?", b: "a*bc", meet: false, because: "one is too short" },
    { a: "?", b: "?*", meet: true, because: "the star may match nothing" },
    { a: "a*b*c", b: "*b?c", meet: true, because: "both match abxc" },
    { a: "abc*c", b: "*abc", meet: true, because: "both match abcabc" },
    { a: "x${aws:username}", b: "xy", meet: true, because: "a variable may have any value" },
    { a: `x${PLAIN_DOLLAR}a}`, b: "x$*", meet: true, because: "the braces of version 2008 are plain text" },
    {
      a: `x${PLAIN_DOLLAR}a}`,
      b: "x${a}",
      meet: true,
      because: "a variable may have the text of such braces",
    },
    { a: `x${PLAIN_DOLLAR}a}`, b: "x?a}", meet: false, because: "both match two characters" },
  ])("$because: $a $b", ({ a, b, meet }) => {
    expect(patternsMeet(a, b)).toBe(meet);
    expect(patternsMeet(b, a)).toBe(meet);
  });

  test("as a cautious answer if they are too long to try", () => {
    const long = "x".repeat(600);

    expect(patternsMeet(`*${long}*`, `${"y".repeat(600)}?`)).toBe(true);
    expect(patternsMeet(`a*${long}`, `b*${long}`)).toBe(false);
    expect(patternsMeet(`${long}*a`, `${long}*b`)).toBe(false);
    expect(patternsMeet("?a*", "b?*c")).toBe(true);
    expect(patternsMeet("*a?", "*?b")).toBe(true);
    expect(patternsMeet(`a${long}`, `b*${long}`)).toBe(false);
    expect(patternsMeet(`a*${long}`, `b${long}`)).toBe(false);
    expect(patternsMeet(`a${long}`, `b${long}`)).toBe(false);
    expect(patternsMeet(`a${long}b`, `a*c*${long}b`)).toBe(false);
    expect(patternsMeet(`a*c*${long}b`, `a${long}b`)).toBe(false);
  });

  test.each([
    { a: "arn:aws:sqs", b: "arn:aws:sqs:eu-west-1:1:q", meet: true, because: "a short ARN is completed" },
    { a: "*", b: "arn:aws:sqs:eu-west-1:1:q", meet: true, because: "a star overlaps with everything" },
    { a: "arn:aws:s3:::${x:y}", b: "arn:aws:s3:::b", meet: true, because: "a variable may have any value" },
    { a: "arn:aws:s3:::a*", b: "arn:aws:s3:::b", meet: false, because: "the buckets differ" },
  ])("as resources: $because", ({ a, b, meet }) => {
    expect(resourcesMeet(a, b)).toBe(meet);
  });
});

describe("the first five parts of an ARN contain a variable", () => {
  test.each([
    { pattern: "arn:aws:${a}:::x", isEarly: true, because: "the service is a variable" },
    { pattern: "arn:aws:${a}:::x${b}", isEarly: true, because: "one of two variables is in these parts" },
    { pattern: "arn:aws:s3:::x${a}${b}", isEarly: false, because: "both variables are in the resource" },
    { pattern: ":a:b:c:d:${e}", isEarly: false, because: "an empty part counts" },
    { pattern: "arn:aws:*:::x", isEarly: false, because: "a star is not a variable" },
  ])("$pattern: $isEarly, $because", ({ pattern, isEarly }) => {
    expect(hasEarlyVariable(pattern)).toBe(isEarly);
  });
});

describe("an action pattern covers a whole service or more", () => {
  test.each([
    { action: "*", isWhole: true, because: "a single star covers everything" },
    { action: "s3:*", isWhole: true, because: "a star covers every name" },
    { action: "s3:?*", isWhole: true, because: "every name has a character" },
    { action: "s3:**?", isWhole: true, because: "stars and question marks cover every name" },
    { action: "s*:GetObject", isWhole: true, because: "a service that is a pattern covers more than one" },
    { action: "s?:GetObject", isWhole: true, because: "a service with a question mark covers more than one" },
    { action: "?:x", isWhole: true, because: "the service is the text before the first colon" },
    { action: "s3:Get*", isWhole: false, because: "a beginning limits the names" },
    { action: "s3:*Object", isWhole: false, because: "an end limits the names" },
    { action: "s3:?", isWhole: false, because: "one character limits the names" },
    { action: "s3:GetObject", isWhole: false, because: "a name is one action" },
    { action: "nothing", isWhole: false, because: "a word without wildcards is only itself" },
    { action: "s3:a:*", isWhole: false, because: "the name is the text after the first colon" },
    { action: "s3*", isWhole: true, because: "a word with wildcards may be any action" },
  ])("$action: $isWhole, $because", ({ action, isWhole }) => {
    expect(isWholeService(action)).toBe(isWhole);
  });
});
