import { describe, expect, test } from "@jest/globals";
import { type PendingChange } from "../../../../src/model/answers/permission-state.ts";
import {
  NOW_DAY,
  REVISION,
  desiredIn,
  object,
  DRIFT,
  state,
  facts,
  describedTexts,
} from "../../../support/screens/described.ts";

describe("several targets", () => {
  test("with equal sections share them", () => {
    const found = describedTexts(
      facts({ bindings: [object("prod"), object("staging")], states: [state("prod"), state("staging")] }),
    );

    expect(found.slice(0, 8)).toEqual([
      "payments/refunds, function refunds",
      "",
      "TARGET             MODE     SYNC    READ     APPLIED",
      "prod/eu-west-1     enforce  Synced  38s ago  4f0e2d1",
      "staging/eu-west-1  enforce  Synced  38s ago  4f0e2d1",
      "",
      "payments/refunds@prod/eu-west-1",
      "payments/refunds@staging/eu-west-1",
    ]);
    expect(found.filter((text) => text.startsWith("DECLARED"))).toHaveLength(1);
    expect(found.filter((text) => text.startsWith("ROLE"))).toHaveLength(2);
  });

  test("of which one differs have separate sections", () => {
    const found = describedTexts(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [state("prod"), state("staging", { pending: [DRIFT] })],
      }),
    );

    expect(found.filter((text) => text.startsWith("EFFECTIVE"))).toHaveLength(2);
    expect(found.filter((text) => text.startsWith("PENDING"))).toHaveLength(2);
  });

  test("with different deadlines have separate sections, each with its deadline and command", () => {
    const later = (account: string, time: string): PendingChange => ({
      ...DRIFT,
      reason: { kind: "drift", revertsAt: `${NOW_DAY}T${time}.000Z` },
      hint: `grantkeeper suspend payments/refunds@${account}/eu-west-1 --for 1h --reason TEXT`,
    });
    const found = describedTexts(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [
          state("prod", { pending: [later("prod", "10:52:04")] }),
          state("staging", { pending: [later("staging", "10:58:00")] }),
        ],
      }),
    );

    expect(found.filter((text) => /^ {2}drift:|hint:/.test(text))).toEqual([
      "  drift: Grantkeeper reverts it at 10:52:04Z (in 11m 4s)",
      "    hint:  grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
      "  drift: Grantkeeper reverts it at 10:58Z (in 17m)",
      "    hint:  grantkeeper suspend payments/refunds@staging/eu-west-1 --for 1h --reason TEXT",
    ]);
  });

  test("with equal sections show the commands of each", () => {
    const hinted = (hint: string): PendingChange => ({ ...DRIFT, hint });
    const found = describedTexts(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [
          state("prod", { pending: [hinted("grantkeeper suspend a")] }),
          state("staging", { pending: [hinted("grantkeeper suspend b")] }),
        ],
      }),
    );

    expect(found.filter((text) => text.includes("hint:"))).toEqual([
      "    hint:  grantkeeper suspend a",
      "    hint:  grantkeeper suspend b",
    ]);
  });

  test.each([
    { change: { notWatched: ["aliases"] }, because: "another part is not checked" },
    { change: { notes: ["Lambda@Edge"] }, because: "a note is about one of them" },
    { change: { mode: "observe" as const }, because: "one is only observed" },
  ])("are not one group: $because", ({ change }) => {
    const found = describedTexts(
      facts({
        bindings: [object("prod"), object("staging", change)],
        states: [state("prod"), state("staging")],
      }),
    );

    expect(found.filter((text) => text.startsWith("DECLARED"))).toHaveLength(2);
  });

  test("name the function of each where its name differs, and show which is not read now", () => {
    const other = object("staging");
    const named = {
      ...other,
      spec: { ...other.spec, desired: { ...desiredIn("staging"), functionName: "refunds-s" } },
    };
    const failing = { since: `${NOW_DAY}T08:40:00.000Z`, reason: "AccessDenied" };
    const found = describedTexts(
      facts({
        bindings: [object("prod"), named],
        states: [state("prod", { effective: { failing } }), state("staging")],
      }),
    );

    expect(found[0]).toBe("payments/refunds, function refunds in prod/eu-west-1, function refunds-s in");
    expect(found.join("\n")).toMatch(/^prod\/eu-west-1 .* 38s ago, fails for 2h /m);
  });

  test("that left Git show that nothing is declared", () => {
    const gone = state("prod", { declared: { kind: "not-declared", revision: REVISION } });

    expect(describedTexts(facts({ states: [gone] }))).toContain(
      "DECLARED in Git: nothing, main@9c1d04e does not declare it",
    );
  });
});
