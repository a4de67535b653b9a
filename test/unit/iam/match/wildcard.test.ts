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
    { pattern: "", text: "", matches: true, because: "nothing matches nothing" },
    { pattern: "a", text: "a", matches: true, because: "without wildcards it is the text" },
    { pattern: "a", text: "A", matches: false, because: "case counts" },
    { pattern: "a", text: "ab", matches: false, because: "it is the whole text" },
    { pattern: "*", text: "", matches: true, because: "a star may stand for nothing" },
    { pattern: "a*", text: "abc", matches: true, because: "a star takes the rest" },
    { pattern: "*c", text: "abc", matches: true, because: "a star takes the beginning" },
    { pattern: "a*c", text: "ac", matches: true, because: "both ends may touch" },
    { pattern: "aa*a", text: "aa", matches: false, because: "both ends may not overlap" },
    { pattern: "a*b*c", text: "axbxc", matches: true, because: "pieces stand in order" },
    { pattern: "a*bc*c", text: "abc", matches: false, because: "the middle must leave room for the end" },
    { pattern: "a*x*c", text: "abc", matches: false, because: "a piece must stand somewhere" },
    { pattern: "a?c", text: "abc", matches: true, because: "a question mark is one character" },
    { pattern: "a?c", text: "ac", matches: false, because: "a question mark is not none" },
    { pattern: "?", text: "*", matches: true, because: "a star in the text is a character" },
    { pattern: "*a?c*", text: "xxabcxx", matches: true, because: "a piece may hold a question mark" },
    { pattern: "*a?c*", text: "xxabdxx", matches: false, because: "the piece must fit" },
    { pattern: "*?*", text: "", matches: false, because: "one character is wanted" },
    { pattern: "*a*a*", text: "ba", matches: false, because: "two pieces never stand at one place" },
    { pattern: "*ab*b*", text: "xab", matches: false, because: "a piece begins after the one before it" },
  ])("$because: $pattern $text", ({ pattern, text, matches }) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  test("in time that does not explode", () => {
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
    { outer: "*", inner: "x", covers: true, because: "the star covers all" },
    { outer: "a*", inner: "a*", covers: true, because: "it covers itself" },
    { outer: "a*", inner: "ab*c", covers: true, because: "a star covers a star" },
    { outer: "a?", inner: "a*", covers: false, because: "one character is not any text" },
    { outer: "a?", inner: "a?", covers: true, because: "one character is one character" },
    { outer: "a*", inner: "*", covers: false, because: "the narrow one does not cover the wide one" },
    { outer: "*?", inner: "?*", covers: true, because: "the order of wildcards says nothing" },
    { outer: "a**", inner: "a*", covers: true, because: "two stars are one" },
    {
      outer: "x${aws:username}*",
      inner: "x${aws:username}y",
      covers: true,
      because: "one variable is itself",
    },
    {
      outer: "x${aws:username}",
      inner: "x${aws:userid}",
      covers: false,
      because: "another variable is another value",
    },
    { outer: "x?", inner: "x${aws:username}", covers: false, because: "a variable is not one character" },
    { outer: "x*", inner: "x${aws:username}", covers: true, because: "a star covers any value" },
    { outer: "*}", inner: "x${aws:username}", covers: false, because: "the brace belongs to the variable" },
    { outer: "x${open", inner: "x${open", covers: true, because: "an open variable is itself" },
    { outer: "x*", inner: "x${open", covers: true, because: "an open variable is text of unknown length" },
    {
      outer: "*${open",
      inner: "x${open",
      covers: true,
      because: "what stands before a variable is not its name",
    },
    {
      outer: "${a}${b}?",
      inner: "${a}${b}${c}",
      covers: false,
      because: "the third variable is no single character either",
    },
    { outer: "x?", inner: `x${PLAIN_DOLLAR}`, covers: false, because: "an escaped ${ is two characters" },
  ])("$because: $outer $inner", ({ outer, inner, covers }) => {
    expect(patternCovers(outer, inner)).toBe(covers);
  });

  test("never when there are more variables than can be told apart", () => {
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
    { outer: "*", inner: "arn:aws:s3:::b", covers: true, because: "the star covers all" },
    {
      outer: "arn:aws:s3:::b/*",
      inner: "arn:aws:s3:::b/k",
      covers: true,
      because: "the last part is covered",
    },
    { outer: "arn:aws:s3:::*", inner: "*", covers: false, because: "one service is not all" },
    { outer: "**", inner: "*", covers: true, because: "two stars are one" },
    { outer: "*", inner: "**", covers: true, because: "and one is two" },
    { outer: "*:*", inner: "*", covers: false, because: "some actions have no ARN" },
    {
      outer: "arn:aws:sqs:*?:1:q",
      inner: "arn:aws:sqs:?*:1:q",
      covers: false,
      because: "only a star right before a colon reaches over it",
    },
    {
      outer: "arn:aws:s3:*",
      inner: "arn:aws:s3:*?",
      covers: false,
      because: "of such a one nothing is proved",
    },
    {
      outer: "arn:aws:s3:::b/*?",
      inner: "arn:aws:s3:::b/?*",
      covers: true,
      because: "in the last part they are the same",
    },
    { outer: "*:*:*:*:*:*", inner: "**", covers: false, because: "nor has any of its parts" },
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
      because: "the rest may hold colons",
    },
    { outer: "arn:aws:s3*", inner: "arn:aws:s3:::b", covers: true, because: "a short ARN is completed" },
    {
      outer: "arn:aws:lambda:*:f",
      inner: "arn:aws:lambda:eu:1:x:f",
      covers: false,
      because: "a star in a part stays in it",
    },
    {
      outer: "arn:aws:s3:::${aws:username}/*",
      inner: "arn:aws:s3:::${aws:username}/a",
      covers: true,
      because: "the colon of a variable is none of the ARN",
    },
    { outer: "arn", inner: "arn:aws:s3:::b", covers: true, because: "one part is completed" },
    { outer: "arn:aws", inner: "arn:aws:s3:::b", covers: true, because: "two parts are completed" },
    { outer: "arn:aws:sqs:*", inner: "arn:aws:sqs", covers: true, because: "the inner one is completed too" },
    {
      outer: "arn:aws:lambda:*:1:function:f",
      inner: "arn:aws:lambda:eu:1:function:g",
      covers: false,
      because: "the rest is compared to its end",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f",
      inner: "arn:aws:lambda:eu:1:layer:f",
      covers: false,
      because: "the rest is compared from its beginning",
    },
    {
      outer: "arn:aws:lambda:eu:1:function:*",
      inner: "arn:aws:lambda:eu:1:function:a:b",
      covers: true,
      because: "a star of the rest reaches over colons",
    },
    {
      outer: "arn:aws:lambda:eu:1:x*y:z",
      inner: "arn:aws:lambda:eu:1:x:q:y:z",
      covers: true,
      because: "a star inside the rest reaches over colons",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f*",
      inner: "arn:aws:lambda:eu:1:function:g",
      covers: false,
      because: "between two stars the rest is compared as well",
    },
    {
      outer: "arn:aws:lambda:*:1:function:f*",
      inner: "arn:aws:lambda:eu:1:layer:f",
      covers: false,
      because: "and from its beginning",
    },
    {
      outer: "arn:aws:lambda:*:1:function:*",
      inner: "arn:aws:lambda:eu:1:functionx",
      covers: false,
      because: "and with its colons",
    },
    {
      outer: "arn:aws:lambda:eu:1:function:*",
      inner: "arn:aws:lambda:eu:1:functionx",
      covers: false,
      because: "the colons of the rest count",
    },
  ])("$because: $outer $inner", ({ outer, inner, covers }) => {
    expect(resourceCovers(outer, inner)).toBe(covers);
  });

  test.each([
    { outer: "*", inner: "arn:aws:s3:::b", covers: true, because: "a star alone is any ARN" },
    { outer: "x", inner: "x", covers: true, because: "it covers itself" },
    { outer: "arn:aws:sqs", inner: "arn:aws:sqs:eu:1:q", covers: false, because: "nothing is completed" },
    {
      outer: "arn:aws:sqs:*:*",
      inner: "arn:aws:sqs:eu:1:q",
      covers: false,
      because: "five parts are no ARN",
    },
    {
      outer: "arn:aws:sqs:*:*:*",
      inner: "arn:aws:sqs:eu:1:q",
      covers: true,
      because: "each part is covered",
    },
    { outer: "arn:aws:sns:*:*:*", inner: "arn:aws:sqs:eu:1:q", covers: false, because: "one part is not" },
    { outer: "arn:aws:s3:::b*", inner: "arn:aws:s3:::bk", covers: true, because: "empty parts are parts" },
    {
      outer: "arn:aws:s3:::${a:b}*",
      inner: "arn:aws:s3:::${a:b}k",
      covers: true,
      because: "the colons of a variable's name are none of the ARN's",
    },
    {
      outer: "arn:aws:${a}:::b${c}*",
      inner: "arn:aws:${a}:::b${c}k",
      covers: false,
      because: "a variable before the last part may bring colons of its own",
    },
    {
      outer: "arn:aws:${a:b:c:d}*",
      inner: "arn:aws:${a:b:c:d}x:eu:1:q",
      covers: false,
      because: "a variable's name makes no short pattern long",
    },
    {
      outer: "arn:aws:*:eu:1:x",
      inner: "arn:aws:${a:b}:eu:1:x",
      covers: false,
      because: "a variable's value may hold colons, which part it elsewhere",
    },
    {
      outer: "arn:aws:${a:b}:*:*:*",
      inner: "arn:aws:${a:b}:eu:1:x",
      covers: false,
      because: "and so may that of the other",
    },
  ])("as a value of an ARN operator: $because: $outer $inner", ({ outer, inner, covers }) => {
    expect(arnCovers(outer, inner)).toBe(covers);
  });
});

