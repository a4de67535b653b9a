import { describe, expect, test } from "@jest/globals";
import type { RevertStatus } from "../../../src/api/overview.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { lines } from "./overview.ts";

const API = checked(parseKey("function/222222222222/eu-west-1/orders/orders-api"));

describe("the last 24 hours", () => {
  const REVERT: RevertStatus = {
    key: API,
    at: "2026-09-30T10:32:32.000Z",
    entry: 18446,
    by: "Grantkeeper",
    changes: ['- policy "AdministratorAccess"', '- statement "test1"'],
    risks: ["escalation", "exposure"],
    since: "2026-09-30T10:32:23.000Z",
    lastCleanAt: "2026-09-30T10:27:20.000Z",
  };

  test("show what Grantkeeper reverted, by name, and for how long it was exposed at most", () => {
    expect(lines({ reverts: [REVERT] }).slice(5)).toEqual([
      "Last 24 h: 1 escalation and 1 exposure reverted in AWS",
      "orders/orders-api@prod/eu-west-1: 59m ago, by Grantkeeper, entry 18446",
      '  - policy "AdministratorAccess"  - statement "test1"',
      "  open for at most 5m 12s (last clean read 10:27:20Z, reverted 10:32:32Z)",
    ]);
  });

  test("show that a change existed before the first read if no clean read is known", () => {
    expect(lines({ reverts: [{ ...REVERT, lastCleanAt: null }] }).at(-1)).toBe(
      "  open at the first read, 10:32:23Z; when it began is not known",
    );
  });

  test("list dangerous changes first, and count the rest", () => {
    const other = { ...REVERT, risks: [], changes: ['- policy "hotfix"'] };
    const shown = lines({ reverts: [other, other, other, REVERT] }).slice(5);

    expect(shown[0]).toBe("Last 24 h: 1 escalation, 1 exposure and 3 other changes reverted in AWS");
    expect(shown[2]).toContain("AdministratorAccess");
    expect(shown.slice(-2)).toEqual(["1 more", "  hint:  grantkeeper history"]);
  });
});
