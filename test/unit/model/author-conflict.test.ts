import { expect, test } from "@jest/globals";
import { authorConflict } from "../../../src/model/approval.ts";

const SAM = "Sam <https://idp#00u2>";
const DANA = ["dana@example.com"];
const OTHER = ["sam@example.com"];

test.each([
  { actor: SAM, mails: DANA, authors: DANA, kind: "author", because: "the person is an author" },
  { actor: SAM, mails: OTHER, authors: DANA, kind: null, because: "the person is someone else" },
  { actor: SAM, mails: [], authors: DANA, kind: "no-address", because: "the person may be the author" },
  { actor: SAM, mails: [], authors: [], kind: null, because: "no one made the change" },
  { actor: SAM, mails: null, authors: DANA, kind: null, because: "no other person is asked for" },
  { actor: "kim", mails: [], authors: DANA, kind: null, because: "the operator gave the token no address" },
  { actor: "dana <local>", mails: [], authors: DANA, kind: null, because: "no provider knows the person" },
])(
  "of known authors $actor with $mails is in conflict or not: $because",
  ({ kind, authors, ...approver }) => {
    expect(authorConflict(approver, { authors, unlistedAuthors: null })?.kind ?? null).toBe(kind);
  },
);

test.each([
  { actor: SAM, mails: OTHER, kind: "unidentified", because: "a list that was cut may lack the person" },
  { actor: SAM, mails: [], kind: "unidentified", because: "the person may be one of the others" },
  { actor: "kim", mails: [], kind: "unidentified", because: "the owner of the token may be one of them" },
  {
    actor: "lee",
    mails: ["lee@example.com"],
    kind: null,
    because: "a list that was cut keeps the addresses of tokens",
  },
])("of authors who are not all known $actor is in conflict or not: $because", ({ kind, ...approver }) => {
  const madeBy = { authors: DANA, unlistedAuthors: "a force-push" };

  expect(authorConflict(approver, madeBy)?.kind ?? null).toBe(kind);
});
