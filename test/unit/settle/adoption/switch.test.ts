import { describe, expect, test } from "@jest/globals";
import { after, DECLARED, OLD, ON_V1, seen, SILENT, START_MS } from "../../../support/pass/adoption.ts";
import {
  DIFFERENT,
  stageAfter,
  stageIn,
  FAILED_ALIASES,
  NOT_ASKED,
  READY,
  SWITCHED,
  type StageRow,
} from "./stage-rows.ts";

describe("the switch to the declared role", () => {
  test.each<StageRow>([
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
      ],
      state: "adopted",
      needs: ["function-role"],
      because: "the declared role is complete and the function does not use it yet",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(READY)],
      ],
      state: "observed",
      needs: ["second-sweep"],
      because: "a complete role without a proof is not adopted",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [24, seen({ ...READY, aliases: ON_V1 })],
      ],
      state: "adopted",
      needs: ["function-role", "alias-version"],
      because: "$LATEST and an alias run on the old role",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [24, seen({ ...READY, aliases: ON_V1 })],
        [25, seen({ ...SWITCHED, aliases: ON_V1 })],
      ],
      state: "adopted",
      needs: ["alias-version"],
      because: "an alias still runs a version with the old role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, seen(SWITCHED)],
      ],
      state: "switched",
      needs: ["silent-pass"],
      because: "the function and all aliases run on the declared role",
    },
    {
      reads: [
        [0, seen()],
        [24, seen(READY)],
        [25, seen({ ...SWITCHED, ...NOT_ASKED })],
      ],
      state: "unknown",
      needs: ["not-read"],
      because: "its aliases were not read since $LATEST moved",
    },
    {
      reads: [
        [0, seen()],
        [25, seen({ ...SWITCHED, ...FAILED_ALIASES })],
      ],
      state: "unknown",
      needs: ["not-read"],
      because: "aliases that were not read are not none",
    },
    {
      reads: [
        [0, seen({ aliases: ON_V1 })],
        [1, seen({ ...SWITCHED, ...FAILED_ALIASES })],
      ],
      state: "observed",
      needs: ["not-read"],
      because: "a version on the old role is known until a complete read does not find it",
    },
    {
      reads: [
        [0, seen()],
        [1, seen({ ...SWITCHED, mode: "observe" })],
        [2, seen({ ...SWITCHED, ...SILENT, mode: "observe" })],
      ],
      state: "switched",
      needs: ["mode"],
      because: "observe mode enforces nothing",
    },
    {
      reads: [
        [0, seen()],
        [1, seen({ ...SWITCHED, ...SILENT })],
      ],
      state: "switched",
      needs: ["silent-pass"],
      because: "the pass that first sees the switch is not the one after it",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
      ],
      state: "enforced",
      needs: [],
      because: "a pass after the switch found nothing to write",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ ...SWITCHED, isApplied: true })],
      ],
      state: "enforced",
      needs: [],
      because: "a change in AWS that is reverted is drift, and no step back",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ ...SWITCHED, ...SILENT, ...NOT_ASKED })],
      ],
      state: "enforced",
      needs: [],
      because: "aliases that were read an hour ago still count",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [27, seen({ ...SWITCHED, ...SILENT, ...NOT_ASKED })],
      ],
      state: "unknown",
      needs: ["not-read"],
      because: "aliases that were read more than a day ago do not count",
    },
    {
      reads: [
        [0, seen()],
        [1, seen(SWITCHED)],
        [2, seen({ ...SWITCHED, ...SILENT })],
        [3, seen({ compare: DIFFERENT })],
      ],
      state: "observed",
      needs: ["difference"],
      because: "its deployment moved it to a role with other permissions",
    },
  ])("is $state: $because", (row) => {
    expect(stageAfter(row.reads)).toEqual(stageIn(row));
  });

  test("names the role, the version with its alias, and what to do", () => {
    const facts = { ...READY, aliases: ON_V1 } as const;

    const { status } = after([0, seen({ aliases: ON_V1 })], [24, seen(facts)]);

    expect(status).toMatchObject({
      from: OLD,
      next: "switched",
      equalSince: new Date(START_MS).toISOString(),
      needs: [
        {
          message: "orders-api runs on role orders-shared",
          fix: `where it is deployed, set its role to ${DECLARED}`,
        },
        {
          message: "version 1 (alias live) runs on role orders-shared",
          fix: "publish a version of orders-api after the switch, and move the alias live to it",
        },
      ],
    });
  });
});

test("a function that is set back to its old role needs a new proof: nothing was compared after the switch", () => {
  const switched = [
    [0, seen()],
    [24, seen(READY)],
    [25, seen(SWITCHED)],
  ] as const;
  const setBack = after(...switched, [900, seen(READY)]).status;

  expect(after(...switched).status.equalSince).toBeNull();
  expect([setBack.state, setBack.equalSince]).toEqual(["observed", iso(900)]);
});

function iso(hours: number): string {
  return new Date(START_MS + hours * 3_600_000).toISOString();
}
