import { describe, expect, test } from "@jest/globals";
import { allWaitText, windowTexts } from "../../../src/wording/words.ts";
import { HOLD_REASON } from "../../../src/cli/resources/holds.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { holdTexts } from "../../support/screens/hold-texts.ts";
import { API, CONTEXT, hold } from "./hold-objects.ts";

describe("a plan that waits for a change window", () => {
  const reason = "waits for the change window office, which opens at 2026-12-01 08:30:00Z";
  const cause = { code: "change-window", windows: ["office"] } as const;
  const status = { code: "change-window", cause, keys: [API], changes: [], reason, calls: 1 } as const;

  test("shows how an operator overrides the window, and no rejection", () => {
    expect(holdTexts(hold({ ...status, risk: "low" }), CONTEXT, 120)).toEqual([
      "Waiting plan 7f3a91c2: 1 binding in staging, 1 call, risk low",
      `Reason: ${reason}`,
      "Since: 3h ago, accepted revision main@9c1d04e",
      "",
      "To override the change window office, and nothing else:",
      "  grantkeeper approve 7f3a91c2 --override --reason TEXT [--for 1h]",
    ]);
  });

  test.each([
    { code: "change-window", shown: `no approval needed: ${reason}`, because: "it is written by itself" },
    { code: "public-exposure", shown: reason, because: "it awaits an answer" },
  ] as const)("has the reason $shown in the list of approvals: $because", ({ code, shown }) => {
    expect(HOLD_REASON.texts(hold({ ...status, code: code as never, risk: "low" }))).toEqual([shown]);
  });

  test("names what it waits for after an override, which ends one wait alone", () => {
    const windows = [{ reason: "orders/db@prod/eu-west-1 (dependsOn): it is suspended", keys: [API] }];

    expect(holdTexts(hold({ ...status, windows }), CONTEXT, 200)).toContain(
      "After an override: unless overridden, 1 binding then waits for orders/db@prod/eu-west-1 (dependsOn): it is suspended",
    );
  });

  test("counts each binding once, with all that it waits for", () => {
    const windows = [
      { reason: "account staging (change window first)", keys: [API, `${API}-2` as Key] },
      { reason: "orders/db@prod/eu-west-1 (dependsOn): it is suspended", keys: [API] },
    ];

    expect(windowTexts(windows)).toEqual([
      "unless overridden, 1 binding then waits for account staging (change window first); and for orders/db@prod/eu-west-1 (dependsOn): it is suspended",
      "unless overridden, 1 binding then waits for account staging (change window first)",
    ]);
  });

  test("has all bindings waiting only if no approved one is left out", () => {
    const windows = [{ reason: "account staging (change window first)", keys: [API] }];
    const other = `${API}-2` as Key;

    expect(allWaitText(windows, [API])).toBe("no change from Git is written yet: the binding waits");
    expect(allWaitText(windows, [API, other])).toBeNull();
    expect(allWaitText([{ reason: "x", keys: [API, other] }], [API, other])).toBe(
      "no change from Git is written yet: all 2 bindings wait",
    );
  });

  test("names the authors as those who cannot override it", () => {
    expect(holdTexts(hold({ ...status, authors: ["dana@example.com"] }), CONTEXT, 120)).toContain(
      "Authors: dana@example.com (a token with one of these addresses cannot override it)",
    );
  });

  test.each([
    {
      cause: { code: "account-order", account: "staging", windows: ["first"] } as const,
      text: "the wait for account staging (change window first)",
    },
    {
      cause: { code: "depends-on", key: API } as const,
      text: "the order after orders/orders-api (dependsOn)",
    },
  ])("names that an override ends $text, and nothing else", ({ cause: other, text }) => {
    expect(holdTexts(hold({ ...status, code: other.code, cause: other }), CONTEXT, 120)).toContain(
      `To override ${text}, and nothing else:`,
    );
  });

  test("is announced before the approval of a plan that a window holds back", () => {
    const windows = [{ reason: "account staging (change window first)", keys: [API] }];

    expect(holdTexts(hold({ keys: [API], changes: [], windows }), CONTEXT, 200)).toContain(
      "After an approval: unless overridden, 1 binding then waits for account staging (change window first)",
    );
  });

  test("shows how long an approval must be valid if its changes wait for a window that opens later", () => {
    const windows = [
      { reason: "office", keys: [API], earliestAt: new Date(CONTEXT.nowMs + 64_000_000).toISOString() },
    ];

    expect(holdTexts(hold({ keys: [API], changes: [], windows }), CONTEXT, 200)).toContain(
      "To approve: grantkeeper approve 7f3a91c2 --reason TEXT [--for 19h]",
    );
  });

  test("names what a token of a team lacks", () => {
    const texts = holdTexts(hold({ ...status, risk: "low", approvable: false }), CONTEXT, 120);

    expect(texts.at(-1)).toBe(
      "This token cannot override the change window office: it needs the scope approve for every namespace",
    );
  });
});
