import { describe, expect, test } from "@jest/globals";
import type { LiveFunction } from "../../../../src/model/live.ts";
import { applyTo, withRole } from "../../../support/pass/apply.ts";
import { allow, appliedRecord, binding, caller, documentOf, NOW_MS } from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { ONE, TWO, THREE, PUBLIC, NIGHTLY, type Scene, planning, planWith } from "./scene.ts";

describe("declared callers", () => {
  test("drop one, change one and add one, without touching the others", () => {
    const before = binding({}, { callers: [ONE, TWO] });
    const desired = binding({}, { callers: [TWO, THREE, caller("four")] });

    const scene: Scene = { desired, applied: before, live: [ONE.statement, TWO.statement] };
    const plan = planWith(scene);
    const after = applyTo(planning(scene).live, plan.actions, NOW_MS);

    expect(stepsOf(plan)).toEqual([
      "6 lambda:AddPermission now",
      "6 lambda:AddPermission now",
      "10 lambda:RemovePermission after-wait",
    ]);
    expect(JSON.stringify(plan.actions)).not.toContain(TWO.sid);
    expect(driftsOfBinding(desired, { ...planning(scene), live: after })).toEqual([]);
  });

  test("are added with exactly the input of AddPermission", () => {
    const plan = planWith({ desired: binding({}, { callers: [ONE] }), live: [] });

    expect(plan.actions).toMatchObject([
      {
        input: ONE.input,
        target: binding().functionArn,
        before: null,
        cause: "out-of-band",
        delta: { allowed: [{ action: { kind: "one", name: "lambda:InvokeFunction" } }], noLongerAllowed: [] },
      },
    ]);
  });

  test("are all added again to a function that was recreated", () => {
    const plan = planWith({ desired: binding({}, { callers: [ONE, TWO] }), live: [] });

    expect(stepsOf(plan)).toEqual(["6 lambda:AddPermission now", "6 lambda:AddPermission now"]);
  });

  test("are replaced immediately if their content was changed under their Sid", () => {
    const changed = { ...ONE.statement, Principal: { Service: "sns.amazonaws.com" } };
    const plan = planWith({ desired: binding({}, { callers: [ONE] }), live: [changed] });

    expect(stepsOf(plan)).toEqual(["3 lambda:RemovePermission now", "6 lambda:AddPermission now"]);
    expect(plan.actions[0]).toMatchObject({ endsExposure: true, before: expect.stringContaining("sns") });
  });

  test("are replaced if their statement is not understood", () => {
    const odd = { ...ONE.statement, Colour: "red" };
    const plan = planWith({ desired: binding({}, { callers: [ONE] }), live: [odd] });

    expect(stepsOf(plan)).toEqual(["3 lambda:RemovePermission now", "6 lambda:AddPermission now"]);
  });

  test.each([
    {
      aliases: [{ name: "live", versions: ["1"] }],
      versions: [],
      steps: ["6 lambda:AddPermission now"],
      because: "the alias exists",
    },
    { aliases: [], versions: [], steps: [], because: "the alias does not exist yet" },
  ])("on an alias are added if it exists: $because", ({ aliases, versions, steps }) => {
    const desired = binding({}, { callers: [caller("one", "live")] });
    const found: Partial<LiveFunction> = {
      aliases: { kind: "present", value: aliases },
      versions: { kind: "present", value: versions },
      policies: new Map([
        ["", { kind: "absent" } as const],
        ["live", { kind: "absent" } as const],
      ]),
    };
    const plan = planWith({ desired, live: [], found });

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.withheld).toHaveLength(steps.length === 0 ? 1 : 0);
  });

  test.each([
    {
      versions: { kind: "present", value: [{ version: "7", roleArn: "x" }] } as const,
      because: "a version that is listed",
    },
    { versions: { kind: "unknown", reason: "x" } as const, because: "a number where versions were not read" },
  ])("on $because are added", ({ versions }) => {
    const desired = binding({}, { callers: [caller("one", "7")] });
    const policies = new Map([
      ["", { kind: "absent" } as const],
      ["7", { kind: "absent" } as const],
    ]);
    const plan = planWith({ desired, live: [], found: { versions, policies } });

    expect(plan.actions).toMatchObject([{ input: { Qualifier: "7" }, target: `${desired.functionArn}:7` }]);
  });

  test("are held if they do not fit into 20,480 characters, and nothing is removed for them", () => {
    const large = { ...NIGHTLY, Sid: "x".repeat(90), Resource: "y".repeat(20_000) };
    const plan = planWith({
      desired: binding({}, { callers: [ONE] }),
      applied: binding({}, { callers: [TWO] }),
      live: [TWO.statement, large],
    });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringContaining("of 20480 characters") },
    ]);
  });

  test("do not keep an exposure open even if they do not fit", () => {
    const large = { ...NIGHTLY, Sid: "x".repeat(90), Resource: "y".repeat(20_000) };
    const plan = planWith({ desired: binding({}, { callers: [ONE] }), live: [PUBLIC, large] });

    expect(stepsOf(plan)).toEqual(["3 lambda:RemovePermission now"]);
  });
});

describe("a function that is not modified", () => {
  test("runs at the edge", () => {
    const plan = planWith({ desired: binding({}, { callers: [ONE] }), live: [], found: { edge: true } });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind: "unmodifiable" }]);
  });

  test("runs at the edge by its role's trust policy, and only exposures of our own role are removed", () => {
    const desired = binding({}, { callers: [ONE], undeclaredCallers: "remove" });
    const cdn = "arn:aws:iam::111122223333:role/cdn" as LiveFunction["arn"];
    const services = ["lambda.amazonaws.com", "edgelambda.amazonaws.com"];
    const statement = { Effect: "Allow", Principal: { Service: services }, Action: "sts:AssumeRole" };
    const trust = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const policies = new Map([["", presentPolicy(PUBLIC)]]);
    const open = liveRoleOf(desired, { inline: [{ name: "x", text: documentOf(allow("iam:*")) }] });
    const account = accountWith({ role: open, found: liveFunctionOf(desired, { roleArn: cdn, policies }) });
    const live = withRole(account, liveRoleOf(desired, { name: "cdn", path: "/", arn: cdn, trust }));
    const at = context(live, { record: appliedRecord(desired) });

    const plan = planOfBinding(desired, at);

    expect(stepsOf(plan)).toEqual(["3 iam:DeleteRolePolicy now"]);
    expect(plan.withheld).toMatchObject([{ kind: "unmodifiable", fix: "take it out of git" }]);
  });

  test("has a role of another owner, and only an exposure in its own policy is removed", () => {
    const desired = binding({}, { callers: [ONE] });
    const scene: Scene = { desired, live: [PUBLIC] };
    const base = planning(scene);
    const live = accountWith({
      role: liveRoleOf(desired, { tags: [], roleId: "AROAX", path: "/", boundary: null }),
      found: liveFunctionOf(desired, { policies: new Map([["", presentPolicy(PUBLIC)]]) }),
    });

    const plan = planOfBinding(desired, { ...base, live });

    expect(stepsOf(plan)).toEqual(["3 lambda:RemovePermission now"]);
  });
});
