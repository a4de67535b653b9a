import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { EventTrust } from "../../src/controller/state/changes/event-trust.ts";
import { readChangeMessage } from "../../src/iam/trail/change-message.ts";
import { keptFunctions } from "../../src/judge/reads.ts";
import { recentWrites } from "../../src/diff/drift/recent-writes.ts";
import { unreportedChanges } from "../../src/judge/policy-reads/unreported-changes.ts";
import { READ_MAY_BE_OLD_MS } from "../../src/model/changes/event-proof.ts";
import { oldestPolicyReadMs, type LiveAccount, type LiveFunction } from "../../src/model/live.ts";
import { changeMessage } from "../support/aws/change-message.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { withFunction } from "../support/pass/apply.ts";
import { ACCOUNT_ID, binding, NOW_MS, REGION } from "../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, presentPolicy } from "../support/pass/live-state.ts";
import { keyNamed, MINUTE_MS, sweepOf } from "../support/pass/settled-keys.ts";

const NAMES = Array.from({ length: 14 }, (_, at) => `f${at}`);
const ACCOUNTS = new Set<string>([ACCOUNT_ID]);
const SWEEP_MS = 5 * MINUTE_MS;
const WITHIN_MS = 30 * MINUTE_MS;

/** What happens between two sweeps. */
interface Step {
  readonly kind: "nothing" | "change" | "recreate";
  readonly name: string;
  /** In tenths of an interval after the sweep. */
  readonly at: number;
  readonly event:
    | { readonly kind: "lost" }
    | { readonly kind: "arrives"; readonly afterMs: number; readonly times: number };
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("nothing" as const, "change" as const, "change" as const, "recreate" as const),
  name: fc.constantFrom(...NAMES),
  at: fc.integer({ min: 1, max: 9 }),
  event: fc.oneof(
    fc.constant({ kind: "lost" as const }),
    fc.record({
      kind: fc.constant("arrives" as const),
      afterMs: fc.constantFrom(1_000, 90_000, 12 * MINUTE_MS),
      times: fc.constantFrom(1, 2),
    }),
  ),
});

/** A function in AWS: each change and each new creation has a number of its own. */
interface Actual {
  readonly policy: number;
  readonly created: number;
  readonly changedMs: number;
}

class PolicyWorld {
  readonly actual = new Map<string, Actual>(
    NAMES.map((name) => [name, { policy: 0, created: 0, changedMs: 0 }]),
  );
  readonly trust = new EventTrust();
  readonly #arrivals: { readonly atMs: number; readonly name: string }[] = [];
  /** Changes whose event is lost, or has not arrived. */
  live: LiveAccount | null = null;
  nowMs = NOW_MS;

  happen({ kind, name, at, event }: Step): void {
    const atMs = this.nowMs + (at * SWEEP_MS) / 10;
    const before = this.actual.get(name);
    if (kind === "nothing" || before === undefined) return;
    const { policy, created } = before;
    this.actual.set(name, {
      policy: policy + 1,
      created: kind === "recreate" ? created + 1 : created,
      changedMs: atMs,
    });
    if (event.kind === "arrives")
      for (let time = 0; time < event.times; time += 1)
        this.#arrivals.push({ atMs: atMs + event.afterMs * (1 + time), name });
  }

  /** The events that arrive until then. */
  deliver(untilMs: number): void {
    for (const { atMs, name } of this.#arrivals.filter((one) => one.atMs <= untilMs))
      this.#receive(name, atMs);
    this.#arrivals.splice(0, Infinity, ...this.#arrivals.filter((one) => one.atMs > untilMs));
  }

  hasReported(name: string): boolean {
    return !this.#arrivals.some((one) => one.name === name);
  }

  #receive(functionName: string, atMs: number): void {
    const body = changeMessage({
      envelope: { source: "aws.lambda", region: REGION },
      record: {
        eventSource: "lambda.amazonaws.com",
        eventName: "AddPermission20150331v2",
        awsRegion: REGION,
        requestParameters: { functionName, statementId: "s" },
      },
    });
    const message = readChangeMessage(body, ACCOUNTS);
    this.trust.received(message, ACCOUNTS, atMs);
    if (message.kind === "change") this.trust.reported(message.event, atMs);
  }

  /** As AWS would be read now. */
  read(name: string): LiveFunction {
    const { policy, created } = this.actual.get(name) ?? { policy: 0, created: 0 };
    return liveFunctionOf(binding({}, { functionName: name }), {
      revisionId: String(created),
      policies: new Map([["", presentPolicy({ Sid: String(policy) })]]),
      policiesReadMs: this.nowMs,
    });
  }

