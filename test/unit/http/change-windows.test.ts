import { describe, expect, test } from "@jest/globals";
import type { Access } from "../../../src/http/access/access.ts";
import { holdSummaries } from "../../../src/http/present/pending/holds.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { answeredSubject } from "../../../src/http/routes/subjects.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, calm, itemsOf, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";

const SUBJECT = digestOf("window");
const HOLD: Hold = {
  subject: SUBJECT,
  code: "change-window",
  reason: "waits for the change window office, which opens at 2026-12-01 08:30:00Z",
  opensAt: "2026-12-01T08:30:00.000Z",
  account: "prod",
  keys: [ORDERS_API],
  actions: 2,
  sinceMs: NOW_MS,
};
const grantOf = (namespaces: "all" | ReadonlySet<string>): Access => ({
  ...ALL,
  grants: [{ scopes: new Set(["read", "approve"]), namespaces }],
  namespaces,
});
const OPERATOR = grantOf("all");
const TEAM = grantOf(new Set(["orders"]));

const state = () => ({ ...calm(), overview: { ...calm().overview, holds: [HOLD] } });
const control = new FakeControl(state());

async function reader(access: Access): Promise<Reader> {
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS });
}

describe("a plan that waits for a change window", () => {
  test("is shown to its team with the time at which it opens, and can't be approved by it", async () => {
    const [shown] = holdSummaries(await reader(TEAM));

    expect(shown?.status).toMatchObject({
      code: "change-window",
      reason: HOLD.reason,
      opensAt: HOLD.opensAt,
      approvable: false,
    });
    expect(holdSummaries(await reader(OPERATOR))[0]?.status.approvable).toBe(true);
  });

  test("is released only by a token for all namespaces", async () => {
    await expect(answeredSubject(await reader(TEAM), control, SUBJECT)).rejects.toMatchObject({
      reason: "Forbidden",
      message: "only a token for all namespaces may override a change window",
    });
    expect(await answeredSubject(await reader(OPERATOR), control, SUBJECT)).toBe(SUBJECT);
  });

  test("is no required action, and no key of it counts as awaiting an approval", async () => {
    const { world } = await reader(OPERATOR);

    expect(await itemsOf(state())).toEqual([]);
    expect(world.holdOf.size).toBe(0);
  });
});
