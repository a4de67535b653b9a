import { describe, expect, test } from "@jest/globals";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { planAdoptionUndo } from "../../../../src/plan/adoption-undo.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { context } from "../../../support/pass/plans.ts";
import { ADOPTED, ADOPTED_RECORD, liveOf, RECORD, ROLE } from "../../settle/adoption/undo-scene.ts";
import { DESIRED } from "./restore-scene.ts";

const undo = (record: KeyRecord | null) => planAdoptionUndo(DESIRED, context(liveOf(ROLE), { record }));

describe("the way back of an adoption", () => {
  test("restores the content of a role that was taken over in place", () => {
    const finding = undo(ADOPTED_RECORD);

    expect(finding).toMatchObject({ kind: "planned", way: "in-place" });
  });

  test("goes on with a restore that has begun", () => {
    const begun = { ...ADOPTED_RECORD, adoptionUndo: { ...RECORD, begunMs: 1 } };

    expect(undo(begun)).toMatchObject({ kind: "planned", way: "in-place" });
  });

  test("has nothing left once the restore is done", () => {
    const { adoptedRole: _, ...restored } = ADOPTED_RECORD;

    expect(undo({ ...restored, adoptionUndo: { ...RECORD, state: "done" } })).toEqual({
      kind: "nothing",
      reason: "its adoption was undone",
    });
  });

  test.each<{ readonly because: string; readonly record: KeyRecord | null }>([
    { because: "nothing is recorded", record: null },
    { because: "nothing was adopted", record: emptyKeyRecord(KEY) },
    {
      because: "another role was taken over than the declared one",
      record: { ...ADOPTED_RECORD, adoptedRole: { ...ADOPTED, arn: `${ROLE.arn}-before` as Arn } },
    },
  ])("needs a recorded former role if $because", ({ record }) => {
    expect(undo(record)).toMatchObject({ kind: "refused", obstacles: [{ kind: "no-record" }] });
  });
});
