import { describe, expect, test } from "@jest/globals";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type {
  LiveAccount,
  LiveFunction,
  LiveResourcePolicy,
  LiveRole,
  Reading,
} from "../../../src/model/live.ts";
import type { PlanContext } from "../../../src/plan/inputs/context.ts";
import { deleteObstacles, planRemoval } from "../../../src/plan/removal.ts";
import { applyTo } from "../../support/pass/apply.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  attachment,
  binding,
  caller,
  compiled,
  context,
  desiredAccount,
  desiredOf,
  documentOf,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  policy,
  presentPolicy,
  REGION,
  stepsOf,
} from "../../support/pass/bindings.ts";

const DAY_MS = 86_400_000;
const GONE = binding(
  { attachments: [attachment("audit-read")] },
  { deletionPolicy: "delete", callers: [caller("one"), caller("one", "live")] },
);
const OTHER_ROLE = "arn:aws:iam::111122223333:role/other";
const UNBINDING = { atMs: NOW_MS - DAY_MS, agreedSweepsMs: [NOW_MS - 600_000, NOW_MS - 300_000] };

interface Scene {
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly account?: Partial<LiveAccount>;
  readonly record?: Partial<KeyRecord>;
  readonly at?: Partial<PlanContext>;
  readonly gone?: typeof GONE;
}

function setting({ role = {}, found = {}, account = {}, record = {}, at = {}, gone = GONE }: Scene) {
  const live = accountWith(
    {
      role: liveRoleOf(gone, role),
      found: liveFunctionOf(gone, { roleArn: OTHER_ROLE, ...found }),
      policies: [livePolicyOf(attachment("audit-read").arn, [documentOf(allow("s3:GetObject"))])],
    },
    {},
  );
  const known = appliedRecord(gone, { unbinding: UNBINDING, ...record });
  return { record: known, at: context({ ...live, ...account }, { record: known, ...at }) };
}

describe("a binding that left git", () => {
  test("is deleted once every condition holds: statements, policies, role, each with what it was", () => {
    const { record, at } = setting({});
    const plan = planRemoval(record, at);

    expect(plan.purpose).toBe("delete");
    expect(plan.withheld).toEqual([]);
    expect(stepsOf(plan)).toEqual([
      "13 lambda:RemovePermission now",
      "13 lambda:RemovePermission now",
      "13 iam:DetachRolePolicy now",
      "13 iam:DeleteRolePolicy now",
      "13 iam:DeleteRole now",
    ]);
    expect(plan.actions.every((action) => action.destructive && action.before !== null)).toBe(true);
    expect(plan.actions[1]?.input).toMatchObject({ Qualifier: "live" });
    expect(planRemoval(record, { ...at, live: applyTo(at.live, plan.actions, NOW_MS) })).toMatchObject({
      actions: [],
      withheld: [],
    });
  });

  test.each<Scene & { says: string }>([
    { gone: { ...GONE, deletionPolicy: "retain" }, says: "its deletionPolicy is retain" },
    { record: { applied: null }, says: "unknown, so it is retained" },
    { record: { unbinding: null }, says: "it was just removed from Git" },
    { record: { unbinding: { ...UNBINDING, atMs: NOW_MS - DAY_MS + 1 } }, says: "deleteQuiet" },
    { record: { unbinding: { ...UNBINDING, agreedSweepsMs: [NOW_MS] } }, says: "two sweeps must agree" },
    {
      record: { unbinding: { ...UNBINDING, agreedSweepsMs: [NOW_MS - 299_999, NOW_MS] } },
      says: "two sweeps must agree",
    },
    { record: { inventory: [] }, says: "do not agree that the role is ours" },
    { role: { tags: [] }, says: "do not agree that the role is ours" },
    { role: { roleId: "AROAOTHER" }, says: "do not agree that the role is ours" },
    { role: { path: "/" }, says: "is not below /grantkeeper/" },
    { role: { path: "/aws-service-role/x/" }, says: "linked to an AWS service" },
    { role: { lastUsedAtMs: NOW_MS - DAY_MS }, says: "was used after it left Git" },
    { role: { lastUsedAtMs: "unknown" }, says: "AWS did not report when it was last used" },
    { role: { instanceProfiles: ["web"] }, says: "instance profile web contains it" },
    {
      role: { inline: [{ name: "AWSRevokeOlderSessions", text: "{}" }] },
      says: "restricts the role on purpose",
    },
    { found: { roleArn: GONE.role.arn }, says: "runs on it" },
    {
      found: { versions: { kind: "present", value: [{ version: "7", roleArn: GONE.role.arn }] } },
      says: "version 7",
    },
    { found: { versions: { kind: "unknown", reason: "x" } }, says: "published versions" },
    { account: { complete: false }, says: "not read completely" },
    { account: { regions: new Map() }, says: "region eu-west-1 was not read: never" },
    {
      account: { regions: new Map([[REGION, { kind: "off", reason: "not enabled" }]]) },
      says: "not enabled",
    },
    {
      account: {
        regions: new Map([
          [
            REGION,
            { kind: "read", functions: new Map(), complete: false, absentFunctions: new Set<string>() },
          ],
        ]),
      },
      says: "region eu-west-1 was not read completely",
    },
    {
      at: {
        desired: desiredOf([{ ...binding(), key: "function/111122223333/eu-west-1/orders/new" as never }]),
      },
      says: "claims the role now",
    },
    {
      at: { account: desiredAccount({ protectedPolicies: ["gk_orders_audit-read"] }) },
      says: "restricts the role on purpose",
    },
  ])("is kept: $says", ({ says, ...scene }) => {
    const { record, at } = setting(scene);
    const plan = planRemoval(record, at);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toContainEqual(expect.stringContaining(says));
  });

  test("the sweeps are the only condition that is not counted for a sweep", () => {
    const { record, at } = setting({ record: { unbinding: { ...UNBINDING, agreedSweepsMs: [] } } });

    expect(deleteObstacles(record, at)).toEqual([]);
    expect(planRemoval(record, at).withheld).toHaveLength(1);
  });

  test("a role that could not be read is kept, one that is gone leaves its statements", () => {
    const { record, at } = setting({});
    const unread = { ...at.live, complete: false, roles: new Map() };
    const gone = { ...at.live, roles: new Map() };

    expect(deleteObstacles(record, { ...at, live: unread })).toMatchObject([
      { reason: expect.stringContaining("was not read") },
    ]);
    expect(stepsOf(planRemoval(record, { ...at, live: gone }))).toEqual([
      "13 lambda:RemovePermission now",
      "13 lambda:RemovePermission now",
    ]);
  });

  test("statements of others and policies that were not read stay", () => {
    const foreign = { ...caller("one").statement, Sid: "other" };
    const policies = new Map<string, Reading<LiveResourcePolicy>>([
      ["", presentPolicy(foreign)],
      ["live", { kind: "unknown", reason: "x" }],
    ]);
    const { record, at } = setting({ found: { policies } });

    expect(planRemoval(record, at).actions.map(({ call }) => call)).not.toContain("lambda:RemovePermission");
  });

  test("that was never applied and has nothing in AWS is nothing", () => {
    const record = emptyKeyRecord(GONE.key);

    expect(planRemoval(record, context(emptyAccount()))).toMatchObject({ actions: [], withheld: [] });
  });

  test("waits for the end of its quiet time by itself", () => {
    const { record, at } = setting({ record: { unbinding: { ...UNBINDING, atMs: NOW_MS - 1_000 } } });

    expect(planRemoval(record, at).nextDueMs).toBe(NOW_MS - 1_000 + DAY_MS);
  });
});

