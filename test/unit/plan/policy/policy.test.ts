import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { DesiredBinding, DesiredPolicy } from "../../../../src/model/desired.ts";
import type { LivePolicy } from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { applyTo } from "../../../support/pass/apply.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  attachment,
  binding,
  compiled,
  context,
  deny,
  desiredOf,
  documentOf,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  planOfPolicy,
  policy,
  SETTLE_MS,
  stepsOf,
} from "../../../support/pass/bindings.ts";

const READ = allow("s3:GetObject");
const WIDE = allow("s3:*");
const OTHER = allow("sqs:SendMessage");
const USER = binding({ attachments: [attachment("audit-read")] });

function live(
  desired: DesiredPolicy,
  texts: readonly string[],
  change: Partial<LivePolicy> = {},
): LivePolicy {
  return livePolicyOf(desired.arn, texts, {
    attachmentCount: 1,
    policyId: "ANPAAUDIT",
    tags: { kind: "present", value: desired.tags },
    ...change,
  });
}

interface Scene {
  readonly git: readonly Statement[];
  /** The versions with the default last. */
  readonly versions: readonly (readonly Statement[])[];
  readonly applied?: readonly Statement[] | null;
  readonly found?: Partial<LivePolicy>;
  readonly at?: Partial<PlanContext>;
  readonly user?: DesiredBinding | null;
  /** The last applied binding of a role that attaches the policy. */
  readonly userApplied?: DesiredBinding;
}

function setting({ git, versions, applied = git, found, at, user = USER, userApplied = USER }: Scene) {
  const desired = policy(compiled(...git));
  const texts = versions.map((statements) => documentOf(...statements));
  const account = accountWith({
    policies: [live(desired, texts, found)],
    ...(user !== null && { role: liveRoleOf(USER), found: liveFunctionOf(USER) }),
  });
  const record = applied === null ? null : appliedRecord(policy(compiled(...applied)), {});
  const records = new Map([[USER.key, appliedRecord(userApplied)]]);
  const bindings = desiredOf(user === null ? [] : [user], [desired]);
  return { desired, planning: context(account, { record, records, desired: bindings, ...at }) };
}

function planWith(scene: Scene) {
  const { desired, planning } = setting(scene);
  return planOfPolicy(desired, planning);
}

