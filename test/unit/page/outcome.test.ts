import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import type { HoldObject } from "../../../src/api/overview.ts";
import { isShortName, namedSo, actionOutcome } from "../../../src/page/view/outcome.ts";

const NAME = "16e56205".padEnd(64, "a");
const at = "2026-11-30T05:00:00Z";

function answer(kind: string, subject: string): AuditEvent {
  return { seq: 1, at, kind, subject, actor: "dana", reason: `${kind} it` };
}

describe("what became of an approval", () => {
  test("is the last answer to its digest, also by its first digits", () => {
    const events = [
      answer("drift-found", `sha256:${NAME}`),
      answer("approved", "sha256:bbbb"),
      answer("rejected", `sha256:${NAME}`),
      answer("approved", `sha256:${NAME}`),
    ];

    const rejected = { kind: "rejected", actor: "dana", reason: "rejected it", at };
    expect(actionOutcome(NAME, events)).toEqual(rejected);
    expect(actionOutcome("16e56205", events)).toEqual(rejected);
  });

  test("is not known without an answer among the entries", () => {
    expect(actionOutcome(NAME, [answer("approved", "sha256:bbbb")])).toBeNull();
    expect(actionOutcome(NAME, [{ seq: 1, at, kind: "approved" }])).toBeNull();
  });
});

test("the first digits name every approval that begins with them; a complete name is not short", () => {
  const named = (name: string) => ({ metadata: { name } }) as HoldObject;
  const holds = [named(NAME), named("16e5ffff"), named("cccc")];

  expect(namedSo("16e56205", holds)).toEqual([named(NAME)]);
  expect(namedSo("16e5", holds)).toHaveLength(2);
  expect(["16e56205", NAME, "x".repeat(8), "a".repeat(40)].map(isShortName)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
