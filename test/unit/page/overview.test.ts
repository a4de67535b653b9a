import { covers } from "../../../src/model/keys/suspension-scope.ts";
import { describe, expect, test } from "@jest/globals";
import type { PlanObject } from "../../../src/api/bindings.ts";
import type { SuspensionObject } from "../../../src/api/commands.ts";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { ruleCountsText } from "../../../src/wording/rule-counts.ts";
import { unreadAccounts } from "../../../src/page/view/live/unread-accounts.ts";
import { countedBreaches, notJudged, ruleRows } from "../../../src/page/view/rule-rows.ts";

const KEY = "function/111122223333/eu-west-1/orders/api" as Key;
const OTHER = "function/444455556666/eu-west-1/payments/refunds" as Key;

function suspension(scope: Partial<SuspensionScope>): SuspensionObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Suspension",
    metadata: { name: "s" },
    spec: {
      scope: { accountId: null, namespace: null, key: null, ...scope },
      reason: "r",
      actor: "dana",
      until: "2026-12-01T00:00:00Z",
    },
  };
}

describe("a suspension", () => {
  test.each([
    [{}, true, true],
    [{ namespace: "orders" }, true, false],
    [{ accountId: "444455556666" }, false, true],
    [{ accountId: "444455556666", namespace: "orders" }, false, false],
    [{ key: KEY }, true, false],
  ])("of %j covers the keys of its scope", (scope, own, other) => {
    const covering = suspension(scope);

    expect([covers(covering.spec.scope, KEY), covers(covering.spec.scope, OTHER)]).toEqual([own, other]);
  });
});

function finding(rule: string, change: Partial<Finding> = {}): Finding {
  return {
    rule,
    severity: "block",
    key: KEY,
    origin: null,
    evidence: "",
    why: `why ${rule}`,
    fix: "",
    waiver: { kind: "none" },
    ...change,
  };
}

function plan(
  key: Key,
  findings: readonly Finding[],
  rules: Partial<PlanObject["status"]["rules"]> = {},
): PlanObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Plan",
    metadata: { name: key },
    status: {
      key,
      plan: null,
      isComplete: true,
      verdict: { kind: "allow" },
      findings,
      rules: { notJudged: null, broken: {}, live: { notJudged: null, breaches: [] }, ...rules },
      readAt: "2026-11-30T05:00:00Z",
    },
  };
}

