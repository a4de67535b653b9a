import { describe, expect, test } from "@jest/globals";
import { diffFormerFunctions, formerFunctions } from "../../../../src/diff/callers/former.ts";
import { appliedRecord, binding, caller, REGION } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { context } from "../../../support/pass/plans.ts";
import { withFunction } from "../../../support/pass/apply.ts";

const ONE = caller("one");
const FORMER = binding({}, { callers: [ONE] });
const NOW = binding({}, { functionName: "orders-new", deletionPolicy: "delete" });
const item = (id: string, type: "statement" | "role" = "statement") =>
  ({ type, id, uniqueId: null }) as const;

describe("the functions that a manifest named before", () => {
  test.each([
    { record: null, names: [], because: "nothing was recorded" },
    { record: appliedRecord(FORMER), names: ["orders-api"], because: "the applied one had callers" },
    {
      record: appliedRecord({ ...FORMER, callers: [] }),
      names: [],
      because: "the applied one had no callers",
    },
    {
      record: appliedRecord(NOW, {
        inventory: [
          item(`${FORMER.functionArn}:live#${ONE.sid}`),
          item(FORMER.role.arn, "role"),
          item("unknown"),
        ],
      }),
      names: ["orders-api"],
      because: "the inventory has a statement, a role and an id that is no function's",
    },
    {
      record: appliedRecord(NOW, { inventory: [item(`${NOW.functionArn}#${ONE.sid}`)] }),
      names: [],
      because: "the inventory has statements of the declared one",
    },
  ])("are $names: $because", ({ record, names }) => {
    expect(formerFunctions(NOW, record)).toEqual(names);
  });
});

describe("the statements on a former function", () => {
  const found = liveFunctionOf(FORMER, {
    policies: new Map([["", presentPolicy(ONE.statement, { ...ONE.statement, Sid: undefined })]]),
  });
  const live = withFunction(accountWith({}), REGION, found);

  test("without a Sid are not ours, and are no drift", () => {
    const { drifts, unread } = diffFormerFunctions(NOW, context(live, { record: appliedRecord(FORMER) }));

    expect(drifts).toMatchObject([{ change: { kind: "former-statement", qualifier: null, sid: ONE.sid } }]);
    expect(unread).toEqual([]);
  });

  test("on an alias of the inventory whose policy was not read are unread, and are not taken for gone", () => {
    const inventory = [
      item(`${FORMER.functionArn}:live#${ONE.sid}`),
      item("unknown"),
      item(FORMER.role.arn, "role"),
    ];

    const { unread } = diffFormerFunctions(
      NOW,
      context(live, { record: appliedRecord(FORMER, { inventory }) }),
    );

    expect(unread).toEqual([`${FORMER.functionArn}:live: its policy was not read`]);
  });
});
