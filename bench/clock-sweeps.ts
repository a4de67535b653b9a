/**
 * `node bin/launch.mjs bench/clock-sweeps.ts [functions]` measures how many calls a sweep by the clock makes while change
 * events arrive. A sweep every 30 s that reads each policy within 6 min has the share of one every 5 min within 1 h.
 * It writes bench/clock-sweeps.json.
 */
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { writeFileSync } from "node:fs";
import { BASE_ACCOUNT } from "../src/simulator/seed.ts";
import { generate } from "./generate.ts";
import {
  openSurroundings,
  startController,
  until,
  type Controller,
  type Surroundings,
} from "./installation.ts";
import { measureLife } from "./pass.ts";
import { ACCOUNT, REGION } from "./peers/bundles.ts";
import { addAdministrator } from "./peers/replay.ts";

type Calls = Readonly<Record<string, number>>;

interface ClockSweeps {
  readonly at: string;
  readonly functions: number;
  /** A complete read, as each sweep makes it without events. */
  readonly complete: Calls;
  /** One after the other, with events. */
  readonly withEvents: readonly Calls[];
}

const SWEEPS = 4;
/** No call of a sweep for so long: it has ended, and the next one has not begun. */
const QUIET_MS = 3_000;

const functions = Number(process.argv[2] ?? 500);
const report = (text: string): void => void process.stderr.write(`${text}\n`);

const surroundings = await openSurroundings(generate(functions), {
  sweep: "30s",
  settings: `resourcePolicies: { readWithin: 6m }
changeEvents: [{ queueUrl: "https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/changes", accounts: ["${ACCOUNT}"] }]
`,
});
try {
  const results = await measured(surroundings);
  const text = `${JSON.stringify(results, null, 2)}\n`;
  writeFileSync(new URL("clock-sweeps.json", import.meta.url), text);
  process.stdout.write(text);
} finally {
  await surroundings.close();
}

async function measured(installation: Surroundings): Promise<ClockSweeps> {
  const { endpoint } = installation;
  const administrator = await addAdministrator(endpoint);
  const delivery = {
    accountId: ACCOUNT,
    queueAccountId: BASE_ACCOUNT,
    region: "us-east-1",
    queue: "changes",
  };
  await fetch(`${endpoint}/_simulator/events`, { method: "POST", body: JSON.stringify(delivery) });
  const controller = await startController(installation, "state");
  try {
    report("converge");
    const { unchanged } = await measureLife(functions, installation, controller);
    const at = new Date().toISOString();
    const lambda = new LambdaClient({ endpoint, region: REGION, credentials: administrator.credentials });
    await changeOne(lambda, controller);
    lambda.destroy();
    const withEvents: Calls[] = [];
    // The first sweep after the event still reads everything.
    let before = await afterSweep(installation, controller);
    before = await afterSweep(installation, controller, before);
    while (withEvents.length < SWEEPS) {
      report(`sweep ${withEvents.length + 1}`);
      const after = await afterSweep(installation, controller, before);
      withEvents.push(difference(before, after));
      before = after;
    }
    return { at, functions, complete: ofSweep(unchanged.calls), withEvents };
  } finally {
    await controller.stop();
  }
}

/** Its event proves that events arrive. */
async function changeOne(lambda: LambdaClient, controller: Controller): Promise<void> {
  const [first] = await controller.api.list("functionpermissions");
  const FunctionName = first?.metadata.name ?? "";
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: "bench" }));
}

/** The calls so far, once a sweep has ended that began after those calls. */
async function afterSweep(
  aws: Pick<Surroundings, "counts">,
  { child }: Controller,
  before: Calls = {},
): Promise<Calls> {
  let seen = ofSweep(await aws.counts());
  let changedMs = performance.now();
  await until(
    "a sweep has ended",
    child,
    async () => {
      const now = ofSweep(await aws.counts());
      if (totalOf(now) !== totalOf(seen)) changedMs = performance.now();
      seen = now;
      const isNew = (now["iam:ListRoles"] ?? 0) > (before["iam:ListRoles"] ?? 0);
      return isNew && performance.now() - changedMs > QUIET_MS ? true : undefined;
    },
    { everyMs: 250 },
  );
  return seen;
}

/** Without the queue, which is read all the time, and the tags of functions, which coverage reads at times of its own. */
function ofSweep(calls: Calls): Calls {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => !/^(sqs|tag):/.test(name)));
}

function difference(before: Calls, after: Calls): Calls {
  const all = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(all.filter(([, count]) => count > 0));
}

function totalOf(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}
