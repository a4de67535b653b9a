import { describe, expect, test } from "@jest/globals";
import { after, DECLARED, OLD, seen, START_MS } from "../../../support/pass/adoption.ts";
import { stageAfter, stageIn, NOT_ASKED, READY, SWITCHED, type StageRow } from "./stage-rows.ts";

describe("where an adoption begins, and begins again", () => {
  test.each<StageRow>([
    {
      reads: [
        [0, seen()],
        [24, seen({ compare: (arn) => ({ kind: "equal", arn, roleId: "another" }) })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a role that was created again is another role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen({ roleArn: `${OLD}-2` })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "the function moved to a third role",
    },
    {
      reads: [
        [0, seen()],
        [24, { kind: "unread", reason: "throttled" }],
      ],
      state: "unknown",
      needs: ["not-read"],
      because: "the function was not read",
    },
    {
      reads: [[0, seen(SWITCHED)]],
      state: "not-needed",
      because: "no other role was ever seen",
    },
    {
      reads: [[0, seen({ ...SWITCHED, ...NOT_ASKED })]],
      state: "unknown",
      needs: ["not-read"],
      because: "its aliases were never read",
    },
    {
      reads: [[0, { kind: "no-function" }]],
      state: "not-needed",
      because: "the function does not exist yet",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, { kind: "no-function" }],
        [26, seen()],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a function that was deleted and created again begins from the start",
    },
    {
      reads: [
        [0, seen()],
        [24, seen()],
        [25, seen({ declaredArn: `${DECLARED}-2` })],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "Git declares another role, about which nothing is known",
    },
    {
      reads: [
        [0, seen({ roleArn: DECLARED })],
        [24, seen({ roleArn: DECLARED })],
      ],
      state: "proven",
      needs: ["role-incomplete"],
      because: "it runs on the declared role, which is not Grantkeeper's yet",
    },
  ])("is $state: $because", (row) => {
    expect(stageAfter(row.reads)).toEqual(stageIn(row));
  });

  test("keeps the time at which it was reached, and the one of a state from the future is the read's", () => {
    const at = (hours: number): string => new Date(START_MS + hours * 3_600_000).toISOString();

    expect(after([0, seen()], [5, seen()]).status.since).toBe(at(0));
    expect(after([5, seen()], [0, seen()]).status.since).toBe(at(0));
  });
});