describe("two patterns meet", () => {
  test.each([
    { a: "a", b: "a", meet: true, because: "they are the same text" },
    { a: "a", b: "b", meet: false, because: "they are two texts" },
    { a: "a*", b: "ab", meet: true, because: "one matches the other" },
    { a: "ab", b: "a*", meet: true, because: "the other matches the one" },
    { a: "a*", b: "*b", meet: true, because: "ab is matched by both" },
    { a: "a*", b: "b*", meet: false, because: "the beginnings differ" },
    { a: "*a", b: "*b", meet: false, because: "the ends differ" },
    { a: "a*c", b: "ab?", meet: true, because: "abc is matched by both" },
    { a: "a?", b: "a*bc", meet: false, because: "one is too short" },
    { a: "?", b: "?*", meet: true, because: "the star may stand for nothing" },
    { a: "a*b*c", b: "*b?c", meet: true, because: "abxc is matched by both" },
    { a: "abc*c", b: "*abc", meet: true, because: "abcabc is matched by both" },
    { a: "x${aws:username}", b: "xy", meet: true, because: "a variable may be anything" },
    { a: `x${PLAIN_DOLLAR}a}`, b: "x$*", meet: true, because: "the braces of 2008 are text" },
    { a: `x${PLAIN_DOLLAR}a}`, b: "x${a}", meet: true, because: "which a variable may be" },
    { a: `x${PLAIN_DOLLAR}a}`, b: "x?a}", meet: false, because: "of two characters" },
  ])("$because: $a $b", ({ a, b, meet }) => {
    expect(patternsMeet(a, b)).toBe(meet);
    expect(patternsMeet(b, a)).toBe(meet);
  });

  test("as far as is known when they are too long to try", () => {
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
    { a: "*", b: "arn:aws:sqs:eu-west-1:1:q", meet: true, because: "the star meets all" },
    { a: "arn:aws:s3:::${x:y}", b: "arn:aws:s3:::b", meet: true, because: "a variable may be anything" },
    { a: "arn:aws:s3:::a*", b: "arn:aws:s3:::b", meet: false, because: "the buckets differ" },
  ])("as resources: $because", ({ a, b, meet }) => {
    expect(resourcesMeet(a, b)).toBe(meet);
  });
});

