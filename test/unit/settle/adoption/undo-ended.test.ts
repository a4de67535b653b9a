import { describe, expect, test } from "@jest/globals";
import { outcomeView } from "../../../../src/settle/outcome/outcome.ts";
import { undoAfter, withoutUndone } from "../../../../src/settle/adoption/undo.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import type { AdoptionUndoRecord } from "../../../../src/model/keys/adoption-undo.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import { driftOf, seenOf, skippedOf } from "../../../support/pass/passes.ts";
import { ROLE, ADOPTED, ADOPTED_RECORD, ORDER, suspensionOf, RECORD } from "./undo-scene.ts";

describe("an undo whose order has ended", () => {
  const done: AdoptionUndoRecord = { ...RECORD, state: "done", sinceMs: NOW_MS - 1 };
  const { adoptedRole: _, ...released } = ADOPTED_RECORD;

  test.each<{ readonly before: KeyRecord; readonly kept: boolean; readonly because: string }>([
    { before: { ...released, adoptionUndo: done }, kept: true, because: "nothing was adopted since" },
    {
      before: { ...ADOPTED_RECORD, adoptionUndo: done },
      kept: true,
      because: "the adoption is the former one",
    },
    {
      before: { ...ADOPTED_RECORD, adoptedRole: { ...ADOPTED, atMs: NOW_MS }, adoptionUndo: done },
      kept: false,
      because: "the role was taken over again",
    },
    { before: { ...released, adoptionUndo: RECORD }, kept: false, because: "it was not finished" },
    { before: released, kept: false, because: "there was none" },
    {
      before: {
        ...released,
        adoptionUndo: { ...done, way: "switch" as const },
        adoption: { latestArn: "arn:aws:iam::111122223333:role/new" } as never,
      },
      kept: false,
      because: "the function runs on another role again",
    },
    {
      before: {
        ...released,
        adoptionUndo: { ...done, way: "switch" as const },
        adoption: { latestArn: done.to } as never,
      },
      kept: true,
      because: "the function runs on the former role",
    },
  ])("is known: $kept, since $because", ({ before, kept }) => {
    const view = outcomeView(skippedOf({ kind: "nothing-due" }), []);

    const { record } = undoAfter(view, before, seenOf());

    expect(record.adoptionUndo?.until).toBe(kept ? null : undefined);
  });
});

describe("the differences from Git that an undo made", () => {
  const ofRole = driftOf({ subject: ROLE.arn });
  const ofOther = driftOf({ subject: "arn:aws:iam::111122223333:role/other" });
  const ofFunction = driftOf({
    change: { kind: "function-role" } as never,
    subject: "arn:aws:lambda:eu-west-1:111122223333:function:orders-api",
    live: "old",
  });

  test.each([
    { way: "in-place" as const, to: ROLE.arn as string, left: [ofOther, ofFunction] },
    { way: "switch" as const, to: "old", left: [ofRole, ofOther] },
    { way: "switch" as const, to: "third", left: [ofRole, ofOther, ofFunction] },
  ])("are those of $way to $to", ({ way, to, left }) => {
    const ordered = { order: { ...ORDER, way, to: to as Arn }, suspension: suspensionOf() };

    expect(withoutUndone([ofRole, ofOther, ofFunction], { ordered })).toEqual(left);
  });

  test("are none if no undo is ordered", () => {
    expect(withoutUndone([ofRole], { ordered: null })).toEqual([ofRole]);
  });
});
