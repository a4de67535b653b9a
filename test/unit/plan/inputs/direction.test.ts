import { expect, test } from "@jest/globals";
import { documentContext } from "../../../../src/diff/documents/document-context.ts";
import { provedDirection, type Direction } from "../../../../src/plan/inputs/direction.ts";
import { allow, binding, deny, documentOf } from "../../../support/pass/bindings.ts";

const WIDE = documentOf(allow("s3:*"), allow("sqs:*"));
const NARROW = documentOf(allow("s3:Get*"));
const OTHER = documentOf(allow("dynamodb:*"));

test.each<{ from: string | undefined; to: string | undefined; is: Direction; because: string }>([
  { from: WIDE, to: NARROW, is: { kind: "narrower" }, because: "everything that is left existed before" },
  { from: NARROW, to: WIDE, is: { kind: "wider" }, because: "everything that existed before is left" },
  { from: WIDE, to: WIDE, is: { kind: "narrower" }, because: "an unchanged document grants nothing" },
  {
    from: WIDE,
    to: documentOf(allow("s3:*"), allow("sqs:*"), deny("s3:DeleteBucket")),
    is: { kind: "narrower" },
    because: "an additional Deny revokes",
  },
  {
    from: NARROW,
    to: OTHER,
    is: {
      kind: "neither",
      because:
        "of the new one dynamodb:* on * is allowed, of which the other allows nothing; of the old one s3:Get* on * is allowed, of which the other allows nothing",
    },
    because: "the rows that prevent either proof are named",
  },
  {
    from: undefined,
    to: NARROW,
    is: { kind: "neither", because: "the old one was not read" },
    because: "nothing is proved of an unread old document",
  },
  {
    from: NARROW,
    to: undefined,
    is: { kind: "neither", because: "the new one was not read" },
    because: "nothing is proved of an unread new document",
  },
])("$because", ({ from, to, is }) => {
  expect(provedDirection(from, to, documentContext(binding(), "boundary"))).toEqual(is);
});
