import { describe, expect, test } from "@jest/globals";
import type { Hold } from "../../../../src/model/answers/hold.ts";
import type { Rejection, Suspension, SuspensionScope } from "../../../../src/model/approval.ts";
import { parseAccountId, parseNamespace } from "../../../../src/model/aws/ids.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { RequestedReconciles } from "../../../../src/http/request/requested-reconciles.ts";
import { bindingStatus } from "../../../../src/http/present/binding-status.ts";
import { sources } from "../../../../src/http/present/sources.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { Stamps } from "../../../../src/http/watch/stamps.ts";
import type { Overview } from "../../../../src/controller/ports/control.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { keyAt, stateOf, WatchedFeed } from "../../../support/kubernetes/watched-feed.ts";
import type { KeyView } from "../../../../src/model/answers/key-view.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { view as viewOf } from "../../../support/screens/world-states.ts";
import { revision } from "../../../support/git/snapshots.ts";
import { checked } from "../../../support/record/audit-facts.ts";

const [KEY, OTHER] = [keyAt(0), keyAt(1)];
const [ORDERS, PAYMENTS] = ["orders", "payments"].map((name) => checked(parseNamespace(name)));
const NOTHING = { accountId: null, namespace: null, key: null };

const suspended = (scope: Partial<SuspensionScope>): Partial<Overview> => {
  const one: Suspension = {
    id: "s1",
    scope: { ...NOTHING, ...scope },
    reason: "INC-1",
    actor: "dana",
    at: NOW,
    until: NOW,
  };
  return { suspensions: [one] };
};

const held = (change: Partial<Hold>): Hold => ({
  subject: digestOf("plan"),
  code: "limit-deletes",
  reason: "would delete 4 roles",
  account: "prod",
  keys: [KEY],
  actions: 4,
  sinceMs: Date.parse(NOW),
  ...change,
});

const rejected: Rejection = {
  subject: digestOf("plan"),
  accountId: null,
  actor: "sam",
  reason: "ask first",
  at: NOW,
};

const rolledBack = (
  namespace: "payments" | null,
  waiting: Revision | null = null,
): Pick<Overview, "source" | "namespaceSources"> => {
  const { source, namespaceSources } = stateOf(2).overview;
  const of = revision(`main@sha1:${"1".repeat(40)}`);
  const pin = { revision: of, from: of, waiting, actor: "dana", reason: "INC-1", at: NOW, until: NOW };
  if (namespace === null) return { source: { ...source, pin }, namespaceSources };
  return {
    source,
    namespaceSources: [{ ...source, name: namespace, namespace: checked(parseNamespace(namespace)), pin }],
  };
};

interface Case {
  readonly what: string;
  readonly change: Partial<Overview>;
  /** Whether the stamp of the key changes. */
  readonly changes: boolean;
}

const ofWave = held({ code: "wave", keys: [OTHER], wave: { namespace: "orders", number: 1 } });

