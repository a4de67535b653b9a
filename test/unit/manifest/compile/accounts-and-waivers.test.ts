import { describe, expect, test } from "@jest/globals";
import { policyWithoutExpired, withoutExpired } from "../../../../src/judge/states/expiry.ts";
import { accountText, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { FILE, KEY, only, bindingOf, policyOf, MANAGED, waiver } from "./compilation.ts";

describe("an account", () => {
  test("has defaults for omitted fields", () => {
    const [account] = compileTexts({
      "platform/accounts.yaml": accountText(
        "prod",
        "222222222222",
        "  limits: {deletes: 1}\n  budgets: {iamRead: 5}\n  protectedPolicies: [Quarantine]\n  revert: {other: 1m}\n",
      ),
    }).desired.accounts.values();

    expect(account).toMatchObject({
      name: "prod",
      regions: ["eu-west-1", "us-east-1"],
      boundaries: ["arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default"],
      limits: { deletes: 1 },
      budgets: { iamRead: 5 },
      protectedPolicies: ["Quarantine"],
      revertOtherMs: 60_000,
      propagationWaitMs: 60_000,
      deleteQuietMs: 86_400_000,
      binder: null,
    });
  });

  test("gets the operator's times under a simulated AWS", () => {
    const [account] = compileTexts(
      {},
      { simulator: { propagationWaitMs: 0, deleteQuietMs: 1, revertOtherMs: null, waveIntervalMs: null } },
    ).desired.accounts.values();

    expect([account?.propagationWaitMs, account?.deleteQuietMs, account?.revertOtherMs]).toEqual([
      0, 1, 900_000,
    ]);
  });

  test("rejects a boundary that is a granting policy", () => {
    const compilation = compileTexts({
      "platform/p.yaml": MANAGED,
      "platform/accounts.yaml": accountText("prod", "222222222222", "  boundaries: [audit-read]\n"),
    });

    expect(diagnosticTexts(compilation)).toEqual([
      "platform/accounts.yaml:13:16 ManagedPolicy audit-read is not a boundary → write use: boundary in it",
    ]);
  });

  test("needs neither writer nor boundary to observe, and then its roles have no boundary", () => {
    const text = accountText("prod", "222222222222")
      .replace("mode: enforce", "mode: observe")
      .replace(/ {2}writer.*\n/, "")
      .replace(/ {2}boundary.*\n/, "");
    const compilation = compileTexts({ "platform/accounts.yaml": text, [FILE]: functionText("a") });

    expect(only(compilation).role.boundary).toBeNull();
    const chosen = compileTexts({
      "platform/accounts.yaml": text,
      [FILE]: functionText("a", "  role: {boundary: platform-default}\n"),
    });
    expect(diagnosticTexts(chosen)[0]).toContain(
      "platform-default is not a boundary of account prod → remove role.boundary: the account names none",
    );
  });

  test("determines the partition of every ARN", () => {
    const text = accountText("prod", "222222222222")
      .replaceAll("arn:aws:", "arn:aws-cn:")
      .replace("regions: [eu-west-1, us-east-1]", "partition: aws-cn\n  regions: [cn-north-1]");
    const compilation = compileTexts({
      "platform/accounts.yaml": text,
      [FILE]: functionText("a", "  grants: [{sqs: {queue: q, allow: [send], kmsKey: alias/q}}]\n").replace(
        "eu-west-1",
        "cn-north-1",
      ),
    });
    const binding = only(compilation);

    expect(binding.role.arn).toBe("arn:aws-cn:iam::222222222222:role/grantkeeper/a-cn-north-1");
    expect(JSON.stringify(binding.role.inline)).not.toContain("arn:aws:");
    expect(JSON.stringify(binding.role.inline)).toContain("sqs.cn-north-1.amazonaws.com.cn");
  });
});

describe("waivers and expiry", () => {
  test("a waiver permits one rule for one binding", () => {
    const compilation = compileTexts({
      [FILE]: functionText("a"),
      "platform/w.yaml": waiver("orders/a@prod/eu-west-1"),
    });

    expect(compilation.desired.waivers).toMatchObject([
      { name: "ord-77", rule: "RES-001", binding: KEY, owner: "dana", until: "2027-01-01T00:00:00Z" },
    ]);
    expect(compilation.diagnostics).toEqual([]);
  });

  test.each([
    {
      text: waiver("orders/b@prod/eu-west-1"),
      severity: "error",
      message: "the waiver is for orders/b@prod/eu-west-1, which no manifest declares",
      waivers: 0,
    },
    {
      text: waiver("orders/a@prdo/eu-west-1"),
      severity: "error",
      message: "no binding orders/a@prdo/eu-west-1: unknown account prdo, did you mean prod?",
      waivers: 0,
    },
    {
      text: waiver("orders/a@prod/eu-west-1", "2026-01-01T00:00:00Z"),
      severity: "warning",
      message: "the waiver ended on 2026-01-01T00:00:00Z: RES-001 applies again",
      waivers: 1,
    },
    {
      text: waiver("orders"),
      severity: "error",
      message: '"orders" is not one binding: NAMESPACE/NAME@ACCOUNT/REGION',
      waivers: 0,
    },
  ])("$message", ({ text, severity, message, waivers }) => {
    const compilation = compileTexts({ [FILE]: functionText("a"), "platform/w.yaml": text });

    expect(compilation.diagnostics.map((one) => [one.severity, one.message])).toEqual([[severity, message]]);
    expect(compilation.desired.waivers.length).toBe(waivers);
  });

  const ENDED = "  grants: [{sns: {topic: a, allow: [publish]}, until: 2026-11-25T11:00:00Z}]\n";
  const HOUR_MS = 3_600_000;
  const END_MS = Date.parse("2026-11-25T11:00:00Z");

  test('an "until" in the past is a warning, and its statement is still compiled', () => {
    const compilation = compileTexts({ [FILE]: functionText("a", ENDED) });

    expect(compilation.diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ["warning", "this ended on 2026-11-25T11:00:00Z"],
    ]);
    expect(only(compilation).role.inline.statements.length).toBe(2);
  });

  test.each([
    { nowMs: END_MS + HOUR_MS - 1, statements: 2, because: "the statement is kept during the grace period" },
    { nowMs: END_MS + HOUR_MS, statements: 1, because: "the statement is removed after the grace period" },
  ])("withoutExpired: $because", ({ nowMs, statements }) => {
    const binding = bindingOf(ENDED);

    expect(withoutExpired(binding, nowMs, HOUR_MS).role.inline.statements.length).toBe(statements);
  });

  test("a binding without an expired statement is the same object", () => {
    const binding = bindingOf();

    expect(withoutExpired(binding, Number.MAX_SAFE_INTEGER, 0)).toBe(binding);
  });

  test("statements of a ManagedPolicy expire too", () => {
    const compilation = compileTexts({
      "teams/orders/p.yaml": MANAGED.replace("}}]}", "}, until: 2026-11-25T11:00:00Z}]}"),
      [FILE]: functionText("a", "  managedPolicies: [audit-read]\n"),
    });
    const policy = policyOf(compilation, "policy/222222222222/orders/audit-read");
    if (policy === undefined) throw new Error("no policy");

    expect(compilation.diagnostics.map(({ code }) => code)).toEqual(["expired-grant"]);
    expect(policyWithoutExpired(policy, END_MS, 1).document.statements.length).toBe(1);
    expect(policyWithoutExpired(policy, END_MS, 0).document.statements).toEqual([]);
    expect(policyWithoutExpired(policy, END_MS, 1)).toBe(policy);
  });
});
