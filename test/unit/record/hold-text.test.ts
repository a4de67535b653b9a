import { describe, expect, test } from "@jest/globals";
import { messageOf } from "../../../src/record/message.ts";
import { partForRoute } from "../../../src/record/route.ts";
import { lines } from "./alert-lines.ts";
import { EVENTS, KEY, opened } from "./settlements.ts";

describe("the alert of a pending approval", () => {
  const digest = `sha256:${"7f3a91c2d4e5".padEnd(64, "0")}`;

  test.each([
    {
      event: { ...EVENTS.held, subject: digest },
      hold: "7f3a91c2d4e5",
      because: "a plan",
    },
    {
      event: { ...EVENTS["revision-held"], revision: "main@9c1d04e" },
      hold: "main@9c1d04e",
      because: "a revision",
    },
    {
      event: opened({ next: { kind: "needs-approval", subject: digest } }),
      hold: "7f3a91c2d4e5",
      because: "drift that is reverted only after an approval",
    },
  ])("names the command that approves it: $because", ({ event, hold }) => {
    const message = messageOf(event, { severity: "other", seqs: [], at: "", since: null });
    const texts = message.text.split("\n");

    expect(texts).toContain(`Approve: grantkeeper approve ${hold} --reason TEXT`);
    expect(texts.findIndex((text) => text.includes("describe approval"))).toBeLessThan(
      texts.findIndex((text) => text.startsWith("Approve:")),
    );
    expect(message.hold).toBe(hold);
  });

  test.each([
    {
      event: { ...EVENTS["hold-ended"], subject: digest },
      hold: "7f3a91c2d4e5",
      because: "an ended approval",
    },
    {
      event: { ...EVENTS["revision-decided"], revision: "main@9c1d04e" },
      hold: "main@9c1d04e",
      because: "a decided revision",
    },
    { event: opened(), hold: null, because: "drift that is reverted now" },
  ])("names no such command: $because", ({ event, hold }) => {
    const message = messageOf(event, { severity: "other", seqs: [], at: "", since: null });

    expect(message.text).not.toContain("grantkeeper approve");
    expect(message.hold).toBe(hold);
  });
});

test("a team gets the names of its own bindings of a broken account, and not the error in the platform's document", () => {
  const event = EVENTS["document-broken"];
  const route = {
    name: "orders",
    namespaces: ["orders"],
    accounts: ["*"],
    severity: "other",
    kinds: "all",
    dailyAtMs: null,
    remindAfterMs: null,
  } as const;

  const part = partForRoute(event, "other", route);

  expect(part).toMatchObject({ bindings: [{ key: KEY }], error: null });
  expect(part === null ? [] : lines(part)).toEqual([
    "🟠 account prod: its manifest has an error: 1 binding not compiled",
    "    at platform/accounts.yaml:4:1",
    "    orders/orders-api@prod/eu-west-1",
    expect.stringMatching(/^Next: what was applied remains in effect/),
    "Fix:  correct platform/accounts.yaml:4:1",
    "See:  grantkeeper status",
    "Help: grantkeeper runbook document-broken",
  ]);
  expect(partForRoute(event, "other", { ...route, namespaces: ["payments"] })).toBeNull();
  expect(partForRoute(event, "other", { ...route, accounts: ["dev"] })).toBeNull();
});
