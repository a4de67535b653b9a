import { describe, expect, test } from "@jest/globals";
import { parseLabelSelector } from "../../../src/http/request/label-selector.ts";

const LABELS = { tier: "1", "app.kubernetes.io/name": "orders", empty: "" };

describe("a selector", () => {
  test.each([
    { selector: "tier=1", selects: true },
    { selector: "tier==1", selects: true },
    { selector: "tier = 1", selects: true },
    { selector: "tier=2", selects: false },
    { selector: "missing=1", selects: false },
    { selector: "empty=", selects: true },
    { selector: "missing=", selects: false },
    { selector: "tier!=1", selects: false },
    { selector: "tier!=2", selects: true },
    { selector: "missing!=1", selects: true },
    { selector: "tier in (1, 2)", selects: true },
    { selector: "tier in (2,3)", selects: false },
    { selector: "missing in (1)", selects: false },
    { selector: "tier notin (1)", selects: false },
    { selector: "tier notin (2)", selects: true },
    { selector: "missing notin (1)", selects: true },
    { selector: "tier", selects: true },
    { selector: "missing", selects: false },
    { selector: "!tier", selects: false },
    { selector: "!missing", selects: true },
    { selector: "app.kubernetes.io/name=orders", selects: true },
    { selector: "tier=1,app.kubernetes.io/name in (orders,x),!missing", selects: true },
    { selector: "tier=1,missing", selects: false },
    { selector: "constructor", selects: false },
    { selector: "toString", selects: false },
  ])("$selector selects: $selects", ({ selector, selects }) => {
    expect(selectsOf(selector)).toBe(selects);
  });

  test.each([
    "",
    "=",
    "=a",
    "a=b=c",
    "a=b,",
    ",",
    "a in b",
    "a in ()",
    "a in (b",
    "a notin (b!)",
    "a>1",
    "a b",
    "-a",
    "a=_",
    "é=1",
  ])("%p is refused", (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ reason: "BadRequest" }));
  });

  test.each([`${"a".repeat(300)}!`, `a in (${"a,".repeat(400)}!)`, "(".repeat(1_000), ",(".repeat(500)])(
    "hostile text is rejected immediately",
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(expect.objectContaining({ reason: "BadRequest" }));
    },
  );
});

function selectsOf(selector: string): boolean {
  return parseLabelSelector(selector)(LABELS);
}