describe("a policy that does not exist", () => {
  test("is created with its tags", () => {
    const plan = planOfPolicy(policy(compiled(READ)), context(emptyAccount()));

    expect(stepsOf(plan)).toEqual(["1 iam:CreatePolicy now"]);
    expect(plan.actions[0]).toMatchObject({
      input: {
        PolicyName: "gk_orders_audit-read",
        Path: "/grantkeeper/",
        PolicyDocument: documentOf(READ),
        Description: "Audit",
        Tags: [
          { Key: INSTANCE_TAG, Value: "test-1" },
          { Key: OWNER_TAG, Value: "orders/audit-read" },
        ],
      },
      delta: { allowed: [{ action: "s3:GetObject" }], noLongerAllowed: [] },
    });
  });

  test("has no description if Git declares none", () => {
    const plan = planOfPolicy(policy(compiled(READ), { description: "" }), context(emptyAccount()));

    expect(plan.actions[0]?.input).not.toHaveProperty("Description");
  });

  test.each([
    {
      document: compiled(allow("s3:GetObject", "x".repeat(6_200))),
      kinds: ["quota"],
      because: "it is too large",
    },
    { document: compiled(), kinds: [], because: "it has no statement" },
  ])("is not created if $because", ({ document, kinds }) => {
    const plan = planOfPolicy(policy(document), context(emptyAccount()));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("is not created if a policy on another path has its name", () => {
    const desired = policy(compiled(READ));
    const taken = livePolicyOf(
      attachment("x").arn.replace("gk_orders_x", "old/GK_orders_audit-read") as never,
      ["{}"],
    );
    const plan = planOfPolicy(desired, context(accountWith({ policies: [taken] })));

    expect(plan.withheld).toMatchObject([{ kind: "ownership-conflict" }]);
  });
});

describe("a changed document of a policy", () => {
  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      git: [WIDE],
      applied: [READ],
      versions: [[READ]],
      steps: ["1 iam:CreatePolicyVersion now", "1 iam:SetDefaultPolicyVersion after-wait"],
      because: "becomes a version that is not yet the default, since its id is known in the next pass",
    },
    {
      git: [WIDE],
      applied: [READ],
      versions: [[WIDE], [READ]],
      steps: ["1 iam:SetDefaultPolicyVersion now"],
      because: "becomes the default before the bindings change if it is wider",
    },
    {
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      steps: ["10 iam:SetDefaultPolicyVersion now"],
      because: "becomes the default after the bindings change if it is narrower",
    },
    {
      git: [WIDE],
      applied: [READ],
      versions: [[OTHER], [OTHER], [OTHER], [OTHER], [READ]],
      steps: [
        "1 iam:DeletePolicyVersion now",
        "1 iam:CreatePolicyVersion now",
        "1 iam:SetDefaultPolicyVersion after-wait",
      ],
      because: "replaces the oldest of five versions",
    },
  ])("$because", ({ steps, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.withheld).toEqual([]);
  });

  test("causes the oldest version that is not the default to be deleted", () => {
    const plan = planWith({
      git: [WIDE],
      applied: [READ],
      versions: [[READ], [OTHER], [OTHER], [OTHER], [OTHER]],
      found: { defaultVersionId: "v1" },
    });

    expect(plan.actions[0]).toMatchObject({
      call: "iam:DeletePolicyVersion",
      input: { VersionId: "v2" },
      destructive: true,
    });
  });

  test("keeps the approval of the whole change in the second pass", () => {
    const scene: Scene = { git: [WIDE], applied: [READ], versions: [[READ]] };
    const { desired, planning } = setting(scene);
    const first = planOfPolicy(desired, planning);

    const after = applyTo(planning.live, first.actions.slice(0, 1), NOW_MS);
    const second = planOfPolicy(desired, { ...planning, live: after });

    expect(second.actions.map(({ call, input }) => [call, input])).toEqual(
      first.actions.slice(1).map(({ call, input }) => [call, input]),
    );
    expect(
      planOfPolicy(desired, { ...planning, live: applyTo(after, second.actions, NOW_MS) }).actions,
    ).toEqual([]);
  });

  test.each([
    { attachmentCount: 1, kinds: ["not-in-this-version"], because: "is held while roles attach the policy" },
    {
      attachmentCount: null,
      kinds: ["not-in-this-version"],
      because: "is held if AWS sends no attachment count",
    },
    { attachmentCount: 0, kinds: [], because: "becomes the default if no role attaches the policy" },
  ])("that is neither wider nor narrower $because", ({ attachmentCount, kinds }) => {
    const plan = planWith({ git: [OTHER], applied: [READ], versions: [[READ]], found: { attachmentCount } });

    expect(plan.withheld.map(({ kind }) => kind)).toEqual(kinds);
    expect(plan.actions.length > 0).toBe(kinds.length === 0);
  });

  test("is held if it is too large for AWS", () => {
    const plan = planWith({
      git: [allow("s3:GetObject", "x".repeat(6_200))],
      applied: [WIDE],
      versions: [[WIDE]],
    });

    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringContaining("of 6144 characters") },
    ]);
  });

  test("becomes a new version without urgency if only a Sid differs", () => {
    const plan = planWith({ git: [{ Sid: "A", ...READ }], applied: [READ], versions: [[READ]] });

    expect(plan.actions.map(({ call }) => call)).toEqual([
      "iam:CreatePolicyVersion",
      "iam:SetDefaultPolicyVersion",
    ]);
  });
});

describe("the roles that attach a policy", () => {
  test("match Git without a boundary too", () => {
    const plain = { ...USER, role: { ...USER.role, boundary: null } };
    const plan = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      user: plain,
      userApplied: plain,
    });

    expect(stepsOf(plan)).toEqual(["10 iam:SetDefaultPolicyVersion now"]);
  });

  const without = binding();

  test("detach it before it becomes wider", () => {
    const plan = planWith({ git: [WIDE], applied: [READ], versions: [[WIDE], [READ]], user: without });

    expect(stepsOf(plan)).toEqual(["1 iam:SetDefaultPolicyVersion after-wait"]);
  });

  test("match Git before it becomes narrower", () => {
    const changing = { ...USER, role: { ...USER.role, inline: compiled(OTHER) } };
    const never = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      at: { records: new Map() },
    });

    expect(
      stepsOf(planWith({ git: [READ], applied: [WIDE], versions: [[READ], [WIDE]], user: changing })),
    ).toEqual(["10 iam:SetDefaultPolicyVersion after-wait"]);
    expect(stepsOf(never)).toEqual(["10 iam:SetDefaultPolicyVersion after-wait"]);
  });

  test("complete their recent additions before it becomes narrower", () => {
    const put = {
      key: USER.key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: USER.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const late = { ...put, step: 10 } as const;
    const plan = planWith({
      git: [READ],
      applied: [WIDE],
      versions: [[READ], [WIDE]],
      at: { writes: recentWrites([put, late]) },
    });

    expect(stepsOf(plan)).toEqual(["10 iam:SetDefaultPolicyVersion at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("are not those of other accounts, nor roles that do not exist", () => {
    const elsewhere = { ...binding(), accountId: "444455556666" as never };
    const desired = policy(compiled(WIDE));
    const account = accountWith({ policies: [live(desired, [documentOf(WIDE), documentOf(READ)])] });
    const planning = context(account, {
      record: appliedRecord(policy(compiled(READ))),
      desired: desiredOf([
        elsewhere,
        { ...without, key: "function/111122223333/eu-west-1/orders/b" as never },
      ]),
    });

    expect(stepsOf(planOfPolicy(desired, planning))).toEqual(["1 iam:SetDefaultPolicyVersion now"]);
  });
});

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
