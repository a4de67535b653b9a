import { expect, test } from "@jest/globals";
import type { ShownReference } from "../../../../src/model/answers/shown-reference.ts";
import { parseStackId, type ReferenceText, type StackId } from "../../../../src/model/aws/reference.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { facts, NOW_DAY, state, describedTexts } from "../../../support/screens/described.ts";

const about = {
  text: "stack.orders.TableName" as ReferenceText,
  source: "output TableName of stack orders",
};
const stackId = (end: string): StackId =>
  checked(parseStackId(`arn:aws:cloudformation:eu-west-1:222222222222:stack/orders/${end}`));
const readAt = `${NOW_DAY}T10:38:00.000Z`;

function linesOf(...references: readonly ShownReference[]): readonly string[] {
  const found = describedTexts(facts({ states: [state("prod", { references })] }));
  const from = found.findIndex((line) => line.startsWith("REFERENCES"));
  return from < 0 ? [] : found.slice(from, found.indexOf("", from));
}

test.each<{ readonly reference: ShownReference; readonly lines: readonly string[] }>([
  {
    reference: { ...about, kind: "pinned", value: "orders-1", readAt },
    lines: [
      "  ${stack.orders.TableName} = orders-1",
      "    output TableName of stack orders, read 3m ago; applied",
    ],
  },
  {
    reference: { ...about, kind: "changed", value: "orders-2", readAt, pinned: "orders-1" },
    lines: [
      "~ ${stack.orders.TableName} = orders-2",
      "    output TableName of stack orders, read 3m ago; applied: orders-1",
    ],
  },
  {
    reference: {
      ...about,
      kind: "changed",
      value: "orders-1",
      stackId: stackId("2bb"),
      readAt,
      pinned: "orders-1",
      pinnedStackId: stackId("1aa"),
    },
    lines: [
      "~ ${stack.orders.TableName} = orders-1",
      "    output TableName of stack orders, stack ID 2bb, read 3m ago; applied:",
      "      orders-1, stack ID 1aa",
    ],
  },
  {
    reference: { ...about, kind: "new", value: "orders-1", readAt },
    lines: [
      "+ ${stack.orders.TableName} = orders-1",
      "    output TableName of stack orders, read 3m ago; not applied yet",
    ],
  },
  {
    reference: { ...about, kind: "unresolved", reason: "there is no stack orders", pinned: "orders-1" },
    lines: [
      "? ${stack.orders.TableName} is not resolved: there is no stack orders",
      "    output TableName of stack orders; still applied: orders-1",
    ],
  },
  {
    reference: { ...about, kind: "unresolved", reason: "there is no stack orders", pinned: null },
    lines: [
      "? ${stack.orders.TableName} is not resolved: there is no stack orders",
      "    output TableName of stack orders; nothing was applied",
    ],
  },
])(
  "describe shows a reference that is $reference.kind with its value, source and age",
  ({ reference, lines }) => {
    expect(linesOf(reference)).toEqual(["REFERENCES to values in AWS", ...lines]);
  },
);

test("describe has no section of references for a manifest without any", () => {
  expect(linesOf()).toEqual([]);
});
