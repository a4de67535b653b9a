import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { inventoryOf, roleKnownSince } from "../../../src/settle/key/inventory.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import { emptyKeyRecord, type PastWrite } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveResourcePolicy, Reading } from "../../../src/model/live.ts";
import type { InventoryItem } from "../../../src/model/status.ts";
import { withFunction, withPolicy, withRole } from "../../support/pass/apply.ts";
import { allow, binding, caller, compiled, INSTANCE, policy, REGION } from "../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  presentPolicy,
} from "../../support/pass/live-state.ts";

const CALLER = caller("uploads");
const STATE = binding({}, { callers: [CALLER] });
const LIVE = convergedAccount(STATE);
const ROLE: InventoryItem = { type: "role", id: STATE.role.arn, uniqueId: "AROAORDERSAPI00000001" };
const STATEMENT: InventoryItem = {
  type: "statement",
  id: `${STATE.functionArn}#${CALLER.sid}`,
  uniqueId: null,
};
const ON_ALIAS: InventoryItem = { ...STATEMENT, id: `${STATE.functionArn}:live#${CALLER.sid}` };
const POLICY = policy(compiled(allow("s3:GetObject")));
const OWNED = livePolicyOf(POLICY.arn, ["{}"], { tags: { kind: "present", value: POLICY.tags } });
const ITEM: InventoryItem = { type: "policy", id: POLICY.arn, uniqueId: OWNED.policyId };
const UNREAD: LiveAccount = { ...emptyAccount(), complete: false, policies: new Map(), regions: new Map() };
const NOW_MS = Date.UTC(2026, 8, 26);
const NEW: InventoryItem = { ...ROLE, uniqueId: "AROAMADEAGAIN00000001" };
const RECREATED = withRole(LIVE, liveRoleOf(STATE, { roleId: "AROAMADEAGAIN00000001", createdAtMs: NOW_MS }));
const CREATE: PastWrite = {
  key: STATE.key,
  atMs: NOW_MS + 500,
  call: "iam:CreateRole",
  step: 2,
  target: STATE.role.arn,
  beforeHash: null,
  afterHash: null,
};
const untagged = { kind: "present", value: [] } as const;

describe("the objects of a key in AWS that are ours", () => {
  test.each<{
    readonly state: DesiredBinding | DesiredPolicy;
    readonly before: readonly InventoryItem[];
    readonly live: LiveAccount;
    readonly is: readonly InventoryItem[];
    readonly because: string;
  }>([
    { state: STATE, before: [], live: LIVE, is: [STATEMENT, ROLE], because: "tags and Sids prove it" },
    {
      state: STATE,
      before: [ROLE, STATEMENT],
      live: emptyAccount(),
      is: [],
      because: "an object that is absent is removed from the inventory",
    },
    {
      state: STATE,
      before: [ROLE, STATEMENT],
      live: UNREAD,
      is: [STATEMENT, ROLE],
      because: "an object that was not read stays",
    },
    {
      state: STATE,
      before: [],
      live: withRole(LIVE, liveRoleOf(STATE, { tags: [] })),
      is: [STATEMENT],
      because: "a role without our tags is not ours",
    },
    {
      state: STATE,
      before: [ROLE],
      live: withRole(LIVE, liveRoleOf(STATE, { tags: [] })),
      is: [STATEMENT, ROLE],
      because: "a role with a known id is ours even without tags",
    },
    {
      state: STATE,
      before: [ON_ALIAS],
      live: LIVE,
      is: [STATEMENT, ROLE, ON_ALIAS],
      because: "a qualifier that was not read keeps its statements",
    },
    {
      state: STATE,
      before: [ON_ALIAS],
      live: withFunction(
        LIVE,
        REGION,
        liveFunctionOf(STATE, {
          policies: new Map<string, Reading<LiveResourcePolicy>>([
            ["live", { kind: "absent" }],
            ["", presentPolicy({ Sid: "theirs" })],
          ]),
        }),
      ),
      is: [ROLE],
      because: "other statements are not ours, and an absent policy has none",
    },
    {
      state: POLICY,
      before: [],
      live: withPolicy(emptyAccount(), OWNED),
      is: [ITEM],
      because: "a policy with our tags is ours",
    },
    {
      state: POLICY,
      before: [],
      live: withPolicy(emptyAccount(), { ...OWNED, tags: untagged }),
      is: [],
      because: "a policy without our tags is not ours",
    },
    {
      state: POLICY,
      before: [ITEM],
      live: withPolicy(emptyAccount(), { ...OWNED, tags: { kind: "unknown", reason: "denied" } }),
      is: [ITEM],
      because: "a policy with a known id is ours even if its tags were not read",
    },
    { state: POLICY, before: [ITEM], live: emptyAccount(), is: [], because: "an absent policy is removed" },
    {
      state: POLICY,
      before: [ITEM],
      live: UNREAD,
      is: [ITEM],
      because: "a policy that was not read stays",
    },
    {
      state: { ...POLICY, use: "boundary" },
      before: [],
      live: withPolicy(emptyAccount(), OWNED),
      is: [],
      because: "a boundary is never ours to delete",
    },
  ])("$because", ({ state, before, live, is }) => {
    const byId = (a: InventoryItem, b: InventoryItem): number => (a.id < b.id ? -1 : 1);

    const record = { ...emptyKeyRecord(state.key), inventory: before };
    expect(inventoryOf(state, { record, live, writes: recentWrites([]), instance: INSTANCE })).toEqual(
      [...is].sort(byId),
    );
  });
});

