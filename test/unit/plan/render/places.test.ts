import { expect, test } from "@jest/globals";
import {
  resourceText,
  resourcesText,
  widestFirst,
  documentPlace,
  onQualifier,
  placeWords,
  principalText,
  shortArn,
  testText,
} from "../../../../src/plan/render/words.ts";

const HOME = { accountId: "111122223333", region: "eu-west-1" };

test.each([
  { place: { kind: "line", file: "a.yaml", line: 3 } as const, text: "line 3" },
  { place: { kind: "former-line", file: "a.yaml", line: 3 } as const, text: "was line 3" },
  { place: { kind: "always" } as const, text: "always" },
  { place: { kind: "boundary", name: "b" } as const, text: "boundary" },
  { place: { kind: "policy", name: "p", arn: null } as const, text: 'policy "p"' },
  { place: { kind: "declared-statement", sid: "s" } as const, text: "declared statement" },
  { place: { kind: "statement", sid: "s" } as const, text: 'statement "s"' },
  { place: { kind: "statement", sid: null } as const, text: "statement without Sid" },
  { place: { kind: "trust" } as const, text: "trust policy" },
])("a place is shown as $text", ({ place, text }) => {
  expect(placeWords(place)).toBe(text);
});

test.each([
  { document: { kind: "trust" } as const, kind: "trust" },
  { document: { kind: "boundary" } as const, kind: "boundary" },
  { document: { kind: "managed", arn: "arn:aws:iam::1:policy/p" } as const, kind: "policy" },
  { document: { kind: "inline", name: "i" } as const, kind: "policy" },
  { document: { kind: "other", name: "o" } as const, kind: "policy" },
])("a statement of $document.kind is in a place of the kind $kind", ({ document, kind }) => {
  expect(documentPlace(document).kind).toBe(kind);
});

test.each([
  { arn: "*", text: "all resources" },
  { arn: "text", text: "text" },
  { arn: "arn:aws:sqs:*:*:q", text: "queue/q" },
  { arn: "arn:aws:sqs:*:111122223333:q", text: "queue/q in any region" },
  { arn: "arn:aws:sqs:eu-west-1:*:q", text: "queue/q in any account" },
  { arn: "arn:aws:sqs:us-east-1:444455556666:q", text: "queue/q in us-east-1, account 444455556666" },
  { arn: "arn:aws:s3:::secret/*", text: "secret/*" },
])("$arn is shown as $text", ({ arn, text }) => {
  expect(resourceText(arn, HOME)).toBe(text);
});

test("other names keep what identifies them", () => {
  expect(shortArn("arn:*")).toBe("arn:*");
  expect(onQualifier({ qualifier: null })).toBe("");
  expect(onQualifier({ qualifier: "live" })).toBe(" on live");
  expect(principalText({ kind: "all-but", names: ["AWS a"] })).toBe("all but a");
  expect(principalText({ kind: "none" })).toBe("");
  expect(testText({ operator: "StringEquals", key: "aws:x", values: [] })).toContain("(no value)");
  expect(resourcesText([{ kind: "all-but", names: ["arn:aws:sqs:eu-west-1:111122223333:q"] }], HOME)).toBe(
    "all resources but queue/q",
  );
  expect(["b", "a*", "*"].toSorted(widestFirst)).toEqual(["*", "a*", "b"]);
});
