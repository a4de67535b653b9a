import { describe, expect, test } from "@jest/globals";
import { type Fields, READ, tierOf, document } from "./tier-of.ts";

const WRITE = { ...READ, Action: "s3:PutObject" };
const named = (statement: Fields, Sid: string): Fields => ({ ...statement, Sid });

describe("documents of several statements", () => {
  test.each([
    {
      because: "one Sid differs",
      a: document([named(READ, "a"), WRITE]),
      b: document([named(READ, "b"), WRITE]),
      tier: "metadata",
    },
    {
      because: "the Sids are exchanged",
      a: document([named(READ, "a"), named(WRITE, "b")]),
      b: document([named(READ, "b"), named(WRITE, "a")]),
      tier: "metadata",
    },
    {
      because: "the same Sids in the same order belong to other statements",
      a: document([named(READ, "a"), named(READ, "b"), named(WRITE, "c")]),
      b: document([named(READ, "a"), named(WRITE, "b"), named(WRITE, "c")]),
      tier: "metadata",
    },
    {
      because: "the Id differs",
      a: document([READ, WRITE], { Id: "x" }),
      b: document([READ, WRITE], { Id: "y" }),
      tier: "metadata",
    },
    {
      because: "one statement is spelled differently",
      a: document([READ, { ...WRITE, Resource: "arn:aws:s3:::b/**" }]),
      b: document([READ, { ...WRITE, Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
    {
      because: "a wider resource follows the narrower one in the order of texts",
      a: document([{ ...READ, Resource: ["arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}"] }]),
      b: document([{ ...READ, Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
    {
      because: "a short ARN without a star is not recognized as wider, and the answer stays cautious",
      a: document([
        { ...READ, Resource: ["arn:aws:sqs", "arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:s3:::*"] },
      ]),
      b: document([{ ...READ, Resource: ["arn:aws:sqs", "arn:aws:s3:::*"] }]),
      tier: "security",
    },
    {
      because: "one action pattern matches every action with a colon",
      a: document([{ ...READ, Action: ["*:**", "s3:*"] }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "meaning",
    },
    {
      because: "one action pattern matches every action",
      a: document([{ ...READ, Action: "**:*" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "meaning",
    },
    {
      because: "one action pattern limits the service",
      a: document([{ ...READ, Action: "s3*:*" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "security",
    },
    {
      because: "one action pattern limits the action's name",
      a: document([{ ...READ, Action: "*:*x" }]),
      b: document([{ ...READ, Action: "*" }]),
      tier: "security",
    },
    {
      because: "the Sids and the spelling differ",
      a: document([READ, { ...named(WRITE, "a"), Resource: "arn:aws:s3:::b/**" }]),
      b: document([READ, { ...named(WRITE, "b"), Resource: "arn:aws:s3:::b/*" }]),
      tier: "meaning",
    },
  ])("are $tier if $because", ({ a, b, tier }) => {
    expect(tierOf(a, b)).toBe(tier);
  });
});

describe("resource policies", () => {
  const invoke = { ...READ, Principal: { Service: "sns.amazonaws.com" } };

  test.each([
    {
      because: "a statement that is spelled differently keeps its Sid",
      a: document([{ ...named(invoke, "a"), Resource: "**" }]),
      b: document([{ ...named(invoke, "a"), Resource: "*" }]),
      tier: "meaning",
    },
    {
      because: "a statement that is spelled differently has another Sid",
      a: document([{ ...named(invoke, "a"), Resource: "**" }]),
      b: document([{ ...named(invoke, "b"), Resource: "*" }]),
      tier: "security",
    },
  ])("are $tier if $because", ({ a, b, tier }) => {
    expect(tierOf(a, b, "resource")).toBe(tier);
  });
});