describe("the id of a recreated role with our tags", () => {
  test.each<{
    readonly writes: readonly PastWrite[];
    readonly sinceMs: number | null;
    readonly live: LiveAccount;
    readonly is: readonly InventoryItem[];
    readonly because: string;
  }>([
    {
      writes: [],
      sinceMs: null,
      live: RECREATED,
      is: [ROLE],
      because: "stays as it was: another principal created it",
    },
    { writes: [CREATE], sinceMs: null, live: RECREATED, is: [NEW], because: "is updated: we created it" },
    {
      writes: [{ ...CREATE, atMs: NOW_MS + 61_000 }],
      sinceMs: null,
      live: RECREATED,
      is: [ROLE],
      because: "stays if our own write came more than a minute later",
    },
    {
      writes: [{ ...CREATE, target: `${STATE.role.arn}-other` }],
      sinceMs: null,
      live: RECREATED,
      is: [ROLE],
      because: "stays if our own write created another role",
    },
    {
      writes: [CREATE],
      sinceMs: NOW_MS + 600,
      live: RECREATED,
      is: [ROLE],
      because: "stays if the record knew our role before",
    },
    {
      writes: [],
      sinceMs: null,
      live: withRole(RECREATED, liveRoleOf(STATE, { roleId: "AROAX", tags: [] })),
      is: [ROLE],
      because: "stays if the role has no tags",
    },
    {
      writes: [CREATE],
      sinceMs: null,
      live: { ...UNREAD, roles: new Map() },
      is: [],
      because: "is unknown while our role is unread",
    },
  ])("$because", ({ writes, sinceMs, live, is }) => {
    const record = { ...emptyKeyRecord(STATE.key), inventory: [ROLE], roleKnownSinceMs: sinceMs };

    const found = inventoryOf(STATE, { record, live, writes: recentWrites(writes), instance: INSTANCE });

    expect(found.filter(({ type }) => type === "role")).toEqual(is);
  });

  test.each([
    { inventory: [ROLE], knows: 7, because: "the same id is as old as it was" },
    { inventory: [NEW], knows: NOW_MS, because: "another id is new" },
    { inventory: [STATEMENT], knows: null, because: "without a role there is no time" },
  ])("$because", ({ inventory, knows }) => {
    const before = { ...emptyKeyRecord(STATE.key), inventory: [ROLE], roleKnownSinceMs: 7 };

    expect(roleKnownSince(inventory, before, NOW_MS)).toBe(knows);
  });
});