describe("a policy that left git", () => {
  const gone = policy(compiled(allow("s3:GetObject")), { deletionPolicy: "delete" });
  const known = appliedRecord(gone, {
    unbinding: UNBINDING,
    inventory: [{ type: "policy", id: gone.arn, uniqueId: "ANPAAUDIT" }],
  });
  const live = (change: object = {}) =>
    accountWith({
      policies: [
        livePolicyOf(
          gone.arn,
          ["a", "b", "c"].map((letter) => documentOf(allow(`s3:Get${letter}`))),
          {
            policyId: "ANPAAUDIT",
            tags: { kind: "present", value: gone.tags },
            ...change,
          },
        ),
      ],
    });

  test("loses its versions, the oldest first, then goes", () => {
    const plan = planRemoval(known, context(live(), { record: known }));

    expect(plan.actions.map(({ call, input }) => [call, input["VersionId"]])).toEqual([
      ["iam:DeletePolicyVersion", "v1"],
      ["iam:DeletePolicyVersion", "v2"],
      ["iam:DeletePolicy", undefined],
    ]);
    expect(planRemoval(known, context(emptyAccount(), { record: known }))).toMatchObject({
      actions: [],
      withheld: [],
    });
  });

  test.each([
    { change: { attachmentCount: 1 }, record: known, says: "still attached" },
    { change: { boundaryUsageCount: 1 }, record: known, says: "still the boundary of a role or user" },
    { change: { attachmentCount: null }, record: known, says: "AWS did not report how many roles use it" },
    { change: { boundaryUsageCount: null }, record: known, says: "AWS did not report how many roles use it" },
    { change: { tags: { kind: "unknown", reason: "x" } }, record: known, says: "do not agree" },
    { change: { policyId: "ANPAOTHER" }, record: known, says: "do not agree" },
    { change: {}, record: { ...known, unbinding: null }, says: "just removed from Git" },
    { change: {}, record: { ...known, unbinding: { ...UNBINDING, atMs: NOW_MS } }, says: "deleteQuiet" },
    { change: {}, record: appliedRecord(policy(compiled(), { deletionPolicy: "retain" })), says: "retain" },
    {
      change: {},
      record: appliedRecord(policy(compiled(), { deletionPolicy: "delete", use: "boundary" })),
      says: "never written",
    },
  ])("is kept: $says", ({ change, record, says }) => {
    const plan = planRemoval(record, context(live(change), { record }));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toContainEqual(expect.stringContaining(says));
  });

  test("is kept while the account was not read completely", () => {
    const part = { ...live(), complete: false };
    const unread = { ...part, policies: new Map() };

    expect(deleteObstacles(known, context(part, { record: known }))).toMatchObject([
      { reason: "the account was not read completely" },
    ]);
    expect(deleteObstacles(known, context(unread, { record: known }))).toMatchObject([
      { reason: expect.stringContaining("was not read") },
    ]);
  });
});
