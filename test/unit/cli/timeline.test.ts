import { describe, expect, test } from "@jest/globals";
import type { Timeline, TimelineDrift, TimelineGap } from "../../../src/model/reads/timeline.ts";
import { chartText, timelineLines } from "../../../src/cli/status/timeline-lines.ts";
import {
  changeWords,
  authorWords,
  highestBarText,
  isNoAuthor,
  endWords,
  gapPlace,
  gapReason,
  nowWords,
  openFor,
} from "../../../src/wording/timeline-words.ts";
import type { Attribution } from "../../../src/model/changes/attribution.ts";
import { lineText } from "../../../src/text/screen-line.ts";
import { KEY, REVISION } from "../../support/record/audit-facts.ts";
import { BY_ALICE, BY_ALICE_OR_BOB, BY_NO_ONE } from "../../support/screens/authors.ts";

const TO = "2026-11-28T12:00:00.000Z";
const step = (drifting: number | null, unread = 0) => ({ at: TO, drifting, unread });

function drift(change: Partial<TimelineDrift> = {}): TimelineDrift {
  const changes = ["+ AdministratorAccess attached to its role"];
  const since = "2026-11-28T11:48:00.000Z";
  return { key: KEY, since, lastCleanAt: null, ended: null, changes, risks: [], authors: [], ...change };
}

const by = (attribution: Attribution): TimelineDrift =>
  drift({ authors: [{ difference: "x", attribution }] });

const ENDED = { at: TO, how: "applied", entry: 9 } as const;

const GAP: TimelineGap = {
  account: "prod",
  regions: [],
  since: "2026-11-28T02:10:00.000Z",
  until: "2026-11-28T04:10:00.000Z",
  reason: "AccessDenied",
};

function timeline(change: Partial<Timeline> = {}): Timeline {
  return {
    from: "2026-11-27T12:00:00.000Z",
    to: TO,
    stepSeconds: 900,
    steps: Array.from({ length: 96 }, () => step(0)),
    accounts: 1,
    notCompared: 0,
    driftingPolicies: 0,
    drifting: [],
    ended: [],
    gaps: [],
    omitted: { drifting: 0, ended: 0, gaps: 0 },
    ...change,
  };
}

const NARROW = { width: 80, rowWidth: 80, isWide: false };
const linesOf = (change: Partial<Timeline>, layout = NARROW): readonly string[] =>
  timelineLines(timeline(change), { accounts: new Map([["111122223333", "prod"]]), layout }).map(lineText);

describe("the chart", () => {
  test.each([
    { steps: [step(0), step(0)], chart: "_", because: "steps of one column are all free of drift" },
    { steps: [step(0), step(3)], chart: "3", because: "the highest count of a column is shown" },
    { steps: [step(10), step(0)], chart: "+", because: "a count of two digits does not fit" },
    { steps: [step(0), step(0, 1)], chart: "?", because: "a part of the column was not read" },
    { steps: [step(null, 1), step(0)], chart: "?", because: "nothing was read in a part" },
    { steps: [step(1, 1), step(0)], chart: "1", because: "what is known to drift is shown" },
  ])("has $chart where $because", ({ steps, chart }) => {
    expect(chartText(steps, 1)).toBe(chart);
  });
});

describe("the first line", () => {
  test.each([
    { change: {}, text: "No drift found now" },
    { change: { drifting: [drift()] }, text: "Drifting now: 1 binding" },
    {
      change: { drifting: [drift(), drift()], driftingPolicies: 1 },
      text: "Drifting now: 1 binding, 1 policy",
    },
    { change: { drifting: [drift()], driftingPolicies: 1 }, text: "Drifting now: 1 policy" },
    {
      change: { drifting: [drift()], omitted: { drifting: 2, ended: 0, gaps: 0 }, notCompared: 1 },
      text: "Drifting now: 3 bindings; not known: 1 binding not compared",
    },
    {
      change: { gaps: [{ ...GAP, until: null }, GAP] },
      text: "No drift found now; not known: 1 of 1 account not read",
    },
    {
      change: { accounts: 3, gaps: [{ ...GAP, account: null, until: null }] },
      text: "No drift found now; not known: 3 of 3 accounts not read",
    },
    { change: { accounts: 0 }, text: "Drift is not known: no account is read" },
  ])("is $text", ({ change, text }) => {
    expect(nowWords(timeline(change))).toBe(text);
  });
});

