import { expect, test } from "@jest/globals";
import { document, READ, tierOf, type Fields } from "./tier-of.ts";

const UNUSABLE = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b" };
const DECLARED = document([READ]);

const added = (more: Fields): string => document([READ, { ...UNUSABLE, ...more }]);

test.each([
  { because: "no request reads an object of the ARN of a bucket", live: added({}) },
  {
    because: "a condition limits what no request can use",
    live: added({ Condition: { StringEquals: { "x:unknown": "1" } } }),
  },
  {
    because: "the action and the resource can be in the statement of the used ones",
    live: document([{ ...READ, Resource: [READ.Resource, "arn:aws:s3:::b"] }]),
  },
])("a difference has no effect: $because", ({ live }) => {
  expect(tierOf(DECLARED, live)).toBe("no-effect");
});

test.each([
  { because: "an unknown action may be used", live: added({ Action: "s3:GetObjectNew" }) },
  { because: "a pattern of actions may be used", live: added({ Action: "s3:GetObject*" }) },
  { because: "a pattern of resources may be an object", live: added({ Resource: "arn:aws:s3:::b*" }) },
  { because: "a variable may be an object", live: added({ Resource: "arn:aws:s3:::${aws:username}" }) },
  {
    because: "NotAction is all other actions",
    live: added({ Action: undefined, NotAction: "s3:GetObject" }),
  },
  {
    because: "NotResource is all others",
    live: added({ Resource: undefined, NotResource: UNUSABLE.Resource }),
  },
  { because: "a Deny is kept with all it names", live: added({ Effect: "Deny" }) },
  { because: "a statement that is not understood is not divided", live: added({ Unknown: 1 }) },
  {
    because: "a condition that is not understood makes the statement not understood",
    live: added({ Condition: { Unheard: { "aws:SourceVpc": { a: 1 } } } }),
  },
  {
    because: "other variables are read",
    live: JSON.stringify({ Version: "2008-10-17", Statement: [READ, UNUSABLE] }),
  },
  { because: "the used permission is gone", live: document([UNUSABLE]) },
  {
    because: "the used permission has another condition",
    live: document([{ ...READ, Condition: { Bool: { "aws:SecureTransport": "true" } } }, UNUSABLE]),
  },
])("a difference is security: $because", ({ live }) => {
  expect(tierOf(DECLARED, live)).toBe("security");
});

test("a boundary is compared with all that it names", () => {
  expect(tierOf(DECLARED, added({}), "boundary")).toBe("security");
});
