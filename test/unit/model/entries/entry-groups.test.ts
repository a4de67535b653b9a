import { expect, test } from "@jest/globals";
import { parseKinds } from "../../../../src/model/entries/entry-groups.ts";

test.each([
  { text: "held", kinds: ["plan-held", "revision-held"] },
  { text: "refused,plan-held", kinds: ["plan-held", "plan-refused", "request-refused"] },
])("entries are selected by the kind that a list shows: $text", ({ text, kinds }) => {
  expect(parseKinds(text)).toEqual({ kind: "ok", value: kinds });
});

test("a word of another kind that no list shows is no kind", () => {
  expect(parseKinds("intended")).toEqual({ kind: "err", error: "intended" });
});
