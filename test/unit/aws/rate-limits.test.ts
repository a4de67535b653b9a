import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { TokenBucket, type Urgency } from "../../../src/aws/requests/token-bucket.ts";
import { CallRateLimits } from "../../../src/aws/requests/rate-limits.ts";
import { accountOf } from "../../wire/aws/aws-world.ts";
import { FakeClock, settled } from "../../support/fakes/fake-clock.ts";

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

/** Takes one token and records the time at which it was granted. */
function take(bucket: TokenBucket, clock: FakeClock, urgency: Urgency = "read"): { atMs: number | null } {
  const used: { atMs: number | null } = { atMs: null };
  bucket.take(urgency, stop.signal).then(
    () => (used.atMs = clock.nowMs()),
    () => undefined,
  );
  return used;
}

/** The most that any window holds beyond what the rate gives in its time: never more than the burst. */
function mostOverRate(times: readonly number[], rate: number): number {
  const windows = times.flatMap((startMs, from) =>
    times.slice(from).map((endMs, length) => length + 1 - ((endMs - startMs) / 1_000) * rate),
  );
  return Math.max(0, ...windows);
}

describe("a bucket", () => {
  test("allows a burst of one second's requests, then requests at the rate", async () => {
    const clock = new FakeClock(1_000_000);
    const startMs = clock.nowMs();
    const bucket = new TokenBucket(5, clock);
    const used = Array.from({ length: 15 }, () => take(bucket, clock, "write"));

    await settled();
    expect(used.filter((each) => each.atMs !== null)).toHaveLength(5);
    await clock.pass(1_000);
    expect(used.filter((each) => each.atMs !== null)).toHaveLength(10);
    await clock.pass(1_000);
    expect(used.map((each) => each.atMs)).not.toContain(null);
    expect(used.at(-1)?.atMs).toBe(startMs + 2_000);
  });

  test("never grants more in any window than burst and rate allow, and grants all in the end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ gapMs: fc.nat(400), urgency: fc.constantFrom<Urgency>("read", "write", "background") }),
          {
            maxLength: 40,
          },
        ),
        fc.integer({ min: 1, max: 10 }),
        async (arrivals, budget) => {
          const clock = new FakeClock(1_000_000);
          const bucket = new TokenBucket(budget, clock);
          const used: { atMs: number | null }[] = [];
          for (const { gapMs, urgency } of arrivals) {
            await clock.pass(gapMs);
            used.push(take(bucket, clock, urgency));
          }
          await clock.pass(60_000);
          const times = used.map((each) => each.atMs ?? Infinity).sort((a, b) => a - b);
          expect(times).not.toContain(Infinity);
          expect(mostOverRate(times, budget)).toBeLessThanOrEqual(budget + 1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("prefers writes over reads that wait longer", async () => {
    const clock = new FakeClock(1_000_000);
    const bucket = new TokenBucket(5, clock);
    const reads = Array.from({ length: 20 }, () => take(bucket, clock));
    await settled();

    const write = take(bucket, clock, "write");

    await settled();
    expect(write.atMs).toBe(clock.nowMs());
    expect(reads.filter((each) => each.atMs !== null)).toHaveLength(4);
  });

  test("prefers reads over those in the background that wait longer, and keeps a part of its burst for them", async () => {
    const clock = new FakeClock(1_000_000);
    const bucket = new TokenBucket(10, clock);
    const background = Array.from({ length: 20 }, () => take(bucket, clock, "background"));
    await settled();
    const granted = background.filter((each) => each.atMs !== null).length;

    const reads = Array.from({ length: 7 }, () => take(bucket, clock));

    await settled();
    expect(granted).toBe(5);
    expect(reads.filter((each) => each.atMs === clock.nowMs())).toHaveLength(3);
    await clock.pass(400);
    expect(reads.filter((each) => each.atMs !== null)).toHaveLength(7);
    expect(background.filter((each) => each.atMs !== null)).toHaveLength(granted);
  });

  test("grants a read in the background after 5 seconds, however many others arrive", async () => {
    const clock = new FakeClock(1_000_000);
    const bucket = new TokenBucket(5, clock);
    const dueMs = clock.nowMs() + 5_000;
    const arrive = (): void => void Array.from({ length: 10 }, () => take(bucket, clock));
    arrive();
    const background = take(bucket, clock, "background");

    for (let second = 0; second < 20; second += 1) {
      arrive();
      await clock.pass(1_000);
    }

    expect(background.atMs).toBeGreaterThanOrEqual(dueMs);
    expect(background.atMs).toBeLessThan(dueMs + 1_000);
  });

  test("halves its rate when throttled, once a second, and grows back", async () => {
    const clock = new FakeClock(1_000_000);
    const bucket = new TokenBucket(8, clock);

    bucket.throttled();
    bucket.throttled();
    expect(bucket.rate).toBe(4);
    await clock.pass(1_000);
    bucket.throttled();
    expect(bucket.rate).toBeCloseTo(2.08);
    for (let second = 0; second < 10; second += 1) {
      await clock.pass(1_000);
      bucket.throttled();
    }
    expect(bucket.rate).toBeGreaterThanOrEqual(0.5);
    await clock.pass(60_000);
    expect(bucket.rate).toBe(8);
  });

  test("drops aborted requests", async () => {
    const clock = new FakeClock(1_000_000);
    const bucket = new TokenBucket(1, clock);
    take(bucket, clock, "write");
    const abandon = new AbortController();
    const given = bucket.take("write", abandon.signal);
    const next = take(bucket, clock, "write");

    abandon.abort(new Error("stopping"));

    await expect(given).rejects.toThrow("stopping");
    await clock.pass(1_000);
    expect(next.atMs).toBe(clock.nowMs());
    await expect(bucket.take("read", AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  });
});

describe("pace", () => {
  const budgets = {
    iamRead: 2,
    iamWrite: 1,
    lambda: 1,
    lambdaGetPolicy: 1,
    organizations: 1,
    tagging: 5,
    cloudformation: 1,
    ssm: 1,
    cloudtrail: 1,
    events: 1,
  };

  test("separates accounts, regions and families, and prefers the manifest's budget over the default", async () => {
    const clock = new FakeClock(1_000_000);
    const pace = new CallRateLimits(budgets, clock);
    const account = accountOf({ budgets: { lambda: 3 } });
    let count = 0;
    const start = (region: string, family: "lambda" | "lambdaGetPolicy"): void => {
      const lane = pace.limitOf({ account, region, family, urgency: "write" });
      void lane.take(stop.signal).then(
        () => (count += 1),
        () => undefined,
      );
    };

    for (let index = 0; index < 5; index += 1) start("eu-west-1", "lambda");
    start("us-east-1", "lambda");
    start("eu-west-1", "lambdaGetPolicy");
    await settled();

    expect(count).toBe(5); // 3 of the 5, and one of each other
  });

  test("follows a changed budget", async () => {
    const clock = new FakeClock(1_000_000);
    const pace = new CallRateLimits(budgets, clock);
    const call = { account: accountOf(), region: null, family: "iamWrite", urgency: "write" } as const;
    await pace.limitOf(call).take(stop.signal);

    const lane = pace.limitOf({ ...call, account: accountOf({ budgets: { iamWrite: 100 } }) });
    const used = lane.take(stop.signal).then(() => clock.nowMs());
    const startMs = clock.nowMs();
    await clock.pass(1_000);

    expect((await used) - startMs).toBe(10);
  });

  test("are listed with their present rate and the requests that wait", async () => {
    const clock = new FakeClock(1_000_000);
    const limits = new CallRateLimits(budgets, clock);
    const account = accountOf({ budgets: { iamWrite: 2 } });
    const write = limits.limitOf({ account, region: null, family: "iamWrite", urgency: "write" });
    limits.limitOf({ account, region: "eu-west-1", family: "lambda", urgency: "read" });
    await write.take(stop.signal);
    write.throttled();
    write.take(stop.signal).catch(() => undefined);

    expect(limits.list()).toMatchObject([
      { accountId: account.id, region: "eu-west-1", family: "lambda", waiting: 0 },
      { accountId: account.id, region: null, family: "iamWrite", budget: 2, rate: 1, waiting: 1 },
    ]);
    await clock.pass(60_000);
    expect(limits.list()[1]).toMatchObject({ rate: 2, waiting: 0 });
  });

  test("the simulator has the limits that an account declares", async () => {
    const account = accountOf({ budgets: { lambda: 3 } });
    const limits = new CallRateLimits("unlimited", new FakeClock(1_000_000));

    for (const family of ["lambda", "iamRead"] as const)
      await limits.limitOf({ account, region: null, family, urgency: "write" }).take(stop.signal);

    expect(limits.list()).toMatchObject([{ family: "lambda", budget: 3 }]);
  });

  test("without a limit never waits, but observes the abort signal", async () => {
    const lane = new CallRateLimits("unlimited", new FakeClock(1_000_000)).limitOf({
      account: accountOf(),
      region: null,
      family: "iamRead",
      urgency: "read",
    });
    for (let index = 0; index < 1_000; index += 1) await lane.take(stop.signal);
    lane.throttled();

    await lane.take(stop.signal);
    await expect(lane.take(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  });
});
