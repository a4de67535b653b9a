import { describe, expect, test } from "@jest/globals";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import { type Fields, context, document, ALLOW, when, identity } from "./documents.ts";

function withoutVersion(...statements: readonly Fields[]): string {
  return JSON.stringify({ Statement: statements });
}

/** The rows of the rules table, in its order. */
describe("two identity documents", () => {
  test.each([
    {
      because: "a list of one equals the scalar (Action)",
      a: identity({}),
      b: identity({ Action: ["s3:GetObject"] }),
      tier: "equal",
    },
    {
      because: "a list of one equals the scalar (Resource)",
      a: identity({}),
      b: identity({ Resource: ["arn:aws:s3:::b/*"] }),
      tier: "equal",
    },
    {
      because: "Statement may be an object",
      a: identity({}),
      b: JSON.stringify({ Version: "2012-10-17", Statement: ALLOW }),
      tier: "equal",
    },
    {
      because: "the order of statements has no meaning",
      a: document(ALLOW, { ...ALLOW, Effect: "Deny" }),
      b: document({ ...ALLOW, Effect: "Deny" }, ALLOW),
      tier: "equal",
    },
    {
      because: "the order of a list has no meaning",
      a: identity({ Action: ["s3:A", "s3:B"] }),
      b: identity({ Action: ["s3:B", "s3:A"] }),
      tier: "equal",
    },
    {
      because: "the order of names has no meaning",
      a: identity({}),
      b: document({ Resource: ALLOW.Resource, Action: ALLOW.Action, Effect: "Allow" }),
      tier: "equal",
    },
    {
      because: "white space has no meaning",
      a: identity({}),
      b: JSON.stringify(JSON.parse(identity({})), null, 2),
      tier: "equal",
    },
    {
      because: "a repeated entry counts once",
      a: identity({ Action: ["s3:GetObject", "S3:getobject"] }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a repeated statement counts once",
      a: document(ALLOW, ALLOW),
      b: document(ALLOW),
      tier: "equal",
    },
    {
      because: "actions ignore case",
      a: identity({}),
      b: identity({ Action: "S3:getOBJECT" }),
      tier: "equal",
    },
    {
      because: "NotAction ignores case",
      a: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      b: document({ Effect: "Allow", NotAction: "IAM:*", Resource: "*" }),
      tier: "equal",
    },
    {
      because: "the case of Effect is significant",
      a: identity({}),
      b: identity({ Effect: "allow" }),
      tier: "security",
    },
    {
      because: "the case of element names is significant",
      a: identity({}),
      b: document({ Effect: "Allow", action: "s3:GetObject", Resource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "resources keep their case",
      a: identity({}),
      b: identity({ Resource: "arn:aws:s3:::B/*" }),
      tier: "security",
    },
    {
      because: "a missing Version means 2008",
      a: withoutVersion(ALLOW),
      b: JSON.stringify({ Version: "2008-10-17", Statement: [ALLOW] }),
      tier: "equal",
    },
    {
      because: "version 2008 differs from version 2012",
      a: withoutVersion(ALLOW),
      b: document(ALLOW),
      tier: "security",
    },
    {
      because: "Id has no effect",
      a: JSON.stringify({ Version: "2012-10-17", Id: "x", Statement: [ALLOW] }),
      b: document(ALLOW),
      tier: "metadata",
    },
    {
      because: "an empty Sid equals a missing one",
      a: identity({ Sid: "" }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a renamed Sid has no effect",
      a: identity({ Sid: "a" }),
      b: identity({ Sid: "b" }),
      tier: "metadata",
    },
    {
      because: "the same statement under two Sids counts once",
      a: document({ ...ALLOW, Sid: "a" }, { ...ALLOW, Sid: "b" }),
      b: identity({ Sid: "a" }),
      tier: "metadata",
    },
    { because: "an empty Condition equals a missing one", a: when({}), b: identity({}), tier: "equal" },
    {
      because: "two statements have the permissions of one",
      a: document({ ...ALLOW, Action: "s3:A" }, { ...ALLOW, Action: "s3:B" }),
      b: identity({ Action: ["s3:A", "s3:B"] }),
      tier: "no-effect",
    },
    {
      because: "a null in a list is ignored",
      a: identity({ Resource: ["arn:aws:s3:::b/*", null] }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "Allow differs from Deny",
      a: identity({}),
      b: identity({ Effect: "Deny" }),
      tier: "security",
    },
    {
      because: "Action differs from NotAction",
      a: identity({}),
      b: document({ Effect: "Allow", NotAction: "s3:GetObject", Resource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "Resource differs from NotResource",
      a: identity({}),
      b: document({ Effect: "Allow", Action: "s3:GetObject", NotResource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "a percent-encoded document equals the decoded one",
      a: encodeURIComponent(identity({})),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "encoded characters inside a document are kept",
      a: identity({ Resource: "arn%3Aaws" }),
      b: identity({ Resource: "arn:aws" }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("identity"))).toBe(tier);
    expect(compareDocuments(b, a, context("identity"))).toBe(tier);
  });

  test("are equal if unreadable only if the texts are the same", () => {
    expect(compareDocuments("x", "x", context("identity"))).toBe("equal");
    expect(compareDocuments("x", " x", context("identity"))).toBe("security");
    expect(compareDocuments("x", identity({}), context("identity"))).toBe("security");
  });

  test("with the same opaque statement are equal in any order of its names", () => {
    const a = identity({ Fresh: 1, Extra: [{ b: 1, a: null }] });
    const b = identity({ Extra: [{ a: null, b: 1 }], Fresh: 1 });

    expect(compareDocuments(a, b, context("identity"))).toBe("equal");
    expect(compareDocuments(a, identity({ Fresh: 2 }), context("identity"))).toBe("security");
  });
});
