import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { inventoryOf, roleKnownSince } from "../../../src/controller/settlement/inventory.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import { emptyKeyRecord, type PastWrite } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveResourcePolicy, Reading } from "../../../src/model/live.ts";
import type { InventoryItem } from "../../../src/model/status.ts";
import { withFunction, withPolicy, withRole } from "../../support/pass/apply.ts";
import {
  allow,
  binding,
  caller,
  compiled,
  convergedAccount,
  emptyAccount,
  INSTANCE,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  policy,
  presentPolicy,
  REGION,
} from "../../support/pass/bindings.ts";

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

describe("what of a key stands in AWS and is ours", () => {
  test.each<{
    readonly state: DesiredBinding | DesiredPolicy;
    readonly before: readonly InventoryItem[];
    readonly live: LiveAccount;
    readonly is: readonly InventoryItem[];
    readonly because: string;
  }>([
    { state: STATE, before: [], live: LIVE, is: [STATEMENT, ROLE], because: "tags and Sids say so" },
    {
      state: STATE,
      before: [ROLE, STATEMENT],
      live: emptyAccount(),
      is: [],
      because: "what is surely gone leaves",
    },
    {
      state: STATE,
      before: [ROLE, STATEMENT],
      live: UNREAD,
      is: [STATEMENT, ROLE],
      because: "what was not read keeps its place",
    },
    {
      state: STATE,
      before: [],
      live: withRole(LIVE, liveRoleOf(STATE, { tags: [] })),
      is: [STATEMENT],
      because: "a role without our tags is nobody's",
    },
    {
      state: STATE,
      before: [ROLE],
      live: withRole(LIVE, liveRoleOf(STATE, { tags: [] })),
      is: [STATEMENT, ROLE],
      because: "a role that we know by its id is ours without its tags",
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
      because: "statements of others are not ours, and a policy that is gone has none",
    },
    {
      state: POLICY,
      before: [],
      live: withPolicy(emptyAccount(), OWNED),
      is: [ITEM],
      because: "a policy with our tags",
    },
    {
      state: POLICY,
      before: [],
      live: withPolicy(emptyAccount(), { ...OWNED, tags: untagged }),
      is: [],
      because: "a policy without our tags is nobody's",
    },
    {
      state: POLICY,
      before: [ITEM],
      live: withPolicy(emptyAccount(), { ...OWNED, tags: { kind: "unknown", reason: "denied" } }),
      is: [ITEM],
      because: "a policy that we know by its id is ours though its tags were not read",
    },
    { state: POLICY, before: [ITEM], live: emptyAccount(), is: [], because: "a policy that is gone leaves" },
    {
      state: POLICY,
      before: [ITEM],
      live: UNREAD,
      is: [ITEM],
      because: "a policy that was not read keeps its place",
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

describe("the id of a role that stands there anew with our tags", () => {
  test.each<{
    readonly writes: readonly PastWrite[];
    readonly sinceMs: number | null;
    readonly live: LiveAccount;
    readonly is: readonly InventoryItem[];
    readonly because: string;
  }>([
    { writes: [], sinceMs: null, live: RECREATED, is: [ROLE], because: "stays as it was: somebody made it" },
    { writes: [CREATE], sinceMs: null, live: RECREATED, is: [NEW], because: "is taken over: we made it" },
    {
      writes: [{ ...CREATE, atMs: NOW_MS + 61_000 }],
      sinceMs: null,
      live: RECREATED,
      is: [ROLE],
      because: "stays when our own came more than a minute later",
    },
    {
      writes: [{ ...CREATE, target: `${STATE.role.arn}-other` }],
      sinceMs: null,
      live: RECREATED,
      is: [ROLE],
      because: "stays when our own was another role",
    },
    {
      writes: [CREATE],
      sinceMs: NOW_MS + 600,
      live: RECREATED,
      is: [ROLE],
      because: "stays when the record knew what we made before",
    },
    {
      writes: [],
      sinceMs: null,
      live: withRole(RECREATED, liveRoleOf(STATE, { roleId: "AROAX", tags: [] })),
      is: [ROLE],
      because: "stays when it has no tags either",
    },
    {
      writes: [CREATE],
      sinceMs: null,
      live: { ...UNREAD, roles: new Map() },
      is: [],
      because: "is nothing while what we made is unread",
    },
  ])("$because", ({ writes, sinceMs, live, is }) => {
    const record = { ...emptyKeyRecord(STATE.key), inventory: [ROLE], roleKnownSinceMs: sinceMs };

    const found = inventoryOf(STATE, { record, live, writes: recentWrites(writes), instance: INSTANCE });

    expect(found.filter(({ type }) => type === "role")).toEqual(is);
  });

  test.each([
    { inventory: [ROLE], knows: 7, because: "the same id is as old as it was" },
    { inventory: [NEW], knows: NOW_MS, because: "another id is new" },
    { inventory: [STATEMENT], knows: null, because: "without a role there is nothing to know" },
  ])("$because", ({ inventory, knows }) => {
    const before = { ...emptyKeyRecord(STATE.key), inventory: [ROLE], roleKnownSinceMs: 7 };

    expect(roleKnownSince(inventory, before, NOW_MS)).toBe(knows);
  });
});
