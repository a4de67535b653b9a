import { describe, expect, test } from "@jest/globals";
import { hidesDrift, hidesRoles } from "../../../src/http/request/reader.ts";
import type { Access } from "../../../src/http/access/access.ts";
import type { Drift } from "../../../src/model/drift.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { view } from "../../support/screens/world-states.ts";

const ofTeam: Access = { actor: "team", scopes: new Set(["read"]), namespaces: new Set(["orders"]) };
const ofPlatform: Access = { ...ofTeam, namespaces: "all" };

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
