import { beforeEach, expect, test } from "@jest/globals";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { subjectOfOutcome, type KeyOutcome } from "../../../../src/settle/outcome/outcome.ts";
import { awsError } from "../../../support/fakes/fake-aws.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";
import { ReconcileWorld, writtenIn } from "./reconcile-world.ts";

const KEYS = Array.from(
  "abcdefghijklmnop",
  (name) => `function/111122223333/eu-west-1/orders/${name}` as Key,
);
const STATES = KEYS.map((key): DesiredBinding => {
  const name = key.slice(-1);
  const { role } = binding();
  const own = { ...role, name: `orders-${name}`, arn: `${role.arn}-${name}` } as DesiredBinding["role"];
  return { ...binding({}, { key, functionName: name }), role: own };
});
let passes: ReconcileWorld;

beforeEach(() => {
  passes = new ReconcileWorld();
  passes.start(emptyAccount());
  passes.isAwaited = () => false;
});

function written(outcomes: readonly KeyOutcome[]): readonly Extract<KeyOutcome, { kind: "written" }>[] {
  return outcomes.filter((one) => one.kind === "written");
}

function writesTake(ms: number): void {
  passes.aws.beforeWrite = () => passes.clock.set(passes.clock.nowMs() + ms);
}

test("a pass that writes for long reads the first keys back while it writes the others", async () => {
  writesTake(1_000);
  const writesBeforeRead: number[] = [];
  passes.aws.beforeRead = () => void writesBeforeRead.push(passes.aws.writes.length);

  const { outcomes } = await passes.run(STATES);

  expect(Math.min(...writesBeforeRead)).toBeLessThan(passes.aws.writes.length);
  expect(written(outcomes).map(({ readBack }) => readBack.kind)).toEqual(KEYS.map(() => "seen"));
});

test("a key that was read back early is compared as of that time: the value from before its write is no change by others", async () => {
  writesTake(3_000);
  const read = passes.aws.read.bind(passes.aws);
  const before: LiveAccount = passes.aws.live;
  let late = 0;
  passes.aws.read = async (request) => {
    const now = passes.aws.live;
    const isReadBack = request.roleNames.every((name) => now.roles.has(name.toLowerCase()));
    if (!isReadBack || late > 0) return read(request);
    late += 1;
    passes.aws.live = before;
    const answer = await read(request);
    passes.aws.live = now;
    return answer;
  };

  const { outcomes } = await passes.run(STATES);

  const drifts = written(outcomes).flatMap(({ readBack }) =>
    readBack.kind === "seen" ? readBack.drifts : [],
  );

  expect(drifts.length).toBeGreaterThan(0);
  expect(drifts.filter(({ certainty }) => certainty !== "pending")).toEqual([]);
});

test("a read-back that fails leaves its own keys undecided, and no others", async () => {
  writesTake(1_000);
  const read = passes.aws.read.bind(passes.aws);
  let reads = 0;
  passes.aws.read = async (request) => {
    reads += 1;
    passes.aws.readError = reads === 1 ? awsError("throttled") : null;
    return read(request);
  };

  const { outcomes } = await passes.run(STATES);

  const kinds = new Map(written(outcomes).map((one) => [subjectOfOutcome(one).key, one.readBack.kind]));
  expect([...kinds.values()].filter((kind) => kind === "not-read")).toHaveLength(8);
  expect([...kinds.values()].filter((kind) => kind === "seen")).toHaveLength(KEYS.length - 8);
});

test("a short pass reads everything together when it has written", async () => {
  const result = await passes.run(STATES);

  expect(passes.aws.reads).toHaveLength(1);
  expect(writtenIn(result).readBack.kind).toBe("seen");
});
