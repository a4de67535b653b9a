import { describe, expect, test } from "@jest/globals";
import type { ObservedRole } from "../../../../src/adopt/evidence/accessed-use.ts";
import { actionParts, DAY_MS, type ActionUse } from "../../../../src/adopt/evidence/action-use.ts";
import { trailEvent } from "../../../../src/adopt/evidence/trail-event.ts";
import { TrailCollector } from "../../../../src/adopt/evidence/trail-usage.ts";
import { useByTrail, type TrailQuestion } from "../../../../src/adopt/evidence/trail-use.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const ACCOUNT = "111122223333";
const SHARED = `arn:aws:iam::${ACCOUNT}:role/path/shared`;

interface RecordSeed {
  readonly daysAgo?: number;
  readonly event?: string;
  readonly source?: string;
  readonly region?: string;
  readonly session?: string | null;
  readonly role?: string;
  readonly error?: string;
  readonly isData?: boolean;
  readonly account?: string;
}

function recordOf(seed: RecordSeed = {}): Readonly<Record<string, unknown>> {
  const { daysAgo = 1, event = "PurgeQueue", source = "sqs.amazonaws.com", region = "eu-west-1" } = seed;
  const { session = "orders", role = SHARED, account = ACCOUNT } = seed;
  const isData = seed.isData === true;
  return {
    eventVersion: "1.11",
    eventTime: new Date(NOW_MS - daysAgo * DAY_MS).toISOString(),
    eventSource: source,
    eventName: event,
    awsRegion: region,
    recipientAccountId: account,
    managementEvent: !isData,
    eventCategory: isData ? "Data" : "Management",
    ...(seed.error !== undefined && { errorCode: seed.error }),
    userIdentity:
      session === null
        ? { type: "IAMUser", userName: "ann" }
        : {
            type: "AssumedRole",
            principalId: `AROAEXAMPLE:${session}`,
            arn: `arn:aws:sts::${ACCOUNT}:assumed-role/shared/${session}`,
            sessionContext: { sessionIssuer: { type: "Role", arn: role, userName: "shared" } },
          },
  };
}

/** A calm trail: each day of the last weeks has an event of a user. */
function days(count: number, region = "eu-west-1"): readonly RecordSeed[] {
  return Array.from({ length: count }, (_, daysAgo) => ({
    daysAgo,
    region,
    session: null,
    event: "ListQueues",
  }));
}

const ROLE: ObservedRole = {
  name: "shared",
  arn: SHARED,
  createdAtMs: NOW_MS - 900 * DAY_MS,
  lastUsedAtMs: NOW_MS,
  functions: 2,
};

function useOf(action: string, seeds: readonly RecordSeed[], change: Partial<TrailQuestion> = {}): ActionUse {
  const collector = new TrailCollector(
    new Map([[ACCOUNT, new Map([[SHARED, new Set(["orders", "billing"])]])]]),
  );
  for (const seed of seeds) {
    const event = trailEvent(recordOf(seed));
    if (event === null) throw new Error("no event");
    collector.add(event);
  }
  const parts = actionParts(action);
  if (parts === null) throw new Error(action);
  return useByTrail(parts, collector.usage.get(ACCOUNT), {
    functionName: "orders",
    region: "eu-west-1",
    role: ROLE,
    regions: ["eu-west-1"],
    nowMs: NOW_MS,
    unread: 0,
    ...change,
  });
}

const RECORDED: RecordSeed = { session: null, event: "PurgeQueue", daysAgo: 3 };

