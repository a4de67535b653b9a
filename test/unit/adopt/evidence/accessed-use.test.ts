import { describe, expect, test } from "@jest/globals";
import { useByReport, type ObservedRole } from "../../../../src/adopt/evidence/accessed-use.ts";
import {
  actionParts,
  confidenceOf,
  DAY_MS,
  useOfAll,
  useOfSources,
  weakest,
  type ActionParts,
  type ActionUse,
} from "../../../../src/adopt/evidence/action-use.ts";
import type { RoleAccess, ServiceAccess } from "../../../../src/adopt/estate/role-access.ts";
import { known, notCalled } from "../../../../src/adopt/estate/estate.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const USED_MS = Date.parse("2026-11-01T12:00:00Z");

function roleOf(change: Partial<ObservedRole> = {}): ObservedRole {
  const createdAtMs = NOW_MS - 900 * DAY_MS;
  return {
    name: "orders",
    arn: "arn:aws:iam::111122223333:role/orders",
    createdAtMs,
    lastUsedAtMs: USED_MS,
    functions: 1,
    ...change,
  };
}

function parts(action: string): ActionParts {
  const found = actionParts(action);
  if (found === null) throw new Error(action);
  return found;
}

function report(services: Readonly<Record<string, ServiceAccess>>): RoleAccess {
  return { reportedAtMs: NOW_MS, services: new Map(Object.entries(services)) };
}

const REPORT = report({
  sqs: {
    lastAtMs: USED_MS,
    actions: new Map([
      ["purgequeue", null],
      ["getqueueurl", USED_MS],
    ]),
  },
  s3: { lastAtMs: null, actions: new Map() },
  iam: { lastAtMs: null, actions: new Map() },
});

describe("IAM's report of a role", () => {
  test.each([
    {
      action: "s3:GetObject",
      kind: "not-seen",
      because: "a service without an attempt, data events included",
    },
    { action: "s3:*", kind: "not-seen", because: "a pattern of a service without an attempt" },
    { action: "sqs:PurgeQueue", kind: "not-seen", because: "a tracked action without an attempt" },
    { action: "SQS:GetQueueUrl", kind: "used", because: "a tracked action with an attempt, in any spelling" },
    { action: "sqs:SendMessage", kind: "unknown", because: "an action that the report does not list" },
    { action: "sqs:Get*", kind: "unknown", because: "a pattern of a service with an attempt" },
    { action: "dynamodb:GetItem", kind: "unknown", because: "a service that the report does not cover" },
    { action: "iam:PassRole", kind: "unknown", because: "an action that no report shows" },
    { action: "s3:TagResource", kind: "unknown", because: "tags that another call sets" },
  ])("shows $action as $kind: $because", ({ action, kind }) => {
    expect(useByReport(parts(action), roleOf(), known(REPORT)).kind).toBe(kind);
  });

  test("that was not read shows nothing", () => {
    const use = useByReport(parts("s3:GetObject"), roleOf(), notCalled("iam:GetServiceLastAccessedDetails"));

    expect(use).toEqual({
      kind: "unknown",
      because: "the report of role orders was not read: iam:GetServiceLastAccessedDetails was not called",
    });
  });

  test.each([
    { ageDays: 900, days: 400, confidence: "strong", because: "IAM tracks 400 days" },
    { ageDays: 366, days: 366, confidence: "strong", because: "a year and a day" },
    { ageDays: 364, days: 364, confidence: "moderate", because: "a job of the year's end may be missing" },
    { ageDays: 90, days: 90, confidence: "moderate", because: "a quarter" },
    { ageDays: 89, days: 89, confidence: "weak", because: "less than a quarter" },
    { ageDays: 1, days: 1, confidence: "weak", because: "a complete day" },
  ])("of a role of $ageDays days has the window $days: $because", ({ ageDays, days, confidence }) => {
    const role = roleOf({ createdAtMs: NOW_MS - ageDays * DAY_MS });

    expect(useByReport(parts("s3:GetObject"), role, known(REPORT))).toMatchObject({ days, confidence });
  });

  test.each([{ ageDays: 0.9 }, { ageDays: 0 }, { ageDays: -1 }])(
    "of a role of $ageDays days is no evidence yet",
    ({ ageDays }) => {
      const role = roleOf({ createdAtMs: NOW_MS - ageDays * DAY_MS });

      expect(useByReport(parts("s3:GetObject"), role, known(REPORT))).toEqual({
        kind: "unknown",
        because: "no evidence yet: role orders is younger than a day",
      });
    },
  );

  test.each([
    { lastUsedAtMs: null, because: /the role itself was not used/ },
    { lastUsedAtMs: "unknown" as const, because: /the use of the role is not known/ },
  ])(
    "of a role that nothing is known to use is weak evidence: $lastUsedAtMs",
    ({ lastUsedAtMs, because }) => {
      const use = useByReport(parts("s3:GetObject"), roleOf({ lastUsedAtMs }), known(REPORT));

      expect(use).toMatchObject({ confidence: "weak", because: expect.stringMatching(because) });
    },
  );

  test.each([
    { functions: 3, end: ", for one of its 3 functions" },
    { functions: null, end: ", and whether other functions have it is not known" },
  ])("of a role that is shared, or may be, does not show which function used it: $functions", (role) => {
    const { end, ...change } = role;

    const use = useByReport(parts("sqs:GetQueueUrl"), roleOf(change), known(REPORT));

    expect(use).toEqual({ kind: "unknown", because: `role orders attempted it on 2026-11-01${end}` });
  });
});