describe("the rules board", () => {
  test("separates what is refused, warned of, waived and only in AWS", () => {
    const lifted = { kind: "lifted", waiver: "w", until: "2027-01-01" } as const;
    const breach = { rule: "INV-003", severity: "block", why: "anyone", findings: 1, found: null } as const;
    const plans = [
      plan(KEY, [finding("ACT-001"), finding("ACT-001"), finding("RES-001", { severity: "warn" })]),
      plan(OTHER, [finding("ACT-001", { waiver: lifted })], {
        live: { notJudged: null, breaches: [breach] },
      }),
    ];

    expect(
      ruleRows(plans).map(({ rule, refused, warned, waived, inAws }) => ({
        rule,
        refused,
        warned,
        waived,
        inAws,
      })),
    ).toEqual([
      { rule: "ACT-001", refused: [KEY], warned: [], waived: [OTHER], inAws: [] },
      { rule: "INV-003", refused: [], warned: [], waived: [], inAws: [OTHER] },
      { rule: "RES-001", refused: [], warned: [KEY], waived: [], inAws: [] },
    ]);
  });

  test("counts findings, rules and targets, and what is waived apart, in the words of the command line", () => {
    const lifted = { kind: "lifted", waiver: "w", until: "2027-01-01" } as const;
    const live = { rule: "RES-001", severity: "warn", why: "wide", findings: 3, found: null } as const;
    const plans = [
      plan(KEY, [finding("ACT-001"), finding("ACT-001"), finding("RES-001", { severity: "warn" })]),
      plan(OTHER, [finding("ACT-001", { waiver: lifted })], { live: { notJudged: null, breaches: [live] } }),
    ];

    expect(ruleCountsText(countedBreaches(plans))).toBe(
      "6 findings of 2 rules in 2 targets: 2 refused, 1 warning, 3 warnings in AWS; waived: 1 finding of 1 rule in 1 target",
    );
  });

  test("a warning about what AWS has is no broken rule", () => {
    const breach = { rule: "RES-001", severity: "warn", why: "wide", findings: 1, found: null } as const;

    expect(ruleRows([plan(KEY, [], { live: { notJudged: null, breaches: [breach] } })])).toMatchObject([
      { rule: "RES-001", inAws: [], warnedInAws: [KEY] },
    ]);
  });

  test.each([
    { whys: ["wide", "wide"], why: "wide" },
    { whys: ["wide (role a)", "wide (role b)"], why: "for example: wide (role a)" },
  ])("shows the reason of one binding as an example, if another has another one: $whys", ({ whys, why }) => {
    const plans = [KEY, OTHER].map((key, at) => plan(key, [finding("ACT-001", { why: whys[at] ?? "" })]));

    expect(ruleRows(plans)[0]?.why).toBe(why);
  });

  test("shows since when a rule is broken first, and which bindings were not judged", () => {
    const since = (at: string) => ({ "ACT-001": { since: at, revision: "main@sha1:9c1d04e" as never } });
    const plans = [
      plan(KEY, [finding("ACT-001")], { broken: since("2026-11-02T00:00:00Z") }),
      plan(OTHER, [finding("ACT-001")], {
        broken: since("2026-11-01T00:00:00Z"),
        notJudged: "broken manifest",
      }),
    ];

    expect(ruleRows(plans)[0]?.since).toBe("2026-11-01T00:00:00Z");
    expect(notJudged(plans)).toEqual([{ keys: [OTHER], reason: "broken manifest" }]);
  });

  test("names each reason why bindings were not judged, with its bindings", () => {
    const third = "function/222233334444/eu-west-1/payments/capture" as Key;
    const because = (key: Key, reason: string) => plan(key, [], { notJudged: reason });
    const plans = [because(KEY, "not read"), because(OTHER, "broken manifest"), because(third, "not read")];

    expect(notJudged(plans)).toEqual([
      { keys: [KEY, third], reason: "not read" },
      { keys: [OTHER], reason: "broken manifest" },
    ]);
  });
});

describe("an account", () => {
  const read = {
    name: "prod",
    failing: null,
    lastSweepAt: "2026-12-01T00:00:00Z",
    comparing: false,
    unread: [],
  };
  const since = "2026-11-30T23:00:00Z";
  const never = "not compared since the controller started";

  test.each([
    { account: read, named: [], because: "that was read completely is not named" },
    {
      account: { ...read, failing: { since, reason: "AccessDenied" } },
      named: [{ name: "prod", since, reasons: ["AccessDenied"] }],
      because: "whose reads fail is named with the reason, also when an earlier read succeeded",
    },
    {
      account: { ...read, lastSweepAt: null, comparing: true },
      named: [{ name: "prod", since: null, reasons: [never] }],
      because: "that was never compared is named",
    },
    {
      account: { ...read, comparing: true },
      named: [{ name: "prod", since: null, reasons: [never] }],
      because: "of which only an earlier process knows something is named",
    },
    {
      account: { ...read, unread: ["the region us-east-1"] },
      named: [{ name: "prod", since: null, reasons: ["the region us-east-1"] }],
      because: "of which a part was left out is named with that part",
    },
  ])("$because", ({ account, named }) => {
    expect(unreadAccounts([account])).toEqual(named);
  });

  test("whose reads fail comes before those that are not compared yet", () => {
    const accounts = [
      { ...read, name: "a", comparing: true },
      { ...read, name: "b", failing: { since, reason: "AccessDenied" } },
    ];

    expect(unreadAccounts(accounts).map(({ name }) => name)).toEqual(["b", "a"]);
  });
});