test.each<Case>([
  { what: "a suspension of it", change: suspended({ key: KEY }), changes: true },
  { what: "a suspension of another", change: suspended({ key: OTHER }), changes: false },
  { what: "a suspension of its namespace", change: suspended({ namespace: ORDERS ?? null }), changes: true },
  {
    what: "a suspension of another namespace",
    change: suspended({ namespace: PAYMENTS ?? null }),
    changes: false,
  },
  {
    what: "a suspension of its account",
    change: suspended({ accountId: checked(parseAccountId("111122223333")) }),
    changes: true,
  },
  {
    what: "a suspension of another account",
    change: suspended({ accountId: checked(parseAccountId("444455556666")) }),
    changes: false,
  },
  { what: "a suspension of everything", change: suspended({}), changes: true },
  { what: "a pending approval of it", change: { holds: [held({})] }, changes: true },
  { what: "a pending approval of another", change: { holds: [held({ keys: [OTHER] })] }, changes: false },
  {
    what: "a rejection of its plan, with the approval",
    change: { holds: [held({})], rejections: [rejected] },
    changes: true,
  },
  {
    what: "a rejection of the plan of another",
    change: { holds: [held({ keys: [OTHER] })], rejections: [rejected] },
    changes: false,
  },
  {
    what: "a rejection of a wave of its namespace that has another function",
    change: { holds: [ofWave], rejections: [rejected] },
    changes: true,
  },
  { what: "a rollback of its source", change: rolledBack(null), changes: true },
  { what: "a rollback of the source of another namespace", change: rolledBack("payments"), changes: false },
])("what a function is computed from is changed by $what: $changes", async ({ change, changes }) => {
  const world = new WatchedFeed(stateOf(2));
  const stamps = new Stamps();
  const requestedReconciles = new RequestedReconciles(world.control);
  const stamp = async (): Promise<string> =>
    stamps.ofKeys({ reader: await world.open(), requestedReconciles })(KEY);
  const before = await stamp();

  world.happen({ overview: { ...world.control.state.overview, ...change } });

  expect((await stamp()) !== before).toBe(changes);
});

test("a push during a rollback, of which the source shows the revision that waits, changes no function", async () => {
  const world = new WatchedFeed(stateOf(2));
  const stamps = new Stamps();
  const requestedReconciles = new RequestedReconciles(world.control);
  const { overview } = world.control.state;
  const seen = async (waiting: string) => {
    const pushed = rolledBack(null, revision(`main@sha1:${waiting.repeat(40)}`));
    world.happen({ overview: { ...overview, ...pushed } });
    const reader = await world.open();
    const stamp = stamps.ofKeys({ reader, requestedReconciles })(KEY);
    return { binding: [stamp, bindingStatus(reader, KEY).rolledBack], source: sources(reader) };
  };

  const before = await seen("2");
  const after = await seen("3");

  expect(after.binding).toEqual(before.binding);
  expect(after.source).not.toEqual(before.source);
});

describe("a view that was made by another read of AWS", () => {
  /** With no object of an earlier one. */
  const again = (change: Partial<KeyView>): KeyView => ({
    ...viewOf(KEY),
    liveRole: liveRoleOf(binding()),
    liveFunction: liveFunctionOf(binding()),
    ...change,
  });

  test.each<{ readonly what: string; readonly view: KeyView; readonly changes: boolean }>([
    { what: "nothing", view: again({}), changes: false },
    { what: "the time of the read", view: again({ readAt: "2027-01-01T00:00:00.000Z" }), changes: false },
    {
      what: "when the role was last used",
      view: again({ liveRole: liveRoleOf(binding(), { lastUsedAtMs: 5 }) }),
      changes: false,
    },
    {
      what: "when the policies of the function were read",
      view: again({ liveFunction: liveFunctionOf(binding(), { policiesReadMs: 5, policiesKept: true }) }),
      changes: false,
    },
    { what: "a note", view: again({ notes: ["a note"] }), changes: true },
    {
      what: "a part of the role",
      view: again({ liveRole: liveRoleOf(binding(), { path: "/x/" }) }),
      changes: true,
    },
    {
      what: "a policy of the function",
      view: again({
        liveFunction: liveFunctionOf(binding(), { policies: new Map([["", presentPolicy()]]) }),
      }),
      changes: true,
    },
    { what: "that the role is absent", view: again({ liveRole: null }), changes: true },
  ])("changes the stamp of its function only by what it shows: $what", async ({ view, changes }) => {
    const world = new WatchedFeed({ ...stateOf(1), views: new Map([[KEY, again({})]]) });
    const stamps = new Stamps();
    const requestedReconciles = new RequestedReconciles(world.control);
    const stamp = async (): Promise<string> =>
      stamps.ofKeys({ reader: await world.open(), requestedReconciles })(KEY);
    const before = await stamp();

    world.happen({ views: new Map([[KEY, view]]) });

    expect((await stamp()) !== before).toBe(changes);
  });
});