const used = (day: number): ActionUse => ({ kind: "used", lastAtMs: day * DAY_MS, because: `used ${day}` });
const denied: ActionUse = { kind: "denied", lastAtMs: DAY_MS, because: "denied" };
const unknown: ActionUse = { kind: "unknown", because: "unknown" };
const notSeen = (days: number): ActionUse => {
  const [granularity, because] = ["action", `not seen in ${days}`] as const;
  return { kind: "not-seen", days, granularity, confidence: confidenceOf(days), because };
};

describe("uses of several parts", () => {
  test.each<{ readonly because: string; readonly uses: readonly ActionUse[]; readonly use: ActionUse }>([
    { because: "the latest use counts", uses: [used(1), notSeen(400), used(3), used(2)], use: used(3) },
    { because: "a use is more than a denied call", uses: [denied, used(1)], use: used(1) },
    { because: "a denied call may show a need", uses: [notSeen(400), denied, unknown], use: denied },
    { because: "one unknown part leaves all unknown", uses: [notSeen(400), unknown], use: unknown },
    { because: "the shortest window counts", uses: [notSeen(400), notSeen(91)], use: notSeen(91) },
    { because: "without evidence", uses: [], use: { kind: "unknown", because: "there is no evidence" } },
  ])("$because", ({ uses, use }) => {
    expect(useOfAll(uses)).toEqual(use);
    expect(useOfAll(uses.toReversed())).toEqual(use);
  });

  test("have the weakest confidence of them", () => {
    const weak = { ...notSeen(400), confidence: "weak" } as ActionUse;

    expect(useOfAll([weak, notSeen(100)])).toMatchObject({ days: 100, confidence: "weak" });
    expect(weakest([])).toBe("weak");
  });
});

describe("uses by several sources", () => {
  test.each<{ readonly because: string; readonly uses: readonly ActionUse[]; readonly use: ActionUse }>([
    { because: "a use in one source is a use", uses: [notSeen(400), used(1)], use: used(1) },
    { because: "a denied call in one source stays one", uses: [notSeen(400), denied], use: denied },
    { because: "a source that knows is better", uses: [unknown, notSeen(91)], use: notSeen(91) },
    { because: "the stronger evidence counts", uses: [notSeen(91), notSeen(400)], use: notSeen(400) },
    { because: "of equal ones the longer window", uses: [notSeen(91), notSeen(95)], use: notSeen(95) },
    { because: "nothing is known by none", uses: [unknown], use: unknown },
  ])("$because", ({ uses, use }) => {
    expect(useOfSources(uses)).toEqual(use);
    expect(useOfSources(uses.toReversed())).toEqual(use);
  });
});

test.each(["*", "s3", "*:GetObject", ":x"])("%s is not an action of one service", (action) => {
  expect(actionParts(action)).toBeNull();
});
