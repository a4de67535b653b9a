import { describe, expect, test } from "@jest/globals";
import type { AdoptionNeed } from "../../../../src/model/keys/adoption.ts";
import type { UsedRole } from "../../../../src/model/keys/used-role.ts";
import { after, equalTo, OLD, ON_V1, seen } from "../../../support/pass/adoption.ts";
import {
  DIFFERENT,
  stageAfter,
  stageIn,
  FAILED_ALIASES,
  NOT_ASKED,
  UNKNOWN,
  type StageRow,
} from "./stage-rows.ts";

describe("the proof that the declared role means the same", () => {
  test.each<StageRow>([
    {
      reads: [[0, seen()]],
      state: "observed",
      needs: ["second-sweep"],
      because: "one sweep without a difference is no proof",
    },
    {
      reads: [
        [0, seen()],
        [23, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "two sweeps within a day are no proof",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "two sweeps a day apart found no difference",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ mode: "observe" })],
      ],
      state: "proven",
      needs: ["mode", "role-incomplete"],
      because: "observe mode creates no role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ isSweep: false })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a read of single objects is no complete sweep",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(NOT_ASKED)],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a sweep that did not read its aliases and triggers is none",
    },
    {
      reads: [
        [0, seen()],
        [12, seen({ compare: DIFFERENT })],
        [24, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a difference between the sweeps ends the proof",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ compare: DIFFERENT })],
      ],
      state: "observed",
      needs: ["difference"],
      because: "a proof ends with the first difference",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ compare: UNKNOWN })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "a proof ends with the first role that was not read",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ ...FAILED_ALIASES })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "aliases that were not read may run on a third role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ needs: { kind: "failed", reason: "denied" } })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "triggers that were not read may need more",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ needs: { kind: "read", unmet: [{ what: "tracing", hint: "tracing: true" }] } })],
      ],
      state: "observed",
      needs: ["function-need"],
      because: "Lambda needs what the declared role lacks",
    },
    {
      reads: [
        [10, seen()],
        [5, seen()],
        [29, seen()],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "after the clock went back, a day is counted from the earlier time",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [20, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a proof from the future is none: the clock went back",
    },
    {
      reads: [
        [0, seen()],
        [12, { kind: "unread", reason: "throttled" }],
        [24, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a failed read between the sweeps ends the proof",
    },
  ])("is $state: $because", (row) => {
    expect(stageAfter(row.reads)).toEqual(stageIn(row));
  });

  test("remembers between rounds what Lambda needs and the declared role lacks", () => {
    const unmet = [{ what: "its queue", hint: "a grant" }];
    const now = [{ what: "tracing", hint: "tracing: true" }];
    const between = { ...NOT_ASKED, needs: { kind: "not-asked", unmet: now } } as const;
    const messages = (first: Parameters<typeof seen>[0]): readonly string[] =>
      after([0, seen(first)], [1, seen(between)]).status.needs.map(({ message }) => message);

    expect(messages({ needs: { kind: "read", unmet } })).toEqual([
      "the declared role does not allow tracing",
      "the declared role does not allow its queue",
    ]);
    expect(messages({ needs: { kind: "failed", reason: "denied" } })).toEqual([
      "its event source mappings and destinations were not read: denied",
    ]);
  });

  test("is not proven for a role that only some of its versions run on", () => {
    const compare = (arn: string): UsedRole => (arn === OLD ? DIFFERENT(arn) : equalTo(arn));
    const facts = seen({ roleArn: `${OLD}-2`, aliases: ON_V1, compare });

    expect(after([0, facts], [24, facts]).status.state).toBe("observed");
  });
});

describe("a role that is created again under its name during the proof", () => {
  const again = (arn: string): UsedRole => ({ kind: "equal", arn, roleId: "another id" });
  const needOf = (...reads: readonly StageRow["reads"][number][]): AdoptionNeed | undefined =>
    after(...reads).status.needs[0];

  test("is named as the reason why the proof begins again, with what to do", () => {
    expect(needOf([0, seen()], [24, seen({ compare: again })])).toMatchObject({
      kind: "second-sweep",
      message: expect.stringContaining("role orders-shared was deleted and created again"),
      fix: expect.stringContaining("find out who created the role again"),
    });
  });

  test("is still named after a read of the function alone, and after one that failed for the role", () => {
    const seenAgain = [25, seen({ compare: again, isSweep: false })] as const;

    expect(needOf([0, seen()], seenAgain, [26, seen({ compare: again })])?.fix).not.toBeNull();
    expect(
      needOf([0, seen()], seenAgain, [26, seen({ compare: UNKNOWN })], [27, seen({ compare: again })])?.fix,
    ).not.toBeNull();
  });

  test("is not named any more once it is proven, nor about another role", () => {
    const proven = after([0, seen()], [1, seen({ compare: again })], [26, seen({ compare: again })]);
    const moved = needOf([0, seen()], [1, seen({ compare: again })], [2, seen({ roleArn: `${OLD}-2` })]);

    expect(proven.record.recreated).toBeUndefined();
    expect(proven.status.state).toBe("proven");
    expect(moved).toMatchObject({ kind: "second-sweep", fix: null });
  });
});
