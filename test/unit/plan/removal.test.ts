import { describe, expect, test } from "@jest/globals";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { namePattern } from "../../../src/iam/names/name-pattern.ts";
import type { TeamFence } from "../../../src/model/rules/team.ts";
import type { Desired } from "../../../src/model/desired.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveResourcePolicy, Reading } from "../../../src/model/live.ts";
import { deleteObstacles, planRemoval } from "../../../src/plan/removal.ts";
import { applyTo, withRole } from "../../support/pass/apply.ts";
import {
  appliedRecord,
  binding,
  caller,
  desiredAccount,
  desiredOf,
  NOW_MS,
  REGION,
} from "../../support/pass/bindings.ts";
import { context, stepsOf } from "../../support/pass/plans.ts";
import { emptyAccount, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";
import { DAY_MS, UNBINDING } from "./unbinding.ts";
import { GONE, TEAMS, type Scene, setting } from "./removal-scenes.ts";

describe("a binding that was removed from Git", () => {
  test("is deleted once every condition holds: statements, policies and role, each with its previous value", () => {
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

  test.each<[string, Partial<Desired>, string]>([
    ["has no Team", { tenancy: { kind: "closed" } }, "namespace orders has no Team"],
    [
      "has a Team with an error",
      {
        tenancy: { kind: "closed" },
        teams: new Map([
          ["orders" as Namespace, { kind: "broken", namespace: "orders" as Namespace, origin: TEAMS }],
        ]),
      },
      "Team orders has an error (platform/teams.yaml:1:1)",
    ],
    [
      "may have a Team in a file that cannot be read",
      { tenancy: { kind: "unknown", origin: TEAMS } },
      "platform/teams.yaml:1:1 has an error or cannot be read, and may declare the Teams",
    ],
  ])("is kept while its namespace %s", (_, change, reason) => {
    const { record, at } = setting({ at: { desired: { ...desiredOf([]), ...change } } });
    const plan = planRemoval(record, at);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toEqual([
      expect.objectContaining({ kind: "waiting", reason: expect.stringContaining(reason) }),
    ]);
  });

  test.each([
    { functions: ["payments-*"], kept: false, because: "its Team refuses" },
    { functions: ["payments-*", "orders-*"], kept: true, because: "its Team allows" },
  ])("is kept for the claim of another team only if $because the role", ({ functions, kept }) => {
    const fence = (namespace: string, names: readonly string[]): TeamFence => ({
      kind: "fence",
      namespace: namespace as Namespace,
      accounts: null,
      functions: names.map(namePattern),
      resources: [],
      grants: null,
      statements: true,
      boundaries: [],
      limits: {},
      profile: null,
      alerts: [],
      references: [],
      borrowed: [],
      origin: TEAMS,
    });
    const claim = {
      ...binding(),
      namespace: "payments" as Namespace,
      functionName: "payments-x",
      key: "function/111122223333/eu-west-1/payments/x" as never,
    };
    const teams = [fence("orders", []), fence("payments", functions)];
    const desired: Desired = {
      ...desiredOf([claim]),
      tenancy: { kind: "closed" },
      teams: new Map(teams.map((team) => [team.namespace, team])),
    };
    const { record, at } = setting({ at: { desired } });

    expect(planRemoval(record, at).withheld.length > 0).toBe(kept);
  });

  test.each<Scene & { reason: string }>([
    { gone: { ...GONE, deletionPolicy: "retain" }, reason: "its deletionPolicy is retain" },
    { record: { adoptedRole: { arn: GONE.role.arn } as never }, reason: "was taken over in place" },
    { record: { applied: null }, reason: "unknown, so it is retained" },
    { record: { unbinding: null }, reason: "it was just removed from Git" },
    { record: { unbinding: { ...UNBINDING, atMs: NOW_MS - DAY_MS + 1 } }, reason: "deleteQuiet" },
    { record: { unbinding: { ...UNBINDING, agreedSweepsMs: [NOW_MS] } }, reason: "two sweeps must agree" },
    {
      record: { unbinding: { ...UNBINDING, agreedSweepsMs: [NOW_MS - 299_999, NOW_MS] } },
      reason: "two sweeps must agree",
    },
    { record: { inventory: [] }, reason: "do not agree that the role is ours" },
    { role: { tags: [] }, reason: "do not agree that the role is ours" },
    { role: { roleId: "AROAOTHER" }, reason: "do not agree that the role is ours" },
    { role: { path: "/" }, reason: "is not below /grantkeeper/" },
    { role: { path: "/aws-service-role/x/" }, reason: "linked to an AWS service" },
    { role: { lastUsedAtMs: NOW_MS - DAY_MS }, reason: "was used after it left Git" },
    { role: { lastUsedAtMs: "unknown" }, reason: "AWS did not report when it was last used" },
    { role: { instanceProfiles: ["web"] }, reason: "instance profile web contains it" },
    {
      role: { inline: [{ name: "AWSRevokeOlderSessions", text: "{}" }] },
      reason: "restricts the role on purpose",
    },
    { found: { roleArn: GONE.role.arn }, reason: "runs on it" },
    {
      found: { versions: { kind: "present", value: [{ version: "7", roleArn: GONE.role.arn }] } },
      reason: "version 7",
    },
    { found: { versions: { kind: "unknown", reason: "x" } }, reason: "published versions" },
    { account: { complete: false }, reason: "not read completely" },
    { account: { regions: new Map() }, reason: "region eu-west-1 was not read: never" },
    {
      account: { regions: new Map([[REGION, { kind: "off", reason: "not enabled" }]]) },
      reason: "not enabled",
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
      reason: "region eu-west-1 was not read completely",
    },
    {
      at: {
        desired: desiredOf([{ ...binding(), key: "function/111122223333/eu-west-1/orders/new" as never }]),
      },
      reason: "claims the role now",
    },
    {
      at: { account: desiredAccount({ protectedPolicies: ["gk_orders_audit-read"] }) },
      reason: "restricts the role on purpose",
    },
  ])("is kept: $reason", ({ reason, ...scene }) => {
    const { record, at } = setting(scene);
    const plan = planRemoval(record, at);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toContainEqual(expect.stringContaining(reason));
  });

  test("counts no sweep if only the sweeps are missing", () => {
    const { record, at } = setting({ record: { unbinding: { ...UNBINDING, agreedSweepsMs: [] } } });

    expect(deleteObstacles(record, at)).toEqual([]);
    expect(planRemoval(record, at).withheld).toHaveLength(1);
  });

  test("keeps a role that could not be read, and loses its statements if the role is gone", () => {
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

  test("keeps statements of others and policies that were not read", () => {
    const foreign = { ...caller("one").statement, Sid: "other" };
    const policies = new Map<string, Reading<LiveResourcePolicy>>([
      ["", presentPolicy(foreign)],
      ["live", { kind: "unknown", reason: "x" }],
    ]);
    const { record, at } = setting({ found: { policies } });

    expect(planRemoval(record, at).actions.map(({ call }) => call)).not.toContain("lambda:RemovePermission");
  });

  test("has no plan if it was never applied and nothing exists in AWS", () => {
    const record = emptyKeyRecord(GONE.key);

    expect(planRemoval(record, context(emptyAccount()))).toMatchObject({ actions: [], withheld: [] });
  });

  test.each([
    { because: "it was released", applied: { ...GONE, released: true as const }, gone: true },
    { because: "its present role is gone", applied: GONE, gone: true },
    { because: "its present role is deleted now", applied: GONE, gone: false },
  ])(
    "keeps the role that it had before its name was changed, and shows it: $because",
    ({ applied, gone }) => {
      const former = binding({ name: "former" });
      const item = { type: "role", id: former.role.arn, uniqueId: "AROAORDERSAPI00000001" } as const;
      const { at: before } = setting({ gone: applied });
      const known = appliedRecord(applied, { unbinding: UNBINDING });
      const record = { ...known, inventory: [...known.inventory, item] };
      const live = withRole(gone ? emptyAccount() : before.live, liveRoleOf(former));
      const plan = planRemoval(record, { ...before, live, record });

      expect(plan.withheld).toEqual([
        expect.objectContaining({
          kind: "waiting",
          reason: `${former.role.arn} is no longer declared in Git and is kept`,
        }),
      ]);
      expect(plan.actions.some(({ call }) => call === "iam:DeleteRole")).toBe(!gone);
      expect(JSON.stringify(plan.actions)).not.toContain(former.role.arn);
    },
  );

  test("is not gone while the policy with its last statement is unread", () => {
    const item = { type: "statement", id: `${GONE.functionArn}:live#gk-sid`, uniqueId: null } as const;
    const policies = new Map<string, Reading<LiveResourcePolicy>>([
      ["live", { kind: "unknown", reason: "x" }],
    ]);
    const { record, at } = setting({ found: { policies }, record: { inventory: [item] } });
    const live = { ...at.live, roles: new Map() };

    expect(planRemoval(record, { ...at, live })).toMatchObject({
      actions: [],
      withheld: [{ kind: "waiting", reason: `${item.id} was not read: x` }],
    });
  });

  test("is due again at the end of its quiet period", () => {
    const { record, at } = setting({ record: { unbinding: { ...UNBINDING, atMs: NOW_MS - 1_000 } } });

    expect(planRemoval(record, at).nextDueMs).toBe(NOW_MS - 1_000 + DAY_MS);
  });
});
