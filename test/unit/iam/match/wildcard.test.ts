import { describe, expect, test } from "@jest/globals";
import {
  collapseWildcards,
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
    { pattern: "a", text: "ab", matches: false, because: "the entire text has to match" },
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
