import { expect, test } from "@jest/globals";
import { lastAppliedOf, remainsText, remainsTextOf } from "../../../../src/model/keys/last-applied.ts";

const one = `main@sha1:4f0e2d1${"a".repeat(33)}`;
const other = `main@sha1:51ab7e0${"b".repeat(33)}`;

test.each([
  { last: lastAppliedOf(one), text: "4f0e2d1 remains in effect" },
  { last: lastAppliedOf(null), text: "no applied revision is recorded" },
  { last: { kind: "unknown" } as const, text: "the applied revision was not read" },
])("$text", ({ last, text }) => {
  expect(remainsText(last)).toBe(text);
});

test.each([
  { revisions: [], text: "no applied revision is recorded" },
  { revisions: [null, null], text: "no applied revision is recorded" },
  { revisions: [one, one], text: "4f0e2d1 remains in effect" },
  { revisions: [one, null], text: "4f0e2d1 remains in effect in 1 of 2 targets" },
  { revisions: [one, other], text: "the last applied revisions remain in effect" },
  { revisions: [one, other, null], text: "the last applied revisions remain in effect in 2 of 3 targets" },
])("of several targets: $text", ({ revisions, text }) => {
  expect(remainsTextOf(revisions)).toBe(text);
});
