import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { TokenBucket, type Urgency } from "../../../src/aws/requests/token-bucket.ts";
import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { withFunction, withRole } from "../../support/pass/apply.ts";
import { binding } from "../../support/pass/bindings.ts";
import { liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { FakeController, manifests, READ_ORDERS } from "../../support/fakes/fake-controller.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";

const ACCOUNT = "111122223333" as AccountId;
const REGION = "eu-west-1" as Region;
const NAMES = Array.from({ length: 100 }, (_, at) => `f${at}`);
const WRITES_PER_SECOND = 5;
const HOUR_MS = 3_600_000;
const SIGNAL = new AbortController().signal;

const EXISTS = { kind: "fails", error: awsError("replan", { code: "EntityAlreadyExists" }) } as const;

let fake: FakeController;
let aws: FakeAws;
/** When each write was made. */
let writtenMs: number[];
let sweeps: number;

/** Reads and writes take the time that their budgets allow. */
function pace(): void {
  const { clock } = fake;
  const buckets = {
    writes: new TokenBucket(WRITES_PER_SECOND, clock),
    reads: new TokenBucket(10, clock),
  };
  const take = async (count: number, urgency: Urgency): Promise<void> => {
    for (let at = 0; at < count; at += 1) await buckets.reads.take(urgency, SIGNAL);
  };
  const [read, sweep, apply] = [aws.read.bind(aws), aws.sweep.bind(aws), aws.apply.bind(aws)] as const;
  aws.sweep = async (request): ReturnType<LiveState["sweep"]> => {
    sweeps += 1;
    await take(request.functions.length, "background");
    return sweep(request);
  };
  aws.read = async (request): ReturnType<LiveState["read"]> => {
    const isThere = (name: string): boolean => aws.live.roles.get(name.toLowerCase())?.kind === "present";
    const found = request.roleNames.filter(isThere).length;
    const calls = request.roleNames.length + 4 * found + Math.sign(request.policyArns.length);
    await take(calls, request.urgency ?? "read");
    return read(request);
  };
  aws.apply = async (action, context) => {
    await buckets.writes.take("write", SIGNAL);
    writtenMs.push(clock.nowMs());
    await clock.sleep(100, SIGNAL);
    return apply(action, context);
  };
}

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  writtenMs = [];
  sweeps = 0;
  const declared = Object.fromEntries(NAMES.map((name) => [name, READ_ORDERS]));
  for (const name of NAMES) {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
    const own = {
      name,
      arn: arn as Arn,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}-${REGION}`,
    };
    aws.live = withFunction(aws.live, REGION, liveFunctionOf(binding(), own));
  }
  fake.source.push(manifests(declared));
  await fake.start({ sweepMs: HOUR_MS });
  await fake.clock.pass(2_000);
  pace();
  sweeps = 0;
});

afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(60_000);
  await stopped;
});

const keyOf = (name: string): Key => `function/${ACCOUNT}/${REGION}/orders/${name}` as Key;
const isSynced = (name: string): boolean => fake.store.records.get(keyOf(name))?.status?.sync === "Synced";

describe("the first roll-out of a large account", () => {
  test("takes no longer than its budget of writes, from the approval until the last write", async () => {
    const approvedMs = fake.clock.nowMs();
    await fake.approveAll();

    await fake.clock.pass(100_000);

    const leastMs = ((aws.writes.length - WRITES_PER_SECOND) / WRITES_PER_SECOND) * 1_000;
    const tookMs = (writtenMs.at(-1) ?? Infinity) - approvedMs;
    expect([aws.writes.length, sweeps]).toEqual([2 * NAMES.length, 0]);
    expect(tookMs / leastMs).toBeLessThan(1.05);
    expect(NAMES.filter((name) => !isSynced(name))).toEqual([]);
  });

  test("does not write a role that someone created after the approval: the conflict is reported", async () => {
    await fake.approveAll();
    await fake.clock.pass(5_000);
    const [last = ""] = NAMES.slice(-1);
    const foreign = liveRoleOf(binding(), { name: `${last}-${REGION}`, tags: [] });
    aws.live = withRole(aws.live, foreign);
    aws.mishap = ({ key, call }) => (key === keyOf(last) && call === "iam:CreateRole" ? EXISTS : null);

    await fake.clock.pass(120_000);

    expect(aws.writes.filter(({ key }) => key === keyOf(last))).toEqual([]);
    expect(fake.condition(keyOf(last), "Ready")).toBe("False OwnershipConflict");
    expect(NAMES.filter((name) => !isSynced(name))).toEqual([last]);
  });

  test("answers a request before it ends, and then goes on", async () => {
    await fake.approveAll();
    await fake.clock.pass(20_000);

    await fake.control.reconcile({ kind: "keys", keys: [keyOf("f0")] }, "dana");
    await until(() => isSynced("f0"));
    const atAnswer = aws.writes.length;
    await until(() => NAMES.every(isSynced));

    expect(atAnswer).toBeLessThan(1.5 * NAMES.length);
    expect([aws.writes.length, sweeps]).toEqual([2 * NAMES.length, 0]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (let seconds = 0; seconds < 300 && !isSo(); seconds += 1) await fake.clock.pass(1_000);
}