describe("a variable stands among the first five parts of an ARN", () => {
  test.each([
    { pattern: "arn:aws:${a}:::x", isEarly: true, because: "it is the service" },
    { pattern: "arn:aws:${a}:::x${b}", isEarly: true, because: "one of two does" },
    { pattern: "arn:aws:s3:::x${a}${b}", isEarly: false, because: "both are of the resource" },
    { pattern: ":a:b:c:d:${e}", isEarly: false, because: "an empty part counts" },
    { pattern: "arn:aws:*:::x", isEarly: false, because: "a star is no variable" },
  ])("$pattern: $isEarly, $because", ({ pattern, isEarly }) => {
    expect(hasEarlyVariable(pattern)).toBe(isEarly);
  });
});

describe("an action stands for a whole service or more", () => {
  test.each([
    { action: "*", isWhole: true, because: "a star alone is everything" },
    { action: "s3:*", isWhole: true, because: "a star is every name" },
    { action: "s3:?*", isWhole: true, because: "every name has a character" },
    { action: "s3:**?", isWhole: true, because: "stars and question marks are every name" },
    { action: "s*:GetObject", isWhole: true, because: "a service that is a pattern is more than one" },
    { action: "s?:GetObject", isWhole: true, because: "so is one with a question mark" },
    { action: "?:x", isWhole: true, because: "the service is all that stands before the colon" },
    { action: "s3:Get*", isWhole: false, because: "a beginning is a choice" },
    { action: "s3:*Object", isWhole: false, because: "an end is a choice" },
    { action: "s3:?", isWhole: false, because: "one character is a choice" },
    { action: "s3:GetObject", isWhole: false, because: "a name is one action" },
    { action: "nothing", isWhole: false, because: "a word without wildcards stands for itself" },
    { action: "s3:a:*", isWhole: false, because: "the name is all that stands behind the first colon" },
    { action: "s3*", isWhole: true, because: "a word with wildcards may be any" },
  ])("$action: $isWhole, $because", ({ action, isWhole }) => {
    expect(isWholeService(action)).toBe(isWhole);
  });
});
