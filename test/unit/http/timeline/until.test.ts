import { describe, expect, test } from "@jest/globals";
import { nowWords } from "../../../../src/wording/timeline-words.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { timedEntries } from "../../../support/record/timed-entries.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import { drift } from "../../../support/screens/world-states.ts";
import { asked, ATTACHED, ended, found, gap, hours, NOW_MS, STARTED, type Scene } from "./scene.ts";

const FIRST = drift(ORDERS_API);
const SECOND = {
  ...FIRST,
  change: { kind: "attachment-extra", arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
} as typeof FIRST;
const untilMs = Date.parse(hours(6));

/** The first difference since nine hours, and the second one if it has a time. */
function drifting(secondMs: number | null = null, cleanMs: number | null = null): KeyRecord {
  const [first, second] = [driftFingerprint(FIRST), driftFingerprint(SECOND)];
  return {
    ...emptyKeyRecord(ORDERS_API),
    driftSinceMs: { [first]: Date.parse(hours(9)), ...(secondMs !== null && { [second]: secondMs }) },
    openDrifts: {
      [first]: { lastCleanMs: cleanMs, risks: [], difference: "- tag a" },
      [second]: { lastCleanMs: null, risks: ["escalation"], difference: ATTACHED },
    },
  };
}

const FIELD = { fields: ["tag"], changes: ["- tag a"], risks: [], authors: [] } as const;

describe("a timeline until an earlier time", () => {
  test("shows what drifted then, and nothing that came later", async () => {
    const facts: Scene["facts"] = [
      [hours(9), found()],
      [hours(2), ended({ since: hours(9) })],
      [hours(1), found()],
      [hours(0.5), ended({ since: hours(1) })],
    ];

    const then = await asked({ facts, untilMs: Date.parse(hours(6)) });
    const later = await asked({ facts, untilMs: NOW_MS + 3_600_000 });

    expect([then.to, then.from]).toEqual([hours(6), hours(30)]);
    expect(then.drifting).toMatchObject([{ since: hours(9), ended: null }]);
    expect(then.ended).toEqual([]);
    expect(then.steps.at(-1)).toMatchObject({ drifting: 1 });
    expect(later.to).toBe(hours(-1 / 60));
    expect(later.ended).toHaveLength(2);
  });

  test("has of an open drift only the differences and risks that had begun", async () => {
    const shown = await asked({ records: [drifting(Date.parse(hours(1)))], untilMs });

    expect(shown.drifting).toMatchObject([{ changes: ["- tag a"], risks: [] }]);
  });

  test.each<{ facts: NonNullable<Scene["facts"]>; is: object; because: string }>([
    {
      facts: [
        [hours(9), found({ ...FIELD })],
        [hours(3), found()],
      ],
      is: { changes: ["- tag a"], risks: [], authors: [] },
      because: "of what was found then",
    },
    {
      facts: [[hours(3), found()]],
      is: { changes: ["tag"], risks: [], authors: [] },
      because: "of the only one that was not found later",
    },
    {
      facts: [],
      is: { changes: [], risks: [], authors: [] },
      because: "none, if no entry shows which one was the first",
    },
  ])("has of a drift that ended later the differences $because", async ({ facts, is }) => {
    const end = ended({ fields: ["attachment-extra", "tag"], since: hours(9), how: "gone" });
    const shown = await asked({ facts: [...facts, [hours(2), end]], untilMs });

    expect(shown.drifting.map(({ changes, risks, authors }) => ({ changes, risks, authors }))).toEqual([is]);
  });

  test("has no drift for what Git changed, and what was found in AWS only later", async () => {
    const facts: Scene["facts"] = [
      [hours(3), found()],
      [hours(2), ended({ since: hours(9), how: "applied" })],
    ];

    expect((await asked({ facts, untilMs })).drifting).toEqual([]);
  });

  test.each([
    { cleanMs: null, lastCleanAt: null },
    { cleanMs: Date.parse(hours(10)), lastCleanAt: hours(10) },
    { cleanMs: Date.parse(hours(3)), lastCleanAt: hours(4) },
  ])("counts a binding once, whose other difference ended later: $lastCleanAt", async (one) => {
    const facts: Scene["facts"] = [
      [hours(8), found()],
      [hours(2), ended({ since: hours(8) })],
    ];
    const shown = await asked({ records: [drifting(null, one.cleanMs)], facts, untilMs });

    expect(shown.drifting).toMatchObject([
      {
        since: hours(9),
        lastCleanAt: one.lastCleanAt,
        changes: [ATTACHED, "- tag a"],
        risks: ["escalation"],
      },
    ]);
    expect(nowWords(shown)).toContain("Drifting now: 1 binding");
  });

  test("joins drifts that ended later in the order of their beginnings", async () => {
    const facts: Scene["facts"] = [
      [hours(9), found()],
      [hours(8), found({ ...FIELD })],
      [hours(3), ended({ since: hours(9) })],
      [hours(2), ended({ since: hours(8), fields: ["tag"] })],
    ];

    expect((await asked({ facts, untilMs })).drifting).toMatchObject([
      { since: hours(9), changes: [ATTACHED, "- tag a"] },
    ]);
  });
});

describe("the state until an earlier time", () => {
  test("is not known in a gap that ended later, also if a start ended it", async () => {
    const facts: Scene["facts"] = [
      [hours(2.1), STARTED],
      [hours(2), gap(hours(9), hours(2), "AccessDenied")],
    ];
    const shown = await asked({ facts, untilMs });

    expect(shown.gaps).toMatchObject([{ until: null, reason: "AccessDenied" }]);
    expect(nowWords(shown)).toContain("not known: 1 of 1 account not read");
  });

  test("is not known at the last read of an account that fails since", async () => {
    const atMs = NOW_MS - 60_000;
    const shown = await asked({ account: { failing: { sinceMs: atMs, reason: "denied" } }, untilMs: atMs });

    expect(nowWords(shown)).toContain("1 of 1 account not read");
  });

  test("is not known before the reads of a region were recorded", async () => {
    const regionReads = { "eu-west-1": { sinceMs: Date.parse(hours(2)), lastMs: NOW_MS } };
    const shown = await asked({ account: { regionReads }, untilMs });

    expect(shown.gaps).toMatchObject([{ until: null, reason: "no complete read is recorded" }]);
  });

  test("is not known before the record begins", async () => {
    const shown = await asked({ state: { history: timedEntries([[hours(2), STARTED]]) }, untilMs });

    expect(shown.gaps).toMatchObject([{ account: null, until: null }]);
    expect(nowWords(shown)).toContain("1 of 1 account not read");
  });
});
