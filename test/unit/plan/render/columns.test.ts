import { describe, expect, test } from "@jest/globals";
import type { LinePlace, PermissionLine } from "../../../../src/model/answers/permission-line.ts";
import { rowLines, rowOf, widthsOf } from "../../../../src/plan/render/columns.ts";

function line(change: Partial<PermissionLine> = {}): PermissionLine {
  return {
    kind: "permission",
    what: "sqs send",
    on: "queue/orders",
    principal: null,
    actions: ["sqs:SendMessage"],
    resources: [],
    more: 0,
    condition: "",
    details: [],
    place: { kind: "line", file: "teams/orders/a.yaml", line: 10 },
    ...change,
  };
}

const shown = (lines: readonly PermissionLine[], sign = "+"): readonly string[] => {
  const rows = lines.map((one) => rowOf(one, sign));
  return rows.flatMap((row) => rowLines(row, widthsOf(rows)));
};

const PLACES: readonly { readonly place: LinePlace; readonly text: string }[] = [
  { place: { kind: "line", file: "a.yaml", line: 10 }, text: "line 10" },
  { place: { kind: "former-line", file: "a.yaml", line: 21 }, text: "was line 21" },
  { place: { kind: "always" }, text: "always" },
  { place: { kind: "policy", name: "hotfix", arn: null }, text: 'policy "hotfix"' },
  { place: { kind: "boundary", name: "platform-default" }, text: "boundary" },
  { place: { kind: "declared-statement", sid: "gk_1" }, text: "declared statement" },
  { place: { kind: "statement", sid: "nightly" }, text: 'statement "nightly"' },
  { place: { kind: "statement", sid: null }, text: "statement without Sid" },
];

describe("a row of a permission", () => {
  test.each(PLACES)("shows its place: $text", ({ place, text }) => {
    expect(shown([line({ place })])).toEqual([`+ sqs send  queue/orders  ${text}`]);
  });

  test.each([
    {
      because: "a Deny",
      change: { kind: "denial" as const },
      first: "+ Deny sqs send  queue/orders  line 10",
    },
    {
      because: "a caller that is denied",
      change: { kind: "caller-denial" as const, what: "caller anyone" },
      first: "+ Deny caller anyone  queue/orders  line 10",
    },
  ])("shows its kind: $because", ({ change, first }) => {
    expect(shown([line(change)])).toEqual([first]);
  });

  test("shows its details and its exceptions below", () => {
    expect(shown([line({ details: ["if aws:sourcevpc StringEquals vpc-1"], more: 12 })])).toEqual([
      "+ sqs send  queue/orders  line 10",
      "    if aws:sourcevpc StringEquals vpc-1",
      "    and 12 more (-o json, first ones only)",
    ]);
  });

  test("that is too long for a column is shown in full below its name", () => {
    const long = line({ what: "a-service:".concat("LongAction".repeat(12)), on: "x".repeat(200) });
    const text = shown([long, line()]).join("");

    expect(Math.max(...shown([long, line()]).map((one) => one.length))).toBeLessThanOrEqual(80);
    expect(text.replace(/\s/g, "")).toContain("x".repeat(200));
    expect(text.replace(/\s/g, "")).toContain("LongAction".repeat(12));
  });
});
