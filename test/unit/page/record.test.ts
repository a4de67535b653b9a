import { describe, expect, test } from "@jest/globals";
import type { AuditEvent } from "../../../src/api/events.ts";
import { chainState } from "../../../src/page/view/history/chain-state.ts";
import { withNewest, withOlder } from "../../../src/page/view/history/event-list.ts";

function entry(seq: number, change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    seq,
    at: "2026-11-30T05:00:00.000Z",
    kind: "stopped",
    hash: `h${seq}`,
    prev: `h${seq - 1}`,
    ...change,
  };
}

const entries = (...numbers: readonly number[]): readonly AuditEvent[] => numbers.map((seq) => entry(seq));
const numbers = ({ events }: { readonly events: readonly AuditEvent[] }): readonly number[] =>
  events.map(({ seq }) => seq);

describe("the list of entries", () => {
  test("grows at both ends, with each entry once", () => {
    const first = withNewest(null, { events: entries(9, 8, 7), next: "7" });
    const older = withOlder(first, { events: entries(6, 5), next: "5" });
    const later = withNewest(older, { events: entries(10, 9, 8), next: "8" });

    expect(numbers(later)).toEqual([10, 9, 8, 7, 6, 5]);
    expect(later.next).toBe("5");
  });

  test("begins again if the newest page does not reach the known entries: it never has a gap", () => {
    const known = { events: entries(9, 8, 7), next: null };

    expect(withNewest(known, { events: entries(30, 29, 28), next: "28" })).toEqual({
      events: entries(30, 29, 28),
      next: "28",
    });
  });

  test("keeps what it knows if the record is shorter than a page", () => {
    expect(
      numbers(withNewest({ events: entries(2), next: null }, { events: entries(4), next: null })),
    ).toEqual([4, 2]);
  });
});

test("entries that were looked through in vain are not looked through again", () => {
  const searched = withOlder({ events: [], next: "5000" }, { events: [], next: "100" });

  expect(withNewest(searched, { events: [], next: "5000" })).toEqual({ events: [], next: "100" });
  expect(numbers(withNewest(searched, { events: entries(9), next: "5000" }))).toEqual([9]);
});

describe("the chain of the loaded entries", () => {
  test("has the newest signature", () => {
    const signed = entry(4, { kind: "checkpoint", upTo: 3, keyId: "15:04" });

    expect(chainState([entry(5), signed, ...entries(3, 2)])).toEqual({
      broken: null,
      signed: { upTo: 3, at: signed.at, keyId: "15:04" },
    });
  });

  test("is broken where an entry does not follow the one before", () => {
    expect(chainState([entry(5), entry(4, { prev: "other" }), entry(3)]).broken).toEqual({
      seq: 4,
      why: "entry 4 does not follow entry 3: one of them was changed",
    });
  });

  test("is broken where an entry is missing", () => {
    expect(chainState(entries(5, 3)).broken?.why).toBe("entries are missing between 3 and 5");
  });
});