describe("CloudTrail's files show", () => {
  test("the last use by the sessions of the function", () => {
    const use = useOf("sqs:PurgeQueue", [{ daysAgo: 9 }, { daysAgo: 4 }, { daysAgo: 7 }]);

    expect(use).toEqual({
      kind: "used",
      lastAtMs: NOW_MS - 4 * DAY_MS,
      because: "orders called it on 2026-11-21, by CloudTrail",
    });
  });

  test.each<{ readonly because: string; readonly seeds: readonly RecordSeed[]; readonly kind: string }>([
    {
      because: "a call of another function on the role is not its own",
      seeds: [{ session: "billing" }],
      kind: "not-seen",
    },
    { because: "a session of no function may be of any", seeds: [{ session: "awslambda_1" }], kind: "used" },
    { because: "a call of another role is not its own", seeds: [{ role: `${SHARED}2` }], kind: "not-seen" },
    { because: "a data event is a use", seeds: [{ isData: true }], kind: "used" },
    { because: "a call that failed was allowed", seeds: [{ error: "QueueDoesNotExist" }], kind: "used" },
    {
      because: "a denied call is no use, and not unused",
      seeds: [{ error: "AccessDenied" }],
      kind: "denied",
    },
    {
      because: "an allowed call is more than a denied one",
      seeds: [{ error: "AccessDenied" }, { daysAgo: 50 }, { error: "AccessDenied", daysAgo: 3 }],
      kind: "used",
    },
  ])("$because", ({ seeds, kind }) => {
    expect(useOf("sqs:PurgeQueue", [...days(100), RECORDED, ...seeds]).kind).toBe(kind);
  });

  test("no use over the days of the files", () => {
    expect(useOf("sqs:PurgeQueue", [...days(100), RECORDED])).toEqual({
      kind: "not-seen",
      days: 99,
      granularity: "action",
      confidence: "moderate",
      because: "no call in 99 days until 2026-11-25, by CloudTrail management events",
    });
  });

  test.each<{
    readonly because: string;
    readonly seeds: readonly RecordSeed[];
    readonly change?: Partial<TrailQuestion>;
    readonly reason: RegExp;
  }>([
    {
      because: "an event that no one caused is not known to be recorded",
      seeds: days(100),
      reason: /this kind of event is not recorded there/,
    },
    {
      because: "data events are recorded for some resources only",
      seeds: [...days(100), { ...RECORDED, isData: true }],
      reason: /not recorded there/,
    },
    {
      because: "a day without a file",
      seeds: [...days(100).filter(({ daysAgo }) => daysAgo !== 40), RECORDED],
      reason: /a gap: 2026-10-16 in eu-west-1/,
    },
    {
      because: "a region of the resource without files",
      seeds: [...days(100), RECORDED],
      change: { regions: ["eu-west-1", "us-east-1"] },
      reason: /every day in us-east-1/,
    },
    {
      because: "a file that was not read",
      seeds: [...days(100), RECORDED],
      change: { unread: 2 },
      reason: /2 CloudTrail files could not be read/,
    },
  ])("nothing about $because", ({ seeds, change, reason }) => {
    expect(useOf("sqs:PurgeQueue", seeds, change)).toMatchObject({
      kind: "unknown",
      because: expect.stringMatching(reason),
    });
  });

  test.each([
    { because: "a short window", change: {}, count: 90, days: 89 },
    { because: "resources that may be anywhere", change: { regions: null }, count: 100, days: 99 },
    {
      because: "a new role",
      change: { role: { ...ROLE, createdAtMs: NOW_MS - 9.5 * DAY_MS } },
      count: 100,
      days: 9,
    },
    { because: "old files", change: { nowMs: NOW_MS + 8 * DAY_MS }, count: 100, days: 100 },
  ])("weak evidence for $because", ({ change, count, days: window }) => {
    expect(useOf("sqs:PurgeQueue", [...days(count), RECORDED], change)).toMatchObject({
      kind: "not-seen",
      days: window,
      confidence: "weak",
    });
  });

  test("uses of a pattern, and nothing else about it", () => {
    expect(useOf("sqs:Purge*", [...days(100), {}]).kind).toBe("used");
    expect(useOf("sqs:?urgeQueue", [...days(100), {}]).kind).toBe("used");
    expect(useOf("sqs:Send*", [...days(100), {}]).kind).toBe("unknown");
    expect(useOf("s3:*", [...days(100), {}]).kind).toBe("unknown");
  });

  test("nothing about actions that other calls need", () => {
    expect(useOf("sqs:TagQueue", [...days(100), { ...RECORDED, event: "TagQueue" }]).kind).toBe("unknown");
  });

  test("nothing about an account without files", () => {
    const parts = actionParts("sqs:PurgeQueue");
    const question = { functionName: "x", region: "a", role: ROLE, regions: null, nowMs: 0, unread: 0 };

    expect(parts && useByTrail(parts, undefined, question).kind).toBe("unknown");
  });
});

describe("a record of CloudTrail", () => {
  test("names the action as IAM does, where only a version or the service differs", () => {
    const named = (event: string, source: string) => trailEvent(recordOf({ event, source }))?.action;

    expect(named("AddPermission20150331v2", "lambda.amazonaws.com")).toBe("lambda:addpermission");
    expect(named("PutMetricData", "monitoring.amazonaws.com")).toBe("cloudwatch:putmetricdata");
  });

  test.each([
    { because: "no object", record: 7 },
    { because: "no account", record: { ...recordOf(), recipientAccountId: "x" } },
    { because: "no region", record: { ...recordOf(), awsRegion: "EU" } },
    { because: "no time", record: { ...recordOf(), eventTime: "then" } },
    { because: "a time of another age", record: { ...recordOf(), eventTime: "0001-01-01T00:00:00Z" } },
    {
      because: "a time before all ages",
      record: { ...recordOf(), eventTime: "-200000-01-01T00:00:00Z" },
    },
    { because: "no service", record: { ...recordOf(), eventSource: "signin.example.com" } },
    { because: "no name", record: { ...recordOf(), eventName: "a b" } },
    { because: "a name without an end", record: { ...recordOf(), eventName: "x".repeat(1_000) } },
  ])("is none with $because", ({ record }) => {
    expect(trailEvent(record)).toBeNull();
  });

  test.each([
    { because: "a user", identity: { type: "IAMUser" } },
    { because: "nothing", identity: undefined },
    { because: "a session without its issuer", identity: { type: "AssumedRole", sessionContext: {} } },
    { because: "a session without a context", identity: { type: "AssumedRole", principalId: 7 } },
  ])("has no session of a role for $because", ({ identity }) => {
    expect(trailEvent({ ...recordOf(), userIdentity: identity })?.session).toBeNull();
  });

  test("of another account or role is not kept", () => {
    const collector = new TrailCollector(new Map([[ACCOUNT, new Map()]]));
    const add = (seed: RecordSeed): boolean => {
      const event = trailEvent(recordOf(seed));
      return event !== null && collector.add(event);
    };

    expect([add({ account: "444455556666" }), add({}), add({ session: null })]).toEqual([false, true, true]);
    expect([...collector.usage.keys()]).toEqual([ACCOUNT]);
    expect(collector.usage.get(ACCOUNT)?.calls.size).toBe(0);
  });
});

test("forged files with any number of regions make no collection of that size", () => {
  const collector = new TrailCollector(new Map([[ACCOUNT, new Map()]]));

  for (let at = 0; at < 1_000; at += 1) {
    const event = trailEvent(recordOf({ region: `region-${at}` }));
    if (event !== null) collector.add(event);
  }

  expect(collector.usage.get(ACCOUNT)?.days.size).toBe(200);
});
