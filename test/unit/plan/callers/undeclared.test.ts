import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { presentPolicy } from "../../../support/pass/live-state.ts";
import { ONE, PUBLIC, NIGHTLY, type Scene, planning, planWith } from "./scene.ts";

describe("undeclared callers", () => {
  const report = binding();
  const remove = binding({}, { undeclaredCallers: "remove" });
  const foreign = { ...PUBLIC, Sid: "other", Principal: { AWS: "arn:aws:iam::999988887777:root" } };
  const { Sid: _, ...nameless } = PUBLIC;

  const ODD = { StringEquals: { "aws:SourceVpce": "vpce-1" } };

  test.each<Scene & { steps: readonly string[]; asks: number; because: string }>([
    {
      desired: report,
      live: [NIGHTLY],
      steps: [],
      asks: 0,
      because: 'the setting "report" keeps statements of others',
    },
    {
      desired: report,
      live: [foreign],
      steps: [],
      asks: 0,
      because: 'the setting "report" only reports another account',
    },
    {
      desired: report,
      live: [{ ...foreign, Action: "lambda:*" }],
      steps: ["3 lambda:RemovePermission now"],
      asks: 0,
      because: "another account that may change the code is removed immediately",
    },
    {
      desired: report,
      live: [{ ...foreign, Action: "lambda:*" }],
      applied: null,
      steps: [],
      asks: 1,
      because: "another account that was there first needs approval",
    },
    {
      desired: report,
      live: [PUBLIC],
      steps: ["3 lambda:RemovePermission now"],
      asks: 0,
      because: "a public caller that appeared is removed immediately",
    },
    {
      desired: report,
      live: [PUBLIC],
      applied: null,
      steps: [],
      asks: 1,
      because: "a public caller that was there first needs approval",
    },
    {
      desired: report,
      live: [PUBLIC],
      seenAgoMs: 7_200_000,
      steps: [],
      asks: 1,
      because: "a public caller that was there first needs approval after the rest is applied too",
    },
    {
      desired: remove,
      live: [NIGHTLY],
      steps: ["10 lambda:RemovePermission at"],
      asks: 0,
      because: 'the setting "remove" gives a new caller a grace period',
    },
    {
      desired: remove,
      live: [NIGHTLY],
      seenAgoMs: 900_000,
      steps: ["10 lambda:RemovePermission now"],
      asks: 0,
      because: 'the setting "remove" removes a caller after the grace period',
    },
    {
      desired: remove,
      applied: report,
      live: [NIGHTLY],
      steps: [],
      asks: 1,
      because: 'callers that existed when "remove" was set need approval',
    },
    {
      desired: remove,
      live: [{ ...NIGHTLY, Effect: "Deny" }],
      steps: [],
      asks: 0,
      because: "no manifest can declare a Deny, so nothing is removed",
    },
    {
      desired: remove,
      live: [NIGHTLY, { ...NIGHTLY, Sid: "odd", Condition: ODD }],
      steps: [],
      asks: 0,
      because: "a condition that no manifest can declare keeps the other callers too",
    },
    {
      desired: remove,
      live: [PUBLIC, { ...NIGHTLY, Sid: "odd", Condition: ODD }],
      steps: ["3 lambda:RemovePermission now"],
      asks: 0,
      because: "a public caller is removed all the same",
    },
    {
      desired: binding({}, { callers: [ONE], undeclaredCallers: "remove" }),
      live: [{ ...NIGHTLY, Sid: "odd", Condition: ODD }],
      steps: ["6 lambda:AddPermission now"],
      asks: 0,
      because: "declared callers are added all the same",
    },
    {
      desired: report,
      live: [{ ...NIGHTLY, Sid: "odd", Condition: ODD }],
      steps: [],
      asks: 0,
      because: 'the setting "report" keeps what no manifest can declare',
    },
  ])("$because", ({ steps, asks, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.approvable).toHaveLength(asks);
  });

  test("in a form that no manifest can declare are named, with the reason and both ways out", () => {
    const plan = planWith({ desired: remove, live: [{ ...NIGHTLY, Condition: ODD }] });

    expect(plan.withheld).toEqual([
      {
        kind: "not-in-this-version",
        subject: remove.functionArn,
        reason:
          'undeclaredCallers: remove is not carried out: no manifest can declare statement "nightly" (lambda:AddPermission takes no condition on aws:SourceVpce)',
        fix: "set undeclaredCallers: report, or remove the statement: aws lambda remove-permission --region eu-west-1 --function-name orders-api --statement-id nightly",
      },
    ]);
  });

  test("without a Sid and in such a form are named with the command to inspect them", () => {
    const { Sid: _nightly, ...unnamed } = { ...NIGHTLY, Condition: ODD };
    const plan = planWith({ desired: remove, live: [unnamed] });

    expect(plan.withheld).toMatchObject([
      {
        reason: expect.stringContaining("no manifest can declare a statement without a Sid"),
        fix: expect.stringContaining("aws lambda get-policy --region eu-west-1 --function-name orders-api"),
      },
    ]);
  });

  test("of an alias are named with it", () => {
    const policies = new Map([["live", presentPolicy({ ...NIGHTLY, Condition: ODD })]]);
    const plan = planWith({ desired: remove, live: [], found: { policies } });

    expect(plan.withheld).toMatchObject([{ fix: expect.stringContaining("--qualifier live") }]);
  });

  test("are reported with the command to inspect them if they have no Sid", () => {
    const plan = planWith({ desired: remove, live: [nameless] });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([
      {
        kind: "not-in-this-version",
        fix: expect.stringContaining("aws lambda get-policy --region eu-west-1 --function-name orders-api"),
      },
    ]);
  });
});

