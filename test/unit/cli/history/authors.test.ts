import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../../src/api/events.ts";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { authorsText } from "../../../../src/wording/history/event-authors.ts";
import {
  ALICE_TEXT,
  ATTACHED,
  BY_ALICE,
  BY_ALICE_OR_BOB,
  BY_NO_ONE,
} from "../../../support/screens/authors.ts";

import { CONTEXT, event, KEY, TARGET } from "./events.ts";

const NOW_MS = Date.parse("2026-11-25T10:41:00Z");
const NAMED = `last call seen that set this: ${ALICE_TEXT}`;
const TAGGED = "~ tag env";

const textOf = (authors: unknown, changes: readonly string[] = [ATTACHED]): string =>
  authorsText(
    { seq: 9, at: "2026-11-25T06:33:00.000Z", kind: "drift-found", changes, authors } as AuditEvent,
    { nowMs: NOW_MS },
  );

const foundRow = (authors: readonly object[]): unknown =>
  historyRows([event(12, "drift-author-found", { key: KEY, found: 9, authors } as never)], CONTEXT)[0];

describe("the author in the history", () => {
  test("is the last call seen, if it is known for all of the entry", () => {
    expect(textOf([{ difference: ATTACHED, attribution: BY_ALICE }])).toBe(NAMED);
  });

  test("is shown with its difference if another one has no author", () => {
    const authors = [
      { difference: ATTACHED, attribution: BY_ALICE },
      { difference: TAGGED, attribution: BY_NO_ONE },
    ];

    expect(textOf(authors, [ATTACHED, TAGGED])).toBe(`${ATTACHED}: ${NAMED}`);
  });

  test("of a difference that had ended is shown with the entry of the difference", () => {
    const authors = [{ difference: ATTACHED, attribution: BY_ALICE }];

    expect(foundRow(authors)).toMatchObject({
      kind: "author",
      message: `${TARGET} in AWS: later events show who made a difference of entry 9`,
      below: expect.stringContaining(`${ATTACHED}: last call seen that set this: alice@example.com`),
    });
  });

  test.each([
    {
      because: "a candidate is not certain",
      authors: [{ difference: ATTACHED, attribution: BY_ALICE_OR_BOB }],
      message: "later events show who may have made a difference of entry 9",
    },
    {
      because: "one of two is not certain",
      authors: [
        { difference: ATTACHED, attribution: BY_ALICE },
        { difference: TAGGED, attribution: BY_ALICE_OR_BOB },
      ],
      message: "later events show who may have made 2 differences of entry 9",
    },
    {
      because: "the token may not see it",
      authors: [],
      message: "later events concern the author of entry 9; this token may not see them",
    },
  ])("of a difference that had ended is not claimed: $because", ({ authors, message }) => {
    expect(foundRow(authors)).toMatchObject({ message: `${TARGET} in AWS: ${message}` });
  });

  test("is not certain if several calls may explain it", () => {
    expect(textOf([{ difference: ATTACHED, attribution: BY_ALICE_OR_BOB }])).toMatch(
      /^not certain, one of these calls: alice@example\.com .* \(event e1\); bob@example\.com .* \(event e2\)$/,
    );
  });

  test.each<readonly [authors: unknown, because: string]>([
    [undefined, "the entry is of an earlier version"],
    [[], "the token may not see it"],
    [[{ difference: ATTACHED, attribution: BY_NO_ONE }], "no one is known"],
    [
      [null, {}, { difference: ATTACHED }, { difference: ATTACHED, attribution: { kind: "guessed" } }],
      "unknown shapes",
    ],
    [[{ difference: ATTACHED, attribution: { kind: "named", change: {} } }], "a change without a caller"],
    [[{ difference: ATTACHED, attribution: { kind: "candidates", changes: null } }], "no list of candidates"],
    [[{ difference: ATTACHED, attribution: { kind: "unknown" } }], "no reason"],
  ])("is not shown for %j: %s", (authors) => {
    expect(textOf(authors)).toBe("");
  });

  test("of a kind of change of a newer version names the call", () => {
    const { change } = BY_ALICE as Extract<typeof BY_ALICE, { readonly kind: "named" }>;
    const newer = { kind: "named", change: { ...change, aspect: { kind: "constructor" } } };

    expect(textOf([{ difference: ATTACHED, attribution: newer }])).toContain(
      " called iam:AttachRolePolicy at ",
    );
  });
});
