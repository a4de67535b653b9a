import { describe, expect, test } from "@jest/globals";
import { referenceStates } from "../../../src/explain/state/permission-state.ts";
import type { ShownReference } from "../../../src/model/answers/shown-reference.ts";
import { parseStackId, type ReferenceReadings, type StackId } from "../../../src/model/aws/reference.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { compileTexts, functionText } from "../../support/manifests.ts";
import { readingsOf } from "../../support/references.ts";
import { checked } from "../../support/record/audit-facts.ts";

const TEXT = "stack.orders.TableName";
const NONE: ReferenceReadings = new Map();

function compiled(table: string, readings: ReferenceReadings) {
  const spec = `  grants: [{dynamodb: {table: "${table}", allow: [read]}}]\n`;
  return compileTexts({ "teams/orders/api.yaml": functionText("api", spec) }, { readings });
}

function appliedWith(value: string, stack?: StackId): DesiredBinding {
  const { desired } = compiled(`\${${TEXT}}`, readingsOf({ [TEXT]: value }, stack));
  return checked([...desired.bindings.values()][0]);
}

interface Case {
  readonly table?: string;
  /** What the accepted revision was compiled with, and what was read since. */
  readonly compiledWith: ReferenceReadings;
  readonly readings?: ReferenceReadings;
  readonly applied: DesiredBinding | null;
}

function statesOf({
  table = `\${${TEXT}}`,
  compiledWith,
  readings,
  applied,
}: Case): readonly ShownReference[] {
  const [named = []] = compiled(table, compiledWith).namedReferences.values();
  return referenceStates({ named, readings: readings ?? compiledWith, applied });
}

const [FIRST, SECOND] = ["1aa", "2bb"].map((end) =>
  checked(parseStackId(`arn:aws:cloudformation:eu-west-1:222222222222:stack/orders/${end}`)),
);

const about = { text: TEXT, source: "output TableName of stack orders" };
const readAt = "1970-01-01T00:00:00.001Z";

describe("the state of a reference", () => {
  const one = readingsOf({ [TEXT]: "orders-1" });
  test.each<Case & { readonly because: string; readonly state: object }>([
    {
      because: "its value is the applied one",
      compiledWith: one,
      applied: appliedWith("orders-1"),
      state: { kind: "pinned", value: "orders-1", readAt },
    },
    {
      because: "another value is applied",
      compiledWith: one,
      applied: appliedWith("orders-0"),
      state: { kind: "changed", value: "orders-1", readAt, pinned: "orders-0" },
    },
    {
      because: "the same value is applied, of the same stack",
      compiledWith: readingsOf({ [TEXT]: "orders-1" }, FIRST),
      applied: appliedWith("orders-1", FIRST),
      state: { kind: "pinned", value: "orders-1", stackId: FIRST, readAt },
    },
    {
      because: "the same value is applied, of an earlier stack of the name",
      compiledWith: readingsOf({ [TEXT]: "orders-1" }, SECOND),
      applied: appliedWith("orders-1", FIRST),
      state: {
        kind: "changed",
        value: "orders-1",
        stackId: SECOND,
        readAt,
        pinned: "orders-1",
        pinnedStackId: FIRST,
      },
    },
    {
      because: "an earlier version applied the same value, and recorded no stack",
      compiledWith: readingsOf({ [TEXT]: "orders-1" }, SECOND),
      applied: appliedWith("orders-1"),
      state: { kind: "pinned", value: "orders-1", stackId: SECOND, readAt },
    },
    {
      because: "no value is applied",
      compiledWith: one,
      applied: null,
      state: { kind: "new", value: "orders-1", readAt },
    },
    {
      because: "it was not read since the start, and the applied value stays",
      compiledWith: NONE,
      applied: appliedWith("orders-0"),
      state: { kind: "unresolved", reason: "it was not read yet", pinned: "orders-0" },
    },
    {
      because: "it does not exist",
      compiledWith: readingsOf({ [TEXT]: null }),
      applied: null,
      state: { kind: "unresolved", reason: "it does not exist", pinned: null },
    },
    {
      because: "its value is no name",
      compiledWith: readingsOf({ [TEXT]: "*" }),
      applied: appliedWith("orders-0"),
      state: { kind: "unresolved", reason: expect.stringContaining('is "*"'), pinned: "orders-0" },
    },
    {
      because: "a later read has a value again, and the problem is that of the earlier one",
      compiledWith: readingsOf({ [TEXT]: "*" }),
      readings: one,
      applied: appliedWith("orders-1"),
      state: { kind: "pinned", value: "orders-1", readAt },
    },
    {
      because: "it is gone since the revision was compiled with it",
      compiledWith: one,
      readings: readingsOf({ [TEXT]: null }),
      applied: appliedWith("orders-1"),
      state: { kind: "unresolved", reason: "it does not exist", pinned: "orders-1" },
    },
  ])("$state.kind: $because", ({ state, ...facts }) => {
    expect(statesOf(facts)).toEqual([{ ...about, ...state }]);
  });

  test("is that of the worst use, if one use is a part of a text", () => {
    const spec = `  grants: [{sqs: {queue: "\${ssm./q}", allow: [send]}}, {s3: {bucket: "x-\${ssm./q}", allow: [read]}}]\n`;
    const readings = readingsOf({ "ssm./q": "arn:aws:sqs:eu-west-1:222222222222:q" });
    const { namedReferences } = compileTexts(
      { "teams/orders/api.yaml": functionText("api", spec) },
      { readings },
    );
    const [named = []] = namedReferences.values();

    expect(named.map(({ origin, problem }) => [origin.line, problem !== null])).toEqual([
      [6, false],
      [6, true],
    ]);
    expect(referenceStates({ named, readings, applied: null })).toMatchObject([
      { text: "ssm./q", kind: "unresolved", reason: expect.stringContaining("as a part of a text") },
    ]);
  });

  test("is listed for no manifest without references", () => {
    expect(statesOf({ table: "orders", compiledWith: NONE, applied: null })).toEqual([]);
  });
});
