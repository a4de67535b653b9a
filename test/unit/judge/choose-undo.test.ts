import { describe, expect, test } from "@jest/globals";
import { choose } from "../../../src/judge/choose.ts";
import type { PassContext } from "../../../src/judge/subject.ts";
import { attempted } from "../../../src/controller/pass/attempted.ts";
import type { AdoptionUndoRecord } from "../../../src/model/keys/adoption-undo.ts";
import type { StalledPlan } from "../../../src/model/keys/key-record.ts";
import { judgedOf, passOf, seenOf, subjectOf } from "../../support/pass/passes.ts";
import {
  ADOPTED_RECORD,
  AT,
  liveOf,
  PLANNED,
  RECORD,
  ROLE,
  suspensionOf,
} from "../settle/adoption/undo-scene.ts";

const suspensions = [suspensionOf()];
const { pass, live, writes, nowMs } = seenOf({
  live: liveOf(ROLE),
  pass: passOf(undefined, { suspensions }),
});
const context = { ...pass, live, writes, nowMs } as PassContext;

interface Known {
  readonly undo?: Partial<AdoptionUndoRecord>;
  readonly stalledMs?: number;
}

function judgedWith({ undo, stalledMs }: Known) {
  const stalled =
    stalledMs === undefined || PLANNED.kind !== "planned"
      ? null
      : ({ digest: PLANNED.plan.digest, atMs: stalledMs } as StalledPlan);
  const adoptionUndo = undo === undefined ? {} : { adoptionUndo: { ...RECORD, begunMs: 1, ...undo } };
  return judgedOf({ subject: subjectOf({ ...ADOPTED_RECORD, stalled, ...adoptionUndo }) });
}

describe("an ordered undo", () => {
  test.each<Known & { readonly is: string; readonly because: string }>([
    { is: "run", because: "nothing was made of it yet" },
    { undo: {}, is: "run", because: "calls are left" },
    { undo: { state: "done" }, is: "suspended", because: "it is done" },
    {
      undo: { state: "stopped" },
      is: "suspended",
      because: "it has stopped, though its calls are still possible",
    },
    { undo: { state: "stopped", resumes: true }, is: "run", because: "only access was missing" },
    {
      undo: { state: "stopped", orderedMs: 1 },
      is: "run",
      because: "it was ordered again, with the same plan",
    },
    { stalledMs: nowMs, is: "stalled", because: "AWS refused the calls after the order" },
    { stalledMs: Date.parse(AT) - 1, is: "run", because: "AWS refused the calls before the order" },
  ])("is $is if $because", ({ is, ...known }) => {
    const choice = choose(judgedWith(known), new Map(), context);

    expect(choice.kind === "run" ? choice.kind : choice.why.kind).toBe(is);
  });

  test("no longer knows how the role was last written from before its first call on", () => {
    const { adoptedRole, adoptionUndo } = attempted(judgedWith({}), context);

    expect(adoptedRole).toEqual({ ...ADOPTED_RECORD.adoptedRole, lastWritten: null });
    expect(adoptionUndo?.begunMs).toBe(nowMs);
  });
});
