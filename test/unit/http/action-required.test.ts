import { describe, expect, test } from "@jest/globals";
import { ITEM_KINDS, type ActionItem } from "../../../src/api/action-required.ts";
import type { AccountView } from "../../../src/controller/ports/control.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { CONDITION_REASONS } from "../../../src/api/condition-reasons.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { ConditionReason } from "../../../src/model/status.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { condition, plan, record, view } from "../../support/screens/world-states.ts";
import { NOW, type FakeState } from "../../support/fakes/fake-control.ts";
import {
  NOW_MS,
  LONG_AGO,
  ALL,
  calm,
  itemsOf,
  withStatus,
  badly,
} from "../../support/screens/action-required.ts";

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

const kinds = (items: readonly ActionItem[]): readonly string[] => items.map(({ kind }) => kind);

test("nothing is required if everything matches Git", async () => {
  expect(await itemsOf(calm())).toEqual([]);
});

describe("an organization that cannot be read", () => {
  const failing = {
    sinceMs: NOW_MS - 300_000,
    reason: "organizations:ListAccounts: AccessDenied",
    fix: null,
  };
  const withSet = (readAtMs: number | null): FakeState => {
    const state = calm();
    return {
      ...state,
      overview: { ...state.overview, accountSets: [{ name: "sandboxes", readAtMs, failing }] },
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

  test("is not shown to a team", async () => {
    expect(await itemsOf(withSet(null), ORDERS)).toEqual([]);
  });
});

describe("an alert route", () => {
  const withRoute = (deliveredMs: number | null, problemMs: number | null, waiting = 0): FakeState => {
    const state = calm();
    const route = {
      name: "ops",
      sink: "mail",
      namespaces: ["*"],
      accounts: ["*"],
      severity: "other",
      waiting,
      oldestWaitingMs: waiting === 0 ? null : NOW_MS - 900_000,
      deliveredMs,
      problem: problemMs === null ? null : { atMs: problemMs, cause: "no answer", fix: "start it" },
    } as const;
    return { ...state, overview: { ...state.overview, alertRoutes: [route] } };
  };

  test("that accepts nothing since a failure is an item with its cause, fix and age", async () => {
    expect(await itemsOf(withRoute(null, NOW_MS - 60_000, 2))).toEqual([
      {
        kind: "alerts",
        target: "ops",
        message: "alerts are not delivered",
        details: ["no answer", "2 messages waiting"],
        hint: "start it",
        security: false,
        since: new Date(NOW_MS - 900_000).toISOString(),
      },
    ]);
  });

  test.each([
    ["of which only a part accepted the last message", NOW_MS, NOW_MS, 1],
    ["whose last message was given up", NOW_MS - 1, NOW_MS, 1],
    ["that accepted something after the failure", NOW_MS, NOW_MS - 1, 0],
    ["that never failed", NOW_MS, null, 0],
    ["that has sent nothing yet", null, null, 0],
  ] as const)("%s: %p %p", async (_, deliveredMs, problemMs, count) => {
    expect(await itemsOf(withRoute(deliveredMs, problemMs))).toHaveLength(count);
  });

  test("is not shown to a team", async () => {
    expect(await itemsOf(withRoute(null, NOW_MS), ORDERS)).toEqual([]);
  });
});

describe("every reason of a condition", () => {
  const reasons = Object.keys(CONDITION_REASONS) as ConditionReason[];
  const listed = reasons.filter((reason) => !/^(AwaitingApproval|Suspended)$/.test(reason));

  test.each(listed)("%s becomes the item that the table names, and no other", async (reason) => {
    const { item } = CONDITION_REASONS[reason];

    expect(kinds(await itemsOf(withStatus(badly(reason))))).toEqual(item === null ? [] : [item]);
  });

  test("a suspension is listed once, not for each binding that it covers", async () => {
    const state = withStatus(badly("Suspended"));
    const { suspensions } = fakeState().overview;
    state.overview = { ...state.overview, suspensions };

    expect(kinds(await itemsOf(state))).toEqual(["suspended", "suspended", "suspended"]);
  });
});

describe("a pending approval", () => {
  const subject = digestOf("own");
  const held = (): FakeState => {
    const state = withStatus(badly("AwaitingApproval"));
    const hold = {
      subject,
      code: "first-enforcing-pass" as const,
      reason: "first enforcing run; grants new access",
      newAccess: "grants new access",
      account: "prod",
      keys: [ORDERS_API],
      actions: 4,
      sinceMs: NOW_MS - 3_600_000,
    };
    return { ...state, overview: { ...state.overview, holds: [hold] } };
  };

  test("is one item of its digest, with the command that shows its calls", async () => {
    const digest = subject.slice("sha256:".length, "sha256:".length + 8);

    expect(await itemsOf(held())).toMatchObject([
      {
        kind: "approval",
        target: digest,
        message: "first enforcing run of prod; grants new access, 4 calls",
        hint: `grantkeeper describe hold ${digest}`,
        since: LONG_AGO,
      },
    ]);
  });

  test("of a stricter verdict counts no calls, and blocks nothing", async () => {
    const state = held();
    const reason = "RES-001 would refuse 1 function: stricter in profile p (main@9c1d04e)";
    const holds = state.overview.holds.map((hold) => ({
      ...hold,
      code: "verdict-changed" as const,
      reason,
      actions: 0,
    }));
    const records = [record(ORDERS_API)];

    const items = await itemsOf({ ...state, records, overview: { ...state.overview, holds } });

    expect(items).toMatchObject([{ kind: "approval", message: `${reason}, in prod` }]);
  });

  test("of ten thousand functions takes linear time", async () => {
    const keys = Array.from({ length: 10_000 }, (_, at) => `${ORDERS_API}-${at}` as Key);
    let searches = 0;
    const counted = new Proxy(keys, {
      get: (list, name) => {
        if (name === "includes" || name === "some" || name === "find") searches += 1;
        return Reflect.get(list, name) as unknown;
      },
    });
    const state = held();
    const holds = state.overview.holds.map((hold) => ({ ...hold, keys: counted }));
    const records = keys.map((key) => record(key, badly("AwaitingApproval")));

    const items = await itemsOf({ ...state, records, overview: { ...state.overview, holds } });

    expect([kinds(items), searches]).toEqual([["approval"], 0]);
  });

  test("is none once it was rejected", async () => {
    const state = held();
    const rejections = [{ subject, accountId: null, actor: "sam", reason: "no", at: NOW }];

    expect(await itemsOf({ ...state, overview: { ...state.overview, rejections } })).toEqual([]);
  });

  test("is a failed change if no approval can release it", async () => {
    const reason = "a statement without Sid is not declared";
    const fix = "aws lambda get-policy";
    const withheld = [{ kind: "not-in-this-version" as const, subject: "x", reason, fix }];
    const ready = condition({ status: "False", reason: "AwaitingApproval", message: reason });
    const state = withStatus({ conditions: [ready] });

    expect(
      await itemsOf({
        ...state,
        views: new Map([[ORDERS_API, view(ORDERS_API, { plan: plan(ORDERS_API, { withheld }) })]]),
      }),
    ).toMatchObject([{ kind: "unwritable", details: [reason], hint: fix }]);
  });
});

describe("an account", () => {
  const failing = { sinceMs: NOW_MS - 7_200_000, reason: "iam:X: AccessDenied", fix: "allow iam:X" };

  test.each([
    { state: withAccount({}, { failing }), message: "no complete read", because: "its reads fail" },
    { state: withAccount({ record: null }), message: "not read yet", because: "it was never read" },
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
      brokenKeys: new Map([[ORDERS_API, "teams/evil-corp/a.yaml"]]),
    },
  });

  expect(items.some((item) => item.details.includes(message))).toBe(shown);
});

test("a token of one namespace sees its own part, and reads nothing of others", async () => {
  const items = await itemsOf(
    { ...fakeState(), records: [record(ORDERS_API), record(REFUNDS, badly("Contended"))] },
    ORDERS,
  );

  expect(kinds(items)).not.toContain("contended");
  expect(items.flatMap((item) => ("key" in item ? [item.key] : []))).not.toContain(REFUNDS);
});

test("items are sorted by kind in the published order", async () => {
  const found = kinds(await itemsOf({ ...fakeState(), records: [record(ORDERS_API, badly("RoleNotUsed"))] }));
  const order = found.map((kind) => ITEM_KINDS.findIndex((one) => one === kind));

  expect(order.length).toBeGreaterThan(4);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});
