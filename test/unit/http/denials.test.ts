import { expect, test } from "@jest/globals";
import { denials } from "../../../src/http/present/permissions.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Access } from "../../../src/http/access/access.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { FunctionDenials } from "../../../src/model/denials/denied-request.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { accessOf } from "../../support/screens/access.ts";
import { calm, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { view } from "../../support/screens/world-states.ts";
import { reported } from "../explain/denials/calls.ts";

const DENIED: FunctionDenials = {
  key: ORDERS_API,
  requests: [
    { reported: reported(), calls: 3, firstMs: NOW_MS - 5_000, lastMs: NOW_MS, hasOtherObjects: false },
  ],
  otherCalls: 2,
};
const FENCED = {
  rule: "TEN-002",
  severity: "block",
  waiver: { kind: "none" },
  key: ORDERS_API,
} as unknown as Finding;

async function shownTo(access: Access, views: readonly KeyView[], denied = [DENIED]) {
  const state = calm();
  const accounts = state.overview.accounts.map((one) => ({ ...one, functionDenials: denied }));
  const control = new FakeControl({
    ...state,
    views: new Map(views.map((one) => [one.key, one])),
    overview: { ...state.overview, accounts },
  });
  const world = await new WorldReader(control).read();
  return denials(readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS }));
}

const ofTeam = accessOf("team", new Set(["orders"]));
const ofPlatform = accessOf("platform", "all");

test("the denied requests of a function have their times and numbers", async () => {
  const [found] = await shownTo(ofTeam, [view(ORDERS_API)]);

  expect(found).toMatchObject({
    kind: "Denials",
    metadata: { namespace: "orders" },
    status: {
      key: ORDERS_API,
      requests: [
        {
          reported: { action: "dynamodb:GetItem" },
          calls: 3,
          firstAt: new Date(NOW_MS - 5_000).toISOString(),
        },
      ],
      otherCalls: 2,
    },
  });
});

test.each<{ readonly because: string; readonly views: readonly KeyView[] }>([
  { because: "the Team does not allow it", views: [view(ORDERS_API, { findings: [FENCED] })] },
  { because: "no pass has seen its role", views: [] },
])("a team's token sees nothing of a function if $because", async ({ views }) => {
  expect(await shownTo(ofTeam, views)).toEqual([]);
  expect(await shownTo(ofPlatform, views)).toHaveLength(1);
});
