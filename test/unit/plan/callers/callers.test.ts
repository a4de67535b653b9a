import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { LiveFunction } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { applyTo, withRole } from "../../../support/pass/apply.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  binding,
  caller,
  context,
  documentOf,
  driftsOfBinding,
  liveFunctionOf,
  liveRoleOf,
  NOW_MS,
  planOfBinding,
  presentPolicy,
  stepsOf,
} from "../../../support/pass/bindings.ts";

const [ONE, TWO, THREE] = [caller("one"), caller("two"), caller("three")];
const PUBLIC = {
  Sid: "test1",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: binding().functionArn,
};
const NIGHTLY = {
  ...PUBLIC,
  Sid: "nightly",
  Principal: { Service: "events.amazonaws.com" },
  Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/nightly" } },
};

interface Scene {
  readonly desired: DesiredBinding;
  readonly live: readonly unknown[];
  readonly applied?: DesiredBinding | null;
  readonly found?: Partial<LiveFunction>;
  readonly seenAgoMs?: number;
  readonly at?: Partial<PlanContext>;
}

function planning({ desired, live, applied = desired, found = {}, seenAgoMs, at = {} }: Scene): PlanContext {
  const policies = new Map([
    ["", live.length === 0 ? ({ kind: "absent" } as const) : presentPolicy(...live)],
  ]);
  const account = accountWith({
    role: liveRoleOf(desired),
    found: liveFunctionOf(desired, { policies, ...found }),
  });
  const record = applied === null ? null : appliedRecord(applied);
  const base = context(account, { record, ...at });
  if (seenAgoMs === undefined || record === null) return base;
  const since = driftsOfBinding(desired, base).map((drift) => [driftFingerprint(drift), NOW_MS - seenAgoMs]);
  return { ...base, record: { ...record, driftSinceMs: Object.fromEntries(since) } };
}

function planWith(scene: Scene): KeyPlan {
  return planOfBinding(scene.desired, planning(scene));
}

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
        delta: { allowed: [{ action: "lambda:InvokeFunction" }], noLongerAllowed: [] },
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

describe("undeclared callers", () => {
  const report = binding();
  const remove = binding({}, { undeclaredCallers: "remove" });
  const foreign = { ...PUBLIC, Sid: "other", Principal: { AWS: "arn:aws:iam::999988887777:root" } };
  const { Sid: _, ...nameless } = PUBLIC;

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
      asks: 1,
      because: "a Deny is a restriction",
    },
  ])("$because", ({ steps, asks, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.approvable).toHaveLength(asks);
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

  test("are removed with their qualifier", () => {
    const policies = new Map([["live", presentPolicy(PUBLIC)]]);
    const plan = planWith({ desired: report, live: [], found: { policies } });

    expect(plan.actions).toMatchObject([
      { input: { FunctionName: "orders-api", StatementId: "test1", Qualifier: "live" } },
    ]);
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
