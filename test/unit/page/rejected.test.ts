import { describe, expect, test } from "@jest/globals";
import type { HoldSummary } from "../../../src/api/overview.ts";
import { approveText } from "../../../src/page/view/approval.ts";
import { needsAnswer } from "../../../src/page/view/approvals/needs-answer.ts";
import { rejectedPlans } from "../../../src/page/view/approvals/rejected.ts";
import { ShownReasons } from "../../../src/page/view/live/shown-reasons.ts";
import { KEY } from "../../support/record/audit-facts.ts";

const SUBJECT = `sha256:7f3a91c2${"0".repeat(56)}` as HoldSummary["subject"];

function hold(change: Partial<HoldSummary> = {}): HoldSummary {
  return {
    subject: SUBJECT,
    code: "limit-changes",
    reason: "changes 11 bindings, limit 10",
    account: "staging",
    keys: [KEY],
    bindings: 1,
    calls: 4,
    risk: "high",
    since: "2026-11-25T09:00:00.000Z",
    group: null,
    authors: [],
    rejected: { actor: "sam", reason: "ask the team first", at: "2026-11-25T11:00:00.000Z" },
    approvable: true,
    ...change,
  };
}

describe("rejected plans", () => {
  test("show who rejected what, why, when and what ends it; the newest first", () => {
    const later = { actor: "dana", reason: "no", at: "2026-11-25T12:00:00.000Z" };
    const revision = hold({ code: "revision", account: null, calls: null, rejected: later });

    expect(rejectedPlans([hold(), hold({ rejected: null }), revision])).toEqual([
      {
        name: `7f3a91c2${"0".repeat(56)}`,
        text: "7f3a91c2: a revision of the source",
        by: "dana",
        reason: "no",
        at: "2026-11-25T12:00:00.000Z",
        next: expect.stringContaining("The revision before it stays in effect"),
      },
      {
        name: `7f3a91c2${"0".repeat(56)}`,
        text: "7f3a91c2, staging: 1 binding, 4 calls",
        by: "sam",
        reason: "ask the team first",
        at: "2026-11-25T11:00:00.000Z",
        next: expect.stringContaining("Nothing of it is written"),
      },
    ]);
  });

  test("with keys of other namespaces have no number of calls", () => {
    expect(rejectedPlans([hold({ calls: null })])[0]?.text).toBe("7f3a91c2, staging: 1 binding");
  });

  test.each([
    { change: {}, text: "Approve 4 calls after all" },
    { change: { rejected: null }, text: "Approve 4 calls" },
    { change: { code: "revision", calls: null } as const, text: "Approve after all" },
  ])("$text: the button names the answer that it revokes", ({ change, text }) => {
    expect(approveText({ ...hold(change), changes: [] })).toBe(text);
  });
});

describe("a reason that several parts of a screen have", () => {
  test("is stated by the first of them, then by the next one that is left", () => {
    const reasons = new ShownReasons();
    let changes = 0;
    const end = reasons.subscribe(() => (changes += 1));
    const first = reasons.add("no answer", "a");
    reasons.add("no answer", "b");
    reasons.add("denied", "c");

    expect(["a", "b"].map((part) => reasons.isStatedBefore("no answer", part))).toEqual([false, true]);
    expect(reasons.isStatedBefore("denied", "c")).toBe(false);
    first();
    expect(reasons.isStatedBefore("no answer", "b")).toBe(false);
    expect(reasons.isStatedBefore("never stated", "b")).toBe(false);
    end();
    reasons.add("denied", "d");
    expect(changes).toBe(4);
  });
});

test.each([
  { change: { rejected: null }, expected: true, because: "no one has answered it" },
  { change: {}, expected: false, because: "it is rejected" },
  {
    change: { rejected: null, code: "change-window" },
    expected: false,
    because: "the window opens by itself",
  },
] as const)("needs an answer: $expected, as $because", ({ change, expected }) => {
  expect(needsAnswer(hold(change))).toBe(expected);
});
