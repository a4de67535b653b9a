import { describe, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../../src/audit/entry.ts";
import type { Timeline } from "../../../../src/model/reads/timeline.ts";
import { ACCOUNT } from "../../../support/record/audit-facts.ts";
import { timedEntries } from "../../../support/record/timed-entries.ts";
import { ORDERS_API } from "../../../support/screens/world-keys.ts";
import {
  TO,
  NOW_MS,
  hours,
  STARTED,
  ATTACHED,
  gap,
  READ,
  asked,
  countsOf,
  drifting,
  type Scene,
} from "./scene.ts";

describe("a time without a complete read", () => {
  const unread = (shown: Timeline) =>
    shown.steps.flatMap(({ unread: count, drifting: known }, at) => (count > 0 ? [[at, known]] : []));

  test("is not known, and no step that was dark from its beginning to its end has a count", async () => {
    const shown = await asked({ facts: [[hours(2), gap(hours(2.4), hours(2), "AccessDenied")]] });

    expect(shown.gaps).toEqual([
      { account: "prod", regions: [], since: hours(2.4), until: hours(2), reason: "AccessDenied" },
    ]);
    expect(unread(shown)).toEqual([
      [86, 0],
      [87, null],
    ]);
  });

  test("names the start of the controller that ended it", async () => {
    const shown = await asked({
      facts: [
        [hours(2.1), STARTED],
        [hours(2), gap(hours(3), hours(2))],
      ],
    });

    expect(shown.gaps).toMatchObject([{ reason: "no complete read", startedAt: hours(2.1) }]);
  });

  test("still counts what is known to have drifted in it", async () => {
    const facts: Scene["facts"] = [[hours(1), gap(hours(2), hours(1))]];
    const shown = await asked({ facts, records: [drifting(ORDERS_API, { difference: ATTACHED })] });

    expect(shown.steps.at(-5)).toMatchObject({ drifting: 1, unread: 1 });
  });

  test.each([
    { account: { failing: { sinceMs: 0, reason: "denied" } }, reason: "denied", because: "reads that fail" },
    {
      account: { regionReads: { "eu-west-1": { sinceMs: 0, lastMs: NOW_MS - 3_600_000 } } },
      reason: "no complete read",
      because: "a read that is late",
    },
    { comparing: true, reason: "not compared since the controller started", because: "a start" },
    { account: { regionReads: {} }, reason: "never read completely", because: "an account without a read" },
  ])("goes on until now after $because", async ({ reason, account = {}, comparing = false }) => {
    const shown = await asked({ account, comparing });

    expect(shown.gaps).toMatchObject([{ account: "prod", until: null, reason }]);
    expect(shown.steps.at(-1)?.unread).toBe(1);
  });

  test("of one region leaves the other ones known", async () => {
    const regionReads = { ...READ, "us-east-1": { sinceMs: 0, lastMs: Date.parse(hours(1)) } };
    const shown = await asked({ account: { regionReads } });

    expect(shown.gaps).toMatchObject([{ regions: ["us-east-1"], until: null }]);
    expect(shown.steps.at(-1)).toMatchObject({ drifting: 0 });
  });

  test("is all that is before the record, for every caller", async () => {
    const history = timedEntries([[hours(6), STARTED]]);
    const shown = await asked({ state: { history } });

    expect(shown.gaps).toMatchObject([
      { account: null, since: hours(24), until: hours(6), reason: "the record has no older entries" },
    ]);
    expect(countsOf(shown)[0]).toBeNull();
    expect(shown.steps[0]?.unread).toBe(1);
    expect((await asked({ state: { history: [] } })).gaps).toMatchObject([{ until: TO }]);
  });

  test("before reads were recorded is known by the days between others without a long pause", async () => {
    const day = (date: string, longestGapMs: number): readonly [string, AuditFact] => [
      `${date}T23:59:59.000Z`,
      {
        kind: "control-ran",
        accountId: ACCOUNT,
        account: "prod",
        day: date,
        completeReads: 288,
        longestGapMs,
        functionsSeen: 1,
        functionsInGit: 1,
      },
    ];
    const days = ["21", "22", "23", "24", "25", "26", "27"].map((one) =>
      day(`2026-11-${one}`, one === "25" ? 9_000_000 : 300_000),
    );
    const regionReads = { "eu-west-1": { sinceMs: Date.parse("2026-11-28T00:05:00Z"), lastMs: NOW_MS } };
    const shown = await asked({ range: "7d", facts: days, account: { regionReads } });

    expect(shown.gaps.map(({ since, until }) => [since, until])).toEqual([
      ["2026-11-27T00:00:00.000Z", "2026-11-28T00:05:00.000Z"],
      ["2026-11-24T00:00:00.000Z", "2026-11-26T00:00:00.000Z"],
      ["2026-11-21T12:00:00.000Z", "2026-11-22T00:00:00.000Z"],
    ]);
  });
});
