import { expect, test } from "@jest/globals";
import type { NameSet } from "../../../../src/model/delta.ts";
import { principalText } from "../../../../src/plan/render/words.ts";

const USER = "arn:aws:iam::111122223333:user/dana";

test.each<{ readonly principal: NameSet; readonly text: string }>([
  { principal: { kind: "any" }, text: "anyone" },
  { principal: { kind: "one", name: "AWS *" }, text: "anyone" },
  { principal: { kind: "one", name: "Service s3.amazonaws.com" }, text: "s3.amazonaws.com" },
  { principal: { kind: "one", name: `AWS ${USER}` }, text: USER },
  {
    principal: { kind: "all-but", names: [`AWS ${USER}`, "Service s3.amazonaws.com"] },
    text: `all but ${USER}, s3.amazonaws.com`,
  },
  { principal: { kind: "unknown" }, text: "unknown" },
])("$text is how a principal of $principal.kind is shown", ({ principal, text }) => {
  expect(principalText(principal)).toBe(text);
});
