import { describe, expect, test } from "@jest/globals";
import { isDue } from "../../../../src/plan/order/due.ts";
import type { Action, Due } from "../../../../src/model/plan.ts";
import { allow, compiled, NOW_MS } from "../../../support/pass/bindings.ts";
import { type Scene, planWith } from "./scene.ts";

describe("the risk of an action", () => {
  test.each<Scene & { risk: string; because: string }>([
    { live: { inline: [] }, risk: "low", because: "an ordinary grant is low" },
    {
      git: { inline: compiled(allow("iam:PassRole")) },
      live: { inline: [] },
      risk: "high",
      because: "a grant that allows escalation is high",
    },
    { live: { boundary: null }, risk: "high", because: "every change of the boundary is high" },
  ])("$risk: $because", ({ risk, ...scene }) => {
    expect(planWith(scene).actions).toMatchObject([{ risk }]);
  });
});

describe("the due time of an action", () => {
  const [action] = planWith({ live: { inline: [] } }).actions;
  const at = (due: Due) => isDue({ ...(action as Action), due }, NOW_MS);

  test.each([
    { due: { kind: "now" }, is: true },
    { due: { kind: "after-wait" }, is: false },
    { due: { kind: "at", atMs: NOW_MS }, is: true },
    { due: { kind: "at", atMs: NOW_MS + 1 }, is: false },
  ] as const)("$due.kind: $is", ({ due, is }) => {
    expect(at(due)).toBe(is);
  });
});
