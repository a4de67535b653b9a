import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { LivePolicy } from "../../../../src/model/live.ts";
import {
  allow,
  appliedRecord,
  compiled,
  deny,
  documentOf,
  NOW_MS,
  policy,
} from "../../../support/pass/bindings.ts";
import { context, planOfPolicy, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith, emptyAccount } from "../../../support/pass/live-state.ts";
import { READ, WIDE, OTHER, live, type Scene, planWith } from "./scene.ts";

describe("a policy that was changed in AWS", () => {
  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      git: [READ],
      versions: [[READ], [allow("*")]],
      steps: ["1 iam:SetDefaultPolicyVersion now"],
      because: "gets back its existing version immediately if the default escalates",
    },
    {
      git: [READ],
      versions: [[READ], [WIDE]],
      steps: ["1 iam:SetDefaultPolicyVersion at"],
      because: "gets a grace period if the default is ordinary",
    },
    {
      git: [WIDE],
      versions: [[WIDE], [READ]],
      steps: ["1 iam:SetDefaultPolicyVersion now"],
      because: "gets back immediately what was revoked",
    },
    {
      git: [READ],
      versions: [[READ], [OTHER]],
      steps: ["1 iam:SetDefaultPolicyVersion now"],
      because: "gets back immediately what was revoked, even if something else was granted",
    },
    {
      git: [READ],
      versions: [[allow("*")]],
      steps: ["1 iam:CreatePolicyVersion now", "1 iam:SetDefaultPolicyVersion after-wait"],
      because: "gets a new version if no existing one matches",
    },
  ])("$because", ({ steps, ...scene }) => {
    expect(stepsOf(planWith(scene))).toEqual(steps);
  });

  test("keeps a Deny in its default as a restriction until an operator lifts it", () => {
    const plan = planWith({ git: [READ], versions: [[READ], [READ, deny("s3:PutObject")]] });

    expect(plan.actions).toEqual([]);
    expect(plan.approvable).toMatchObject([{ actions: [{ call: "iam:SetDefaultPolicyVersion" }] }]);
    expect(plan.withheld).toMatchObject([{ kind: "restriction-added" }]);
  });
});

describe("tags, description and ownership of a policy", () => {
  const tagged = (value: Extract<LivePolicy["tags"], { kind: "present" }>["value"]) => ({
    tags: { kind: "present", value } as const,
  });
  const { tags } = policy(compiled(READ));
  const same = { git: [READ], versions: [[READ]] } as const;
  const known = (scene: Scene) => {
    const record = appliedRecord(policy(compiled(...scene.git)));
    const inventory = record.inventory.map((item) => ({ ...item, uniqueId: "ANPAAUDIT" }));
    return { ...scene, at: { record: { ...record, inventory } } };
  };

  test("change without a new version", () => {
    const plan = planWith({ ...same, found: tagged([...tags, { key: "team", value: "x" }]) });

    expect(stepsOf(plan)).toEqual(["12 iam:UntagPolicy at"]);
  });

  test("get their ownership tags first if the policy is recorded", () => {
    const plan = planWith(known({ ...same, found: tagged([]) }));

    expect(stepsOf(plan)).toEqual(["3 iam:TagPolicy now"]);
  });

  test("get both ownership tags if one is missing, since IAM conditions require both", () => {
    const owner = tags.filter(({ key }) => key === "grantkeeper.dev/owner");
    const plan = planWith(known({ ...same, found: tagged(owner) }));

    expect(plan.actions.map(({ input }) => input["Tags"])).toEqual([
      tags.map(({ key, value }) => ({ Key: key, Value: value })),
    ]);
  });

  test("get a declared tag without urgency", () => {
    const desired = policy(compiled(READ), { tags: [...tags, { key: "team", value: "a" }] });
    const account = accountWith({
      policies: [live(desired, [documentOf(READ)], tagged([...tags, { key: "team", value: "b" }]))],
    });
    const plan = planOfPolicy(desired, context(account));

    expect(plan.actions).toMatchObject([
      { step: 12, call: "iam:TagPolicy", input: { Tags: [{ Key: "team", Value: "a" }] } },
    ]);
  });

  test("have no change of the description, since AWS has no call for it", () => {
    const plan = planWith({ ...same, found: { description: "x" } });

    expect(plan.withheld).toMatchObject([{ kind: "immutable-field" }]);
  });

  test.each<{ found: Partial<LivePolicy>; kind: string; because: string }>([
    { found: tagged([]), kind: "ownership-conflict", because: "no tags and no record of it" },
    {
      found: { tags: { kind: "unknown", reason: "AccessDenied" } },
      kind: "unreadable",
      because: "tags that were not read",
    },
    { found: { path: "/" }, kind: "ownership-conflict", because: "a path outside ours" },
  ])("are held for a policy with $because", ({ found, kind }) => {
    const plan = planWith({ git: [READ], versions: [[WIDE]], found });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind }]);
  });

  test("do not apply to a boundary, which is never written", () => {
    const boundary = policy(compiled(READ), { use: "boundary" });
    const different = context(accountWith({ policies: [live(boundary, [documentOf(WIDE)])] }));

    expect(planOfPolicy(boundary, context(emptyAccount())).withheld).toMatchObject([
      { kind: "unmodifiable", reason: expect.stringContaining("does not exist") },
    ]);
    expect(planOfPolicy(boundary, different)).toMatchObject({
      actions: [],
      withheld: [{ kind: "unmodifiable", reason: expect.stringContaining("differs from Git") }],
    });
  });

  test("are not written again if the last write is recent and not visible yet", () => {
    const create = {
      key: policy(compiled()).key,
      atMs: NOW_MS - 1_000,
      call: "iam:CreatePolicy",
      step: 1,
      target: policy(compiled()).arn,
      beforeHash: null,
      afterHash: null,
    } as const;

    expect(
      planOfPolicy(policy(compiled(READ)), context(emptyAccount(), { writes: recentWrites([create]) })),
    ).toMatchObject({
      actions: [],
      nextDueMs: NOW_MS + 60_000,
    });
  });
});
