import { describe, expect, test } from "@jest/globals";
import { ITEM_KINDS } from "../../../src/api/action-required.ts";
import type { AccountView } from "../../../src/controller/ports/control.ts";
import type { AccountSetView } from "../../../src/controller/ports/estate/account-set-view.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { CONDITION_REASONS } from "../../../src/api/condition-reasons.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { ConditionReason } from "../../../src/model/status.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { condition, record, view } from "../../support/screens/world-states.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import {
  kindsOf,
  NOW_MS,
  ALL,
  calm,
  itemsOf,
  withStatus,
  badly,
} from "../../support/screens/action-required.ts";
import { withFailingAccounts } from "../../support/screens/failing-accounts.ts";

const ORDERS: Access = { ...ALL, namespaces: new Set(["orders"]) };

function withAccount(
  change: Partial<AccountView>,
  sweep: Partial<NonNullable<AccountView["record"]>> = {},
): FakeState {
  const state = calm();
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, ...sweep },
    ...change,
  }));
  return { ...state, overview: { ...state.overview, accounts } };
}

function startedBefore(ms: number, state: FakeState): FakeState {
  const startedAt = new Date(NOW_MS - ms).toISOString();
  return { ...state, overview: { ...state.overview, startedAt } };
}

test("nothing is required if everything matches Git", async () => {
  expect(await itemsOf(calm())).toEqual([]);
});

describe("an organization that cannot be read", () => {
  const failing = {
    sinceMs: NOW_MS - 300_000,
    reason: "organizations:ListAccounts: AccessDenied",
    fix: null,
  };
  const withSet = (readAtMs: number | null, change: Partial<AccountSetView> = {}): FakeState => {
    const state = calm();
    return {
      ...state,
      overview: {
        ...state.overview,
        accountSets: [{ name: "sandboxes", readAtMs, failing, left: [], ...change }],
      },
    };
  };

  test("is named with its reason and the age of what is known", async () => {
    expect(await itemsOf(withSet(NOW_MS - 600_000))).toMatchObject([
      {
        kind: "unreadable",
        accountId: null,
        target: "account set sandboxes",
        message: "no complete read of the organization",
        details: [
          "reader: organizations:ListAccounts: AccessDenied",
          expect.stringMatching(/^last read 20.*Z$/),
        ],
        hint: "grantkeeper doctor",
      },
    ]);
    expect(await itemsOf(withSet(null))).toMatchObject([
      {
        details: [expect.anything(), "not read since the start: its accounts are those that the record has"],
      },
    ]);
  });

  test("whose accounts left is an item for a week, without a claim that anything failed", async () => {
    const left = [1, 2, 3, 4].map((hours) => ({
      id: `00000000000${hours}` as AccountId,
      name: `sandbox-${hours}`,
      atMs: NOW_MS - hours * 3_600_000,
    }));

    expect(await itemsOf(withSet(NOW_MS, { failing: null, left }))).toMatchObject([
      {
        kind: "unreadable",
        target: "account set sandboxes",
        message: "4 accounts left it, and are not observed any more",
        details: [
          expect.stringMatching(/^sandbox-1 \(000000000001\), 20.*Z$/),
          expect.stringMatching(/^sandbox-2 /),
          expect.stringMatching(/^sandbox-3 /),
          "and 1 more",
        ],
        hint: expect.stringContaining("with an AwsAccount"),
      },
    ]);
    expect(await itemsOf(withSet(NOW_MS, { failing: null, left: left.slice(0, 1) }))).toMatchObject([
      {
        message: "1 account left it, and is not observed any more",
        details: [expect.stringMatching(/^sandbox-1 /)],
      },
    ]);
    expect(await itemsOf(withSet(NOW_MS, { failing: null, left }), ORDERS)).toEqual([]);
  });

  test("is not shown to a team", async () => {
    expect(await itemsOf(withSet(null), ORDERS)).toEqual([]);
  });
});

describe("every reason of a condition", () => {
  const reasons = Object.keys(CONDITION_REASONS) as ConditionReason[];
  const listed = reasons.filter((reason) => !/^(AwaitingApproval|Suspended)$/.test(reason));

  test.each(listed)("%s becomes the item that the table names, and no other", async (reason) => {
    const { item } = CONDITION_REASONS[reason];

    expect(kindsOf(await itemsOf(withStatus(badly(reason))))).toEqual(item === null ? [] : [item]);
  });

  test("a suspension is listed once, not for each binding that it covers", async () => {
    const state = withStatus(badly("Suspended"));
    const { suspensions } = fakeState().overview;
    state.overview = { ...state.overview, suspensions };

    expect(kindsOf(await itemsOf(state))).toEqual(["suspended", "suspended", "suspended"]);
  });
});

