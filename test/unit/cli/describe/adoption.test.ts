import { describe, expect, test } from "@jest/globals";
import type { AdoptionStatus } from "../../../../src/model/keys/adoption.ts";
import { after, OLD, ON_V1, seen } from "../../../support/pass/adoption.ts";
import { facts, NOW_DAY, object, state, describedTexts } from "../../../support/screens/described.ts";

const { status: OBSERVED } = after([
  0,
  seen({ needs: { kind: "read", unmet: [{ what: "tracing", hint: "tracing: true" }] } }),
]);
const READY = { ownRole: { isOurs: true, problem: null }, aliases: ON_V1 } as const;
const { status: ADOPTED } = after([0, seen(READY)], [24, seen(READY)]);
const { status: UNKNOWN } = after([0, { kind: "unread", reason: "throttled" }]);

function linesOf(adoption: Partial<AdoptionStatus>): readonly string[] {
  const since = `${NOW_DAY}T10:00:00.000Z`;
  const binding = object("prod", { adoption: { ...OBSERVED, ...adoption, since } });
  const found = describedTexts(facts({ bindings: [binding], states: [state("prod")] }));
  const from = found.findIndex((line) => line.startsWith("ADOPTION"));
  return from < 0 ? [] : found.slice(from, from + 8);
}

describe("the adoption of a function on its screen", () => {
  test("names the stage, the role it comes from, and what the next stage needs with a hint", () => {
    expect(linesOf(ADOPTED)).toEqual([
      "ADOPTION adopted 41m ago, from role/orders-shared",
      "  switched needs:",
      "    orders-api runs on role orders-shared",
      "    hint:  where it is deployed, set its role to",
      "           arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1",
      "    version 1 (alias live) runs on role orders-shared",
      "    hint:  publish a version of orders-api after the switch, and move the alias",
      "           live to it",
    ]);
  });

  test.each([
    { adoption: UNKNOWN, line: "ADOPTION unknown: throttled" },
    {
      adoption: after([0, { kind: "no-function" }]).status,
      line: "ADOPTION not needed: the function does not exist yet: it is to be deployed",
    },
    {
      adoption: { state: "enforced", next: null, needs: [], from: null } as const,
      line: "ADOPTION enforced 41m ago",
    },
  ])("has its reason where it has no stage, and nothing else: $line", ({ adoption, line }) => {
    expect(linesOf(adoption)[0]).toBe(line);
    expect(linesOf(adoption).join()).not.toContain("needs:");
  });

  test("names how to learn why it is unknown", () => {
    expect(linesOf(UNKNOWN)[1]).toBe("  hint:  grantkeeper doctor shows whether a permission is missing");
  });

  test("separates targets that are not equally far", () => {
    const { bindings, states } = facts({
      bindings: [
        object("prod", { adoption: OBSERVED }),
        object("staging", { adoption: { ...OBSERVED, from: `${OLD}-2` } }),
      ],
      states: [state("prod"), state("staging")],
    });
    const found = describedTexts(facts({ bindings, states }));

    expect(found.filter((line) => line.startsWith("ADOPTION"))).toHaveLength(2);
  });
});
