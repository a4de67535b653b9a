import { describe, expect, test } from "@jest/globals";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, plan, record, view } from "../../support/screens/world-states.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import {
  kindsOf,
  NOW_MS,
  LONG_AGO,
  itemsOf,
  withStatus,
  badly,
} from "../../support/screens/action-required.ts";

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
        hint: `grantkeeper describe approval ${digest}`,
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

  test.each([
    {
      code: "first-enforcing-pass",
      message: "first enforcing run of prod; grants new access, 4 calls, planned before Git changed",
    },
    { code: "verdict-changed", message: "RES-001, in prod, judged before Git changed" },
  ] as const)("of a binding that Git changed since is shown as such: $message", async ({ code, message }) => {
    const state = held();
    const holds = state.overview.holds.map((hold) => ({
      ...hold,
      code,
      reason: "RES-001",
    }));
    const uncompared = new Set([ORDERS_API]);
    const records = [record(ORDERS_API)];

    const items = await itemsOf({ ...state, records, uncompared, overview: { ...state.overview, holds } });

    expect(items).toMatchObject([{ kind: "approval", message }]);
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

    expect([kindsOf(items), searches]).toEqual([["approval"], 0]);
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
