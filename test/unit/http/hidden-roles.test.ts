import { describe, expect, test } from "@jest/globals";
import { bindings, drifts, functions, plans } from "../../../src/http/present/bindings.ts";
import { holds } from "../../../src/http/present/pending/holds.ts";
import { permissions, visibleAccess } from "../../../src/http/present/permissions.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { hidesDrift, hidesRoles, readerOf, type Reader } from "../../../src/http/request/reader.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { accessOf } from "../../support/screens/access.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Drift } from "../../../src/model/drift.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { digestOfText } from "../../../src/model/values/digest.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { actionOf } from "../../support/pass/passes.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { drift, liveRole, view } from "../../support/screens/world-states.ts";

const ofTeam = accessOf("team", new Set(["orders"]));
const ofPlatform = accessOf("team", "all");

function brokenRule(rule: string): Finding {
  const place = { key: ORDERS_API, origin: null, evidence: "{}", why: "", fix: "" };
  return { rule, severity: "block", waiver: { kind: "none" }, ...place };
}

describe("the roles of a function that the Team does not allow", () => {
  const otherRole = { change: { kind: "function-role" } } as unknown as Drift;

  test.each(["TEN-001", "TEN-002", "TEN-003"])("are hidden from the team's token by %s", (rule) => {
    const refused = view(ORDERS_API, { findings: [brokenRule(rule)] });

    expect(hidesRoles({ access: ofTeam }, refused)).toBe(true);
    expect(hidesDrift({ access: ofTeam }, refused, otherRole)).toBe(true);
    expect(hidesRoles({ access: ofPlatform }, refused)).toBe(false);
  });

  test("are shown if another rule refuses", () => {
    const refused = view(ORDERS_API, { findings: [brokenRule("TEN-004"), brokenRule("ACT-001")] });

    expect(hidesRoles({ access: ofTeam }, refused)).toBe(false);
  });
});

describe("a function that was applied before its Team was narrowed", () => {
  const SECRET = "arn:aws:iam::999999999999:root";
  const text = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: SECRET }] });
  const statement = drift(ORDERS_API, {
    change: {
      kind: "statement-extra",
      qualifier: null,
      sid: "theirs",
      ours: false,
      danger: "foreign-account",
    },
    subject: "arn:aws:lambda:eu-west-1:111122223333:function:orders-api",
    live: text,
  });
  const base = view(ORDERS_API);
  const refused = view(ORDERS_API, {
    findings: [brokenRule("TEN-003")],
    drifts: [statement, drift(ORDERS_API, { live: text })],
    notes: [`the declared role does not allow ${SECRET}`],
    liveRole: { ...liveRole(ORDERS_API, "orders/orders-api"), trust: text },
    liveFunction: base.liveFunction && {
      ...base.liveFunction,
      roleArn: SECRET,
      policies: new Map([["", { kind: "present", value: { text, revisionId: "r" } }]]),
    },
  });

  async function readerFor(access: Access, found: KeyView): Promise<Reader> {
    const control = new FakeControl({ ...withStatus({}), views: new Map([[ORDERS_API, found]]) });
    const world = await new WorldReader(control).read();
    return readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS });
  }

  test.each([{ list: bindings }, { list: functions }, { list: drifts }, { list: plans }])(
    "is not shown to the team by $list.name: neither its callers nor its roles",
    async ({ list }) => {
      const hidden = [...list(await readerFor(ofTeam, refused))];
      const shown = [...list(await readerFor(ofPlatform, refused))];

      expect(hidden.map(({ metadata }) => metadata.name)).toContain(shown[0]?.metadata.name);
      expect(JSON.stringify(hidden)).not.toContain(SECRET);
    },
  );

  test("is shown to the platform, and to the team if another rule refuses it", async () => {
    const allowed = { ...refused, findings: [brokenRule("TEN-004")] };

    expect(JSON.stringify([...bindings(await readerFor(ofPlatform, refused))])).toContain(SECRET);
    expect(JSON.stringify([...bindings(await readerFor(ofTeam, allowed))])).toContain(SECRET);
  });

  test("has no callers in its effective permissions for the team", async () => {
    const line = { kind: "caller", what: SECRET, principal: null, actions: [], resources: [] };
    const condition = { kind: "none" };
    const state = {
      declared: { kind: "not-declared", revision: null },
      comparisons: [],
      effective: {
        kind: "read",
        role: { kind: "present", arn: base.liveRole?.arn },
        permissions: { lines: [{ ...line, condition }], more: 0 },
        withoutEffect: { lines: [], more: 0 },
        unknown: [],
      },
      pending: [],
    };
    const shownTo = async (access: Access): Promise<string> => {
      const reader = await readerFor(access, refused);
      const asked = {
        ...reader,
        permissionState: () => state,
        accessState: () => state,
      } as unknown as Reader;
      return JSON.stringify([permissions(asked)[0]?.status, visibleAccess(asked, ORDERS_API)]);
    };

    expect(await shownTo(ofPlatform)).toContain(SECRET);
    expect(await shownTo(ofTeam)).not.toContain(SECRET);
  });

  test("has no roles in its pending switch for the team", async () => {
    const to = "arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1";
    const call = "lambda:UpdateFunctionConfiguration" as const;
    const change = {
      key: ORDERS_API,
      actions: [actionOf({ call, before: SECRET, after: to })],
      stricter: null,
      grown: [],
      changedReferences: [],
      delta: NO_DELTA,
    };
    const shownTo = async (access: Access): Promise<unknown> => {
      const reader = await readerFor(access, refused);
      const world = {
        ...reader.world,
        holds: [{ subject: digestOfText("wave"), code: "wave", keys: [ORDERS_API], sinceMs: NOW_MS }],
      };
      const asked = { ...reader, world, heldChanges: () => [change] } as unknown as Reader;
      const shown = holds(asked)[0]?.status.changes[0];
      return { roles: shown?.roles, own: shown?.own };
    };

    const own = ["arn:aws:lambda:eu-west-1:111122223333:function:orders-api", to];
    expect(await shownTo(ofPlatform)).toEqual({ roles: { from: SECRET, to }, own });
    expect(await shownTo(ofTeam)).toEqual({ roles: undefined, own: undefined });
  });
});
