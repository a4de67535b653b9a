import { describe, expect, test } from "@jest/globals";
import {
  arnCovers,
  hasEarlyVariable,
  isEntireService,
  resourceCovers,
} from "../../../../src/iam/match/wildcard.ts";

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

describe("an action pattern covers an entire service or more", () => {
  test.each([
    { action: "*", isEntire: true, because: "a single star covers everything" },
    { action: "s3:*", isEntire: true, because: "a star covers every name" },
    { action: "s3:?*", isEntire: true, because: "every name has a character" },
    { action: "s3:**?", isEntire: true, because: "stars and question marks cover every name" },
    { action: "s*:GetObject", isEntire: true, because: "a service that is a pattern covers more than one" },
    {
      action: "s?:GetObject",
      isEntire: true,
      because: "a service with a question mark covers more than one",
    },
    { action: "?:x", isEntire: true, because: "the service is the text before the first colon" },
    { action: "s3:Get*", isEntire: false, because: "a beginning limits the names" },
    { action: "s3:*Object", isEntire: false, because: "an end limits the names" },
    { action: "s3:?", isEntire: false, because: "one character limits the names" },
    { action: "s3:GetObject", isEntire: false, because: "a name is one action" },
    { action: "nothing", isEntire: false, because: "a word without wildcards is only itself" },
    { action: "s3:a:*", isEntire: false, because: "the name is the text after the first colon" },
    { action: "s3*", isEntire: true, because: "a word with wildcards may be any action" },
  ])("$action: $isWhole, $because", ({ action, isEntire }) => {
    expect(isEntireService(action)).toBe(isEntire);
  });
});
