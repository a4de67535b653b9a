/**
 * `node bin/launch.mjs bench/converge.ts [bundles]`, by default 1000: the time from the approval of the first enforcing pass
 * until every function matches Git, against the least time in which the request budgets allow its writes. A bundle is that of
 * bench/peers.ts: five writes to IAM and one to Lambda, in one account and region. The simulated AWS throttles at the published
 * limits, and the budgets are the defaults, so that 1,000 take at least 17 minutes.
 */
import { AWS_CALLS, permissionFor } from "../src/aws/calls/permissions.ts";
import type { ApiFamily } from "../src/aws/calls/calls.ts";
import { DEFAULT_BUDGETS } from "../src/aws/requests/budgets.ts";
import { WRITE_CALLS } from "../src/model/writes/write-calls.ts";
import { openSurroundings, startController } from "./installation.ts";
import { machine } from "./machine.ts";
import { measureLife } from "./pass.ts";
import { bundles, DECLARED_FAMILIES } from "./peers/bundles.ts";

const GOAL = 1.05;
/** For each bundle: a policy, a role, its document and two attachments, and a statement of its function. */
const NEEDED_WRITES = 6;

type Counts = Readonly<Record<string, number>>;

const count = Number(process.argv[2] ?? 1_000);
const measuredOn = machine();
const surroundings = await openSurroundings(bundles(count), { simulator: ["--limits"] });
try {
  const controller = await startController(surroundings, "state");
  const { converge, peakMemoryMib } = await measureLife(count, surroundings, controller);
  await controller.stop();
  const isWrite = ([call]: readonly [string, number]): boolean => Object.hasOwn(WRITE_CALLS, call);
  const writes = Object.fromEntries(Object.entries(converge.calls).filter(isWrite));
  const leastMs = leastMsOf(writes);
  const ratio = Math.round((converge.wallMs / leastMs) * 100) / 100;
  const results = {
    at: new Date().toISOString(),
    machine: measuredOn,
    bundles: count,
    wallMs: converge.wallMs,
    cpuMs: converge.cpuMs,
    peakMemoryMib,
    /** 1: nothing is written twice. */
    writesPerNeeded: sumOf(writes) / (count * NEEDED_WRITES),
    leastMs,
    ratio,
    isMet: ratio <= GOAL,
    /** With the reads that were made: far above `leastMs`, reads delay the writes. */
    leastMsWithReads: leastMsOf(converge.calls),
    calls: converge.calls,
  };
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} finally {
  await surroundings.close();
}

/** Of the family of calls that takes longest: a full bucket, of the requests of one second, and then its rate. */
function leastMsOf(calls: Counts): number {
  const seconds = DECLARED_FAMILIES.map((family) => {
    const requests = sumOf(callsOf(family, calls));
    return Math.max(0, requests / DEFAULT_BUDGETS[family] - 1);
  });
  return Math.round(Math.max(...seconds) * 1_000);
}

function callsOf(family: ApiFamily, calls: Counts): Counts {
  const own = AWS_CALLS.filter((call) => permissionFor(call).family === family);
  return Object.fromEntries(own.map((call) => [call, calls[call] ?? 0]));
}

function sumOf(calls: Counts): number {
  return Object.values(calls).reduce((sum, each) => sum + each, 0);
}
