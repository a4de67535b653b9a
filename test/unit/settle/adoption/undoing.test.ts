import { expect, test } from "@jest/globals";
import type { AdoptionUndoRecord } from "../../../../src/model/keys/adoption-undo.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { adoptionOf } from "../../../../src/settle/adoption/settle-adoption.ts";
import { outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import { DAY_MS, DECLARED } from "../../../support/pass/adoption.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import { passOf, seenOf, skippedOf, subjectOf } from "../../../support/pass/passes.ts";
import { ADOPTED_RECORD, liveOf, RECORD, RESTORED, ROLE, suspensionOf } from "./undo-scene.ts";

const ENFORCED = {
  state: "enforced",
  sinceMs: NOW_MS - DAY_MS,
  recorded: "enforced",
  declaredArn: DECLARED,
  latestArn: DECLARED,
  from: DECLARED,
  proof: null,
  aliases: { kind: "read", elsewhere: [] },
  needs: { kind: "read", unmet: [] },
  askedMs: NOW_MS - 1,
} as const;

function stageAfter(undo: Partial<AdoptionUndoRecord>, role: LiveRole = ROLE) {
  const suspensions = [suspensionOf()];
  const before = { ...ADOPTED_RECORD, adoption: ENFORCED, adoptionUndo: { ...RECORD, ...undo } };
  const outcome = skippedOf({ kind: "suspended", suspension: suspensionOf() });
  const judged = "judged" in outcome ? { ...outcome.judged, subject: subjectOf(before) } : null;
  const view = outcomeView({ ...outcome, ...(judged !== null && { judged }) }, suspensions);
  const seen = seenOf({ live: liveOf(role), pass: passOf(undefined, { suspensions }) });
  const { status, facts } = adoptionOf(view, before, seen);
  return { state: status.adoption?.state, moves: facts.filter(({ kind }) => kind === "adoption-changed") };
}

test.each([
  { undo: { begunMs: NOW_MS }, state: "running" as const, because: "its calls are being made" },
  { undo: { begunMs: NOW_MS }, state: "stopped" as const, because: "it has stopped between two calls" },
])(
  "an undo in place that has begun leaves no stage, and the record shows that it is lost: $because",
  (row) => {
    const { undo, state } = row;

    expect(stageAfter({ ...undo, state })).toMatchObject({
      state: "undoing",
      moves: [{ from: "enforced", to: null }],
    });
  },
);

test("an undo in place whose first call was not made leaves the stage", () => {
  expect(stageAfter({ begunMs: null, state: "running" }).state).not.toBe("undoing");
});

test("an undo in place that is done is not shown as one that is under way", () => {
  expect(stageAfter({ begunMs: NOW_MS, state: "running" }, RESTORED).state).not.toBe("undoing");
});
