import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import type { HoldObject } from "../../../src/api/overview.ts";
import { isOutcomeUnknown, isShortName, namedSo, recordedAnswer } from "../../../src/page/view/outcome.ts";

const NAME = "16e56205".padEnd(64, "a");
const at = "2026-11-30T05:00:00Z";

function answer(kind: string, subject: string): AuditEvent {
  return { seq: 1, at, kind, subject, actor: "dana", reason: `${kind} it` };
}

describe("an approval whose response was lost", () => {
  const subject = `sha256:${NAME}`;
  const sent = { kind: "approved", subject, actor: "dana", sentMs: Date.parse(at) + 10_000 } as const;

  test("is in the record by its kind, digest, person and time", () => {
    const entry = answer("approved", subject);

    expect(recordedAnswer(sent, [answer("rejected", subject), entry])).toBe(entry);
  });

  test.each([
    { other: { kind: "rejected" }, because: "a rejection is another answer" },
    { other: { subject: "sha256:bbbb" }, because: "another plan was approved" },
    { other: { actor: "erin" }, because: "another person approved it" },
    { other: { at: "2026-11-30T04:30:00Z" }, because: "an approval of half an hour before has ended" },
  ])("is not in the record: $because", ({ other }) => {
    expect(recordedAnswer(sent, [{ ...answer("approved", subject), ...other }])).toBeNull();
  });

  test.each([
    [0, true],
    [500, true],
    [502, true],
    [504, true],
    [400, false],
    [403, false],
    [409, false],
    [503, false],
  ])("may have been done after the status %i: %s", (code, expected) => {
    expect(isOutcomeUnknown(code)).toBe(expected);
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