describe("an account", () => {
  const failing = { sinceMs: NOW_MS - 7_200_000, reason: "iam:X: AccessDenied", fix: "allow iam:X" };

  test.each([
    { state: withAccount({}, { failing }), message: "no complete read", because: "its reads fail" },
    {
      state: startedBefore(1_000_000, withAccount({ record: null })),
      message: "never read completely",
      because: "it was never read, long after the start",
    },
    {
      state: withAccount({ unread: ["region us-east-1: AccessDenied"] }),
      message: "no complete read",
      because: "a region could not be read",
    },
    {
      state: withAccount({}, { lastSweepMs: NOW_MS - 1_000_000 }),
      message: "no complete read",
      because: "the last complete read is older than three intervals",
    },
  ])("is unreadable: $because", async ({ state, message }) => {
    expect(await itemsOf(state)).toMatchObject([{ kind: "unreadable", target: "account prod", message }]);
  });

  test("needs no action while its first read after a start may be under way", async () => {
    expect(await itemsOf(startedBefore(10_000, withAccount({ record: null })))).toEqual([]);
  });

  test("whose passes end with a bug of Grantkeeper is unreadable with the error, without a hint about identities", async () => {
    const reason = "TypeError: x is not a function";
    const state = withAccount({ hasFault: true }, { failing: { sinceMs: NOW_MS, reason, fix: "report it" } });

    expect(await itemsOf(state)).toMatchObject([
      { kind: "unreadable", details: [`internal error: ${reason}`], hint: "report it" },
    ]);
  });

  test("that cannot be read is one item, not one for each of its bindings", async () => {
    const state = withAccount({}, { failing });

    expect(await itemsOf({ ...state, records: [record(ORDERS_API, badly("AccessDenied"))] })).toMatchObject([
      { kind: "unreadable", details: ["observer: iam:X: AccessDenied"], hint: "allow iam:X" },
    ]);
  });

  test("whose writer lacks a permission is one item for all changes that need it", async () => {
    const denied = badly("AccessDenied");
    const state = { ...calm(), records: [record(ORDERS_API, denied), record(ORDERS_JOBS, denied)] };

    expect(await itemsOf(state)).toMatchObject([
      {
        kind: "unwritable",
        target: "account prod",
        message: "2 changes not applied",
        details: ["writer: why"],
      },
    ]);
  });
});

test.each([
  { file: "teams/evil", shown: true, because: "another folder whose name begins the same" },
  { file: "teams/evil-corp", shown: false, because: "the folder of the file" },
  { file: "teams/evil-corp/a.yaml", shown: false, because: "the file" },
])("an error of $file: $because", async ({ file, shown }) => {
  const state = calm();
  const [diagnostic] = fakeState().overview.diagnostics;
  if (diagnostic === undefined) throw new Error("no diagnostic");
  const origin = { ...diagnostic.origin, file };
  const message = "it is also declared at teams/evil-corp/a.yaml:3:1";
  const invalid = {
    ...condition({ reason: "ValidationFailed" }),
    type: "Ready",
    status: "False",
    message,
  } as const;
  const records = [record(ORDERS_API, { conditions: [invalid] })];

  const items = await itemsOf({
    ...state,
    objects: [],
    records,
    overview: {
      ...state.overview,
      diagnostics: [{ ...diagnostic, origin }],
      brokenKeys: new Map([[ORDERS_API, { file: "teams/evil-corp/a.yaml", causedBy: [] }]]),
    },
  });

  expect(items.some((item) => item.details.includes(message))).toBe(shown);
});

test("a token of one namespace sees its own part, and reads nothing of others", async () => {
  const items = await itemsOf(
    { ...fakeState(), records: [record(ORDERS_API), record(REFUNDS, badly("Contended"))] },
    ORDERS,
  );

  expect(kindsOf(items)).not.toContain("contended");
  expect(items.flatMap((item) => ("key" in item ? [item.key] : []))).not.toContain(REFUNDS);
});

test("an approved switch that its role blocks is no item for the deployer, and names the difference", async () => {
  const message = 'its switch is approved by dana; it waits until its role matches Git: + policy "hotfix"';
  const approved = [{ digest: digestOf("switch"), by: "dana", until: NOW }];
  const status = badly("RoleNotUsed");
  const conditions = (status.conditions ?? []).map((one) => ({ ...one, message }));
  const state = {
    ...withFailingAccounts(fakeState()),
    records: [record(ORDERS_API, { ...status, conditions })],
    views: new Map([[ORDERS_API, view(ORDERS_API, { approved })]]),
  };

  const items = (await itemsOf(state)).filter(({ kind }) => kind === "no-role");

  expect(items).toMatchObject([
    {
      message: "its switch is approved and waits for its role",
      details: [`${message}, as last read`],
      hint: "grantkeeper describe orders/orders-api@prod/eu-west-1",
    },
  ]);
});

test("items are sorted by kind in the published order", async () => {
  const found = kindsOf(
    await itemsOf({ ...fakeState(), records: [record(ORDERS_API, badly("RoleNotUsed"))] }),
  );
  const order = found.map((kind) => ITEM_KINDS.findIndex((one) => one === kind));

  expect(order.length).toBeGreaterThan(4);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});