describe("a statement that names a deleted principal", () => {
  const DELETED = "AROA2EXAMPLEDELETED01";
  const dead = { ...PUBLIC, Sid: "dead", Principal: { AWS: DELETED } };
  const mixed = { ...dead, Sid: "mixed", Principal: { AWS: [DELETED, "arn:aws:iam::111122223333:role/x"] } };
  const denying = { ...dead, Sid: "denying", Effect: "Deny" };
  const removing = (callers: DesiredBinding["callers"]) => {
    return binding({}, { callers, undeclaredCallers: "remove" });
  };

  test.each([
    {
      live: dead,
      callers: [ONE],
      steps: ["3 lambda:RemovePermission now", "6 lambda:AddPermission now"],
      because: "is removed before a caller is added, since AWS would reject that",
    },
    {
      live: dead,
      callers: [],
      steps: ["10 lambda:RemovePermission now"],
      because: "is removed without a grace period, since no call depends on it",
    },
    {
      live: mixed,
      callers: [ONE],
      steps: ["3 lambda:RemovePermission at", "6 lambda:AddPermission now"],
      because: "keeps its grace period while it names another principal",
    },
  ])("$because", ({ live, callers, steps }) => {
    const desired = removing(callers);
    const applied = removing([ONE]);

    const plan = planWith({ desired, applied, live: [live], seenAgoMs: 0 });

    expect(stepsOf(plan)).toEqual(steps);
  });

  test("is removed without approval although it was there first", () => {
    const desired = removing([]);

    const plan = planWith({ desired, applied: binding({}, { callers: [] }), live: [dead] });

    expect(stepsOf(plan)).toEqual(["10 lambda:RemovePermission now"]);
    expect(plan.approvable).toEqual([]);
  });

  test("needs approval if it also denies", () => {
    const plan = planWith({ desired: removing([ONE]), live: [denying] });

    expect(stepsOf(plan)).toEqual(["6 lambda:AddPermission now"]);
    expect(plan.withheld.map(({ kind }) => kind)).toEqual(["restriction-added"]);
  });

  test("is reported but kept if undeclared callers are only reported", () => {
    const desired = binding({}, { callers: [ONE] });
    const at = planning({ desired, live: [dead] });

    const comparison = diffBinding(desired, at);

    expect(stepsOf(planOfBinding(desired, at))).toEqual(["6 lambda:AddPermission now"]);
    expect(comparison).toMatchObject({
      notes: expect.arrayContaining([
        `statement "dead" names ${DELETED}, which was deleted: AWS refuses further callers while it is there`,
      ]),
    });
  });
});