  /** @returns the functions whose policies it kept */
  sweep(): ReadonlySet<string> {
    const before = this.live;
    const proof = this.trust.proofOf(ACCOUNT_ID, NOW_MS - MINUTE_MS, this.nowMs);
    const { subjects, pass } = sweepOf(
      NAMES.map((name) => ({ name })),
      {
        pass: { base: before, startedAtMs: this.nowMs },
        reads: { withinMs: WITHIN_MS, ...(proof && { proof }) },
      },
    );
    const known = keptFunctions(subjects, pass);
    const kept = new Set<string>();
    let after = emptyAccount({ observedAtMs: this.nowMs });
    for (const name of NAMES) {
      const found = this.read(name);
      const earlier = known.get(keyNamed(name));
      const isKept = earlier?.policiesReadMs !== undefined && earlier.revisionId === found.revisionId;
      if (isKept) kept.add(name);
      after = withFunction(after, REGION, isKept ? { ...earlier, policiesKept: true } : found);
    }
    if (before !== null && proof !== null)
      for (const change of unreportedChanges({ before, after, proof, writes: recentWrites([]) }))
        this.trust.unreported(ACCOUNT_ID, change, this.nowMs);
    this.trust.swept(ACCOUNT_ID, this.nowMs);
    this.live = after;
    return kept;
  }

  readingOf(name: string): LiveFunction | undefined {
    const at = this.live?.regions.get(REGION);
    return at?.kind === "read" ? at.functions.get(name) : undefined;
  }
}

/** Runs the steps with a sweep after each; checks after each sweep. */
function run(steps: readonly Step[], check: (world: PolicyWorld, kept: ReadonlySet<string>) => void): void {
  const world = new PolicyWorld();
  world.sweep();
  for (const one of steps) {
    world.happen(one);
    world.deliver(world.nowMs + SWEEP_MS);
    world.nowMs += SWEEP_MS;
    check(world, world.sweep());
  }
}

/** After each sweep of each drawn world. */
function hold(check: Parameters<typeof run>[1]): void {
  fc.assert(
    fc.property(steps, (drawn) => run(drawn, check)),
    { numRuns: FC_RUNS },
  );
}

const steps = fc.array(step, { minLength: 1, maxLength: 25 });

describe("with events that are lost, late or repeated", () => {
  test(
    "each policy shows what changed before its reading",
    () => {
      hold((world) => {
        const isOlder = (name: string): boolean =>
          (world.actual.get(name)?.changedMs ?? 0) <= (world.readingOf(name)?.policiesReadMs ?? 0);
        const older = NAMES.filter(isOlder);
        expect(older.map((name) => world.readingOf(name)?.policies.get(""))).toEqual(
          older.map((name) => presentPolicy({ Sid: String(world.actual.get(name)?.policy) })),
        );
      });
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "no reading becomes older than the bound, so that no change is missed for longer",
    () => {
      hold((world) => {
        for (const name of NAMES)
          expect(world.nowMs - (world.readingOf(name)?.policiesReadMs ?? 0)).toBeLessThanOrEqual(WITHIN_MS);
      });
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "nothing is kept that an event reported since its reading, or that was created again",
    () => {
      hold((world, kept) => {
        const changedMs = world.trust.proofOf(ACCOUNT_ID, 0, world.nowMs)?.changedMs.get(REGION);
        for (const name of kept) {
          const found = world.readingOf(name);
          const reportedMs = changedMs?.get(name) ?? -Infinity;
          expect(found?.policiesReadMs ?? 0).toBeGreaterThan(reportedMs + READ_MAY_BE_OLD_MS);
          expect(found?.revisionId).toBe(String(world.actual.get(name)?.created));
        }
      });
    },
    LAW_TIMEOUT_MS,
  );

  test(
    "the account is verified until its oldest reading",
    () => {
      hold((world) => {
        const readings = NAMES.map((name) => world.readingOf(name)?.policiesReadMs ?? 0);
        expect(oldestPolicyReadMs(world.live ?? emptyAccount()) ?? world.nowMs).toBe(Math.min(...readings));
      });
    },
    LAW_TIMEOUT_MS,
  );
});

test("the drawn worlds keep readings, and lose events", () => {
  let keptCount = 0;
  let lostCount = 0;
  fc.assert(
    fc.property(steps, (drawn) =>
      run(drawn, (world, kept) => {
        keptCount += kept.size;
        lostCount += world.trust.lostIn(ACCOUNT_ID, world.nowMs).length;
      }),
    ),
    { numRuns: 100, seed: 1 },
  );

  expect(keptCount).toBeGreaterThan(100);
  expect(lostCount).toBeGreaterThan(10);
});