describe("who made it", () => {
  test.each([
    { drift: drift(), text: "author not known" },
    { drift: by(BY_NO_ONE), text: "author not known" },
    {
      drift: { ...drift(), isBeforeFirstApply: true as const },
      text: "no author: a change of Git or of AWS, nothing was applied here yet",
    },
    { drift: { ...drift(), declaredIn: REVISION }, text: "Git (main@aaaaaaa), not applied yet" },
    {
      drift: { ...drift(), declaredIn: REVISION, declaredBy: ["Dana Ruiz"], ended: ENDED },
      text: "no author: a change of Git or of AWS, nothing had been applied here yet",
    },
    {
      drift: { ...drift(), declaredIn: REVISION, declaredBy: ["Dana", "Lee", "Sam", "Kim"] },
      text: "Git (main@aaaaaaa, commits by Dana and Lee and 2 others, unverified), not applied yet",
    },
    {
      drift: { ...drift(), declaredIn: REVISION, declaredByUnknown: "several revisions declared it" },
      text: "Git (main@aaaaaaa, author not known: several revisions declared it), not applied yet",
    },
    { drift: by(BY_ALICE), text: "alice@example.com via AWSReservedSSO_Admin from 203.0.113.7" },
    {
      drift: by(BY_ALICE_OR_BOB),
      text: "not certain: alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 or bob@example.com via AWSReservedSSO_Admin from 203.0.113.7",
    },
  ])("is $text", ({ drift: one, text }) => {
    expect(authorWords(one)).toBe(text);
    expect(isNoAuthor(authorWords(one))).toBe(text.includes("author") && !text.startsWith("Git"));
  });
});

test.each([
  { count: 1, text: "highest bar: 1 binding or policy" },
  { count: 19, text: "highest bar: 19 bindings and policies, not necessarily at the same time" },
])("the highest bar does not claim that all of it was at one time: $count", ({ count, text }) => {
  expect(highestBarText(count)).toBe(text);
});

test.each([
  { change: {}, text: "12m", because: "it drifts since it was seen first" },
  {
    change: { ended: ENDED, lastCleanAt: "2026-11-28T11:45:30.000Z" },
    text: "at most 14m 30s",
    because: "it may have begun after the last reading without it, as in status and in the history",
  },
  { change: { ended: ENDED }, text: "at least 12m", because: "the first reading showed it already" },
])("$text: $because", ({ change, text }) => {
  expect(openFor(drift(change), Date.parse(TO))).toBe(text);
});

test("a drift that has not ended has no end", () => {
  expect(endWords(drift())).toBeNull();
});

test("a gap names its account and regions, or all accounts", () => {
  expect(gapPlace({ ...GAP, regions: ["eu-west-1"] })).toBe("prod, eu-west-1");
  expect(gapPlace({ ...GAP, account: null })).toBe("all accounts");
});

test("the reason of a gap has the start of the controller in the zone of the screen", () => {
  const zone = { name: "Europe/Berlin", offsetMs: () => 3_600_000 };
  const stopped = { ...GAP, reason: "no complete read", startedAt: "2026-11-30T02:10:00.000Z" };
  const nowMs = Date.parse(TO);

  expect(gapReason(GAP, nowMs)).toBe("AccessDenied");
  expect(gapReason(stopped, nowMs)).toMatch(/^no complete read; the controller started at .*02:10:00Z$/);
  expect(gapReason(stopped, { nowMs, zone })).toMatch(/^no complete read; .*03:10:00$/);
});

describe("the screen", () => {
  const ended = drift({ risks: ["escalation"], ended: { at: TO, how: "reverted", entry: 9 } });

  test("shows what drifts, what ended and what is not known within 80 columns", () => {
    const lines = linesOf({ drifting: [by(BY_ALICE)], ended: [ended], gaps: [GAP, { ...GAP, until: null }] });

    expect(lines).toEqual(
      expect.arrayContaining([
        "Drifting",
        expect.stringMatching(/^orders\/orders-api@prod\/eu-west-1 +11:48:00Z +12m/),
        expect.stringContaining("risk: escalation"),
        expect.stringContaining("reverted by Grantkeeper, entry 9"),
        "Not known",
        expect.stringMatching(/^prod +02:10Z +04:10Z +AccessDenied$/),
        expect.stringMatching(/^prod +02:10Z +now +AccessDenied$/),
      ]),
    );
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test("has no tables where nothing is in them", () => {
    expect(linesOf({})).toHaveLength(5);
  });

  test("shortens long lists, and shows how to see the others", () => {
    const drifting = Array.from({ length: 25 }, () => drift());
    const gaps = Array.from({ length: 25 }, () => GAP);

    expect(linesOf({ drifting, gaps }).filter((line) => line === "5 more: -o wide")).toHaveLength(2);
    expect(linesOf({ drifting, gaps }, { ...NARROW, isWide: true }).join("\n")).not.toContain("more");
    const omitted = { drifting: 4, ended: 0, gaps: 6 };
    const lines = linesOf({ drifting, gaps, omitted });
    expect(lines).toEqual(expect.arrayContaining(["9 more", "11 more"]));
  });
});

test("differences of an earlier time that no entry shows are not known", () => {
  expect(changeWords(drift({ changes: [] }))).toEqual(["what differed then is not known"]);
});
