import { describe, expect, test } from "@jest/globals";
import { leftBehind, leftBehindText, unreadStatements } from "../../../../src/diff/drift/left-behind.ts";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LivePolicy, LiveRole, Reading } from "../../../../src/model/live.ts";
import type { InventoryItem } from "../../../../src/model/status.ts";
import { withFunction, withPolicy, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  binding,
  caller,
  compiled,
  INSTANCE,
  policy,
  REGION,
} from "../../../support/pass/bindings.ts";
import {
  convergedAccount,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  presentPolicy,
} from "../../../support/pass/live-state.ts";

const NOW = binding();
const FORMER = binding({ name: "orders-api-old" }, { callers: [caller("uploads")] });
const LIVE = convergedAccount(NOW);
const ROLE: InventoryItem = { type: "role", id: FORMER.role.arn, uniqueId: "AROAORDERSAPI00000001" };
const OTHER_ARN = NOW.functionArn.replace(/[^:]+$/, "orders-old");
const ON_OTHER: InventoryItem = { type: "statement", id: `${OTHER_ARN}#gk-sid`, uniqueId: null };
const OWN: InventoryItem = { type: "statement", id: `${NOW.functionArn}:live#gk-sid`, uniqueId: null };
const unread = (live: LiveAccount): LiveAccount => ({
  ...live,
  complete: false,
  roles: new Map(),
  policies: new Map(),
  regions: new Map(),
});
const withFormer = (change: Partial<LiveRole> = {}): LiveAccount =>
  withRole(LIVE, liveRoleOf(FORMER, change));
const withOther = (
  policies: ReadonlyMap<string, Reading<{ text: string; revisionId: string }>>,
): LiveAccount => withFunction(LIVE, REGION, liveFunctionOf(NOW, { name: "orders-old", policies }));

const see = (inventory: readonly InventoryItem[], live: LiveAccount, state: typeof NOW | null = NOW) =>
  leftBehind(state, { record: { ...emptyKeyRecord(NOW.key), inventory }, live, instance: INSTANCE });

describe("an object of the inventory that the manifest no longer names", () => {
  test.each([
    { item: ROLE, live: withFormer(), because: "AWS has the former role with our tags" },
    {
      item: ON_OTHER,
      live: withOther(new Map([["", presentPolicy({ Sid: "gk-sid" })]])),
      because: "the former function still has our statement",
    },
  ])("is left behind: $because", ({ item, live }) => {
    expect(see([item], live)).toEqual([{ item, unread: null }]);
  });

  test.each([
    { item: ROLE, live: LIVE, because: "the role was deleted" },
    { item: ROLE, live: withFormer({ tags: [] }), because: "the role was handed over: our tags are gone" },
    { item: ROLE, live: withFormer({ roleId: "AROAOTHER" }), because: "another role has the name now" },
    {
      item: ROLE,
      live: withFormer({ arn: `${FORMER.role.arn}-x` as never }),
      because: "a role in another path has the name now",
    },
    { item: ON_OTHER, live: LIVE, because: "the former function was deleted" },
    { item: ON_OTHER, live: withOther(new Map([["", { kind: "absent" }]])), because: "it has no policy now" },
    {
      item: ON_OTHER,
      live: withOther(new Map([["", presentPolicy({ Sid: "other" })]])),
      because: "its policy has no such statement",
    },
    { item: { ...ROLE, id: NOW.role.arn }, live: LIVE, because: "it is the declared role" },
    { item: OWN, live: LIVE, because: "the declared function has the statement" },
  ])("is not left behind: $because", ({ item, live }) => {
    expect(see([item], live)).toEqual([]);
  });

  test.each([
    { item: ROLE, live: unread(LIVE), reason: "role orders-api-old was not read" },
    { item: ON_OTHER, live: unread(LIVE), reason: "region eu-west-1 was not read" },
    { item: ON_OTHER, live: withOther(new Map()), reason: "was not read" },
    {
      item: ON_OTHER,
      live: withOther(new Map([["", { kind: "unknown", reason: "denied" }]])),
      reason: "denied",
    },
  ])("is kept as unknown: $reason", ({ item, live, reason }) => {
    expect(see([item], live)).toEqual([{ item, unread: expect.stringContaining(reason) }]);
  });

  test("is everything that AWS has if no state is known", () => {
    const role = { ...ROLE, id: NOW.role.arn };

    expect(see([role, ROLE], LIVE, null)).toEqual([{ item: role, unread: null }]);
  });

  test("is no statement if the function is released", () => {
    const live = withOther(new Map([["", presentPolicy({ Sid: "gk-sid" })]]));

    expect(see([ON_OTHER], live, { ...NOW, released: true })).toEqual([]);
  });

  test("is worded as unknown if it was not read", () => {
    expect(leftBehindText({ item: ROLE, unread: null })).toBe(
      `${ROLE.id} is no longer declared in Git and is kept`,
    );
    expect(leftBehindText({ item: ROLE, unread: "denied" })).toContain("as far as is known: denied");
  });

  test("cannot be a statement of a policy's key, or have no function", () => {
    const item: InventoryItem = { type: "statement", id: "arn:aws:s3:::x#sid", uniqueId: null };

    expect(() => see([item], LIVE)).toThrow("not a statement of");
  });
});

describe("the former policy of a ManagedPolicy that became a boundary", () => {
  const ATTACHED = policy(compiled(allow("s3:GetObject")));
  const BOUNDARY = { ...ATTACHED, use: "boundary", arn: `${ATTACHED.arn}-boundary` as never } as const;
  const found = livePolicyOf(ATTACHED.arn, ["{}"], { tags: { kind: "present", value: ATTACHED.tags } });
  const item: InventoryItem = { type: "policy", id: ATTACHED.arn, uniqueId: found.policyId };

  test.each<{ live: LiveAccount; found: boolean; because: string }>([
    { live: withPolicy(emptyAccount(), found), found: true, because: "AWS has it with our tags" },
    { live: withTags({ kind: "unknown", reason: "denied" }), found: true, because: "its tags were not read" },
    { live: unread(emptyAccount()), found: true, because: "it was not read" },
    { live: withTags({ kind: "present", value: [] }), found: false, because: "its tags are gone" },
    {
      live: withPolicy(emptyAccount(), { ...found, policyId: "ANPAOTHER" }),
      found: false,
      because: "another policy has its name",
    },
    { live: emptyAccount(), found: false, because: "it was deleted" },
  ])("is left behind ($found) if $because", ({ live, found: isFound }) => {
    const record = { ...emptyKeyRecord(BOUNDARY.key), inventory: [item] };

    expect(leftBehind(BOUNDARY, { record, live, instance: INSTANCE })).toHaveLength(isFound ? 1 : 0);
  });

  function withTags(tags: LivePolicy["tags"]): LiveAccount {
    return withPolicy(emptyAccount(), { ...found, tags });
  }
});

describe("the statements of the function that were not read", () => {
  test("are those whose policy failed", () => {
    const live = withFunction(
      LIVE,
      REGION,
      liveFunctionOf(NOW, {
        policies: new Map<string, Reading<{ text: string; revisionId: string }>>([
          ["", presentPolicy({ Sid: "gk-sid" })],
          ["live", { kind: "unknown", reason: "denied" }],
        ]),
      }),
    );
    const unqualified = { ...OWN, id: `${NOW.functionArn}#gk-sid` };
    const record = { ...emptyKeyRecord(NOW.key), inventory: [OWN, unqualified, ON_OTHER] };

    expect(unreadStatements(NOW, { record, live, instance: INSTANCE })).toEqual([
      { item: OWN, unread: "denied" },
    ]);
  });
});
