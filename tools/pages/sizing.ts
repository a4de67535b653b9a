import { readFileSync } from "node:fs";
import { AWS_CALLS, permissionFor } from "../../src/aws/calls/permissions.ts";
import { DEFAULT_BUDGETS } from "../../src/aws/requests/budgets.ts";
import type { ApiFamily } from "../../src/aws/calls/calls.ts";
import { counted } from "../../src/text/phrases.ts";
import { table } from "./fields.ts";
import { laidOut, withPart, type Page } from "./page.ts";

/** The part of bench/results.json that the page shows. */
interface Results {
  readonly at: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
  };
  /** Without `comparedMiddleMs`, from a bench before 0.2: it measured only when every account was compared. */
  readonly start: StartFigures;
  readonly startLarge?: StartFigures;
  readonly pass: {
    readonly bindings: number;
    readonly first: PassCost;
    readonly converge: PassCost;
    readonly unchanged: PassCost;
    readonly peakMemoryMib: number;
    readonly stateMib: number;
  };
  readonly push: { readonly functions: number; readonly peakMemoryMib: number };
}

interface StartFigures {
  readonly bindings: number;
  readonly middleMs: number;
  readonly comparedMiddleMs?: number;
}

interface PassCost {
  readonly wallMs: number;
  readonly calls: Readonly<Record<string, number>>;
}

const RESULTS = new URL("../../bench/results.json", import.meta.url);
const CLOCK_SWEEPS = new URL("../../bench/clock-sweeps.json", import.meta.url);

/** What bench/clock-sweeps.ts measured: the calls of sweeps, by operation. */
interface ClockSweeps {
  readonly at: string;
  readonly functions: number;
  readonly complete: PassCost["calls"];
  readonly withEvents: readonly PassCost["calls"][];
}
const SWEEPS_A_MONTH = (30 * 24 * 60) / 5;
/** @see https://aws.amazon.com/cloudtrail/pricing/ */
const DOLLARS_FOR_100_000_EVENTS = 2;

/** Written by people, but for the figures, which are those of the last `npm run bench`. */
export const sizingPage: Page = {
  path: "docs/operations/sizing.md",
  text: (before) => {
    const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Results;
    const sweeps = JSON.parse(readFileSync(CLOCK_SWEEPS, "utf8")) as ClockSweeps;
    const text = withPart(
      withPart(before, "machine", machineText(results)),
      "figures",
      figuresText(results.pass),
    );
    return laidOut(withPart(text, "clock sweeps", clockSweepsText(sweeps)));
  },
};

/** The first sweeps after the event still read what had no proof then. */
function clockSweepsText({ at, functions, complete, withEvents }: ClockSweeps): string {
  const later = withEvents.slice(1);
  const read = later.map((calls) => calls["lambda:GetPolicy"] ?? 0);
  const all = later.map(totalOf);
  const [leastRead, mostRead] = [Math.min(...read), Math.max(...read)];
  return `With [change events](../operating.md#policies-that-are-not-read-each-time), a sweep by the clock reads a share of the policies of functions. On ${at.slice(0, 10)},
${later.length} sweeps of ${functions} functions read ${leastRead} to ${mostRead} policies and made ${Math.min(...all)} to ${Math.max(...all)} calls; one without events reads ${complete["lambda:GetPolicy"] ?? 0}
and makes ${totalOf(complete)} (\`node bin/launch.mjs bench/clock-sweeps.ts\`). The figures above are of reads of everything, as after a start and for \`reconcile\`.`;
}

function totalOf(calls: PassCost["calls"]): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function machineText({ at, machine, start, startLarge, pass, push }: Results): string {
  const rows = [
    ["measured", `${at.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`],
    ...disturbances(machine),
    ...(startLarge === undefined
      ? []
      : [[`from the start to ready, ${startLarge.bindings} functions`, seconds(startLarge.middleMs)]]),
    [
      `from the start until every function is compared, ${start.bindings} functions`,
      seconds(start.comparedMiddleMs ?? start.middleMs),
    ],
    [`most memory of the process, ${pass.bindings} functions`, `${pass.peakMemoryMib} MiB`],
    [`most memory during a push of ${push.functions} functions`, `${push.peakMemoryMib} MiB`],
    [
      `the state directory, after each of ${pass.bindings} functions was written once`,
      `${pass.stateMib} MiB`,
    ],
  ];
  return table(["What", "Measured"], rows);
}

/** Times by the clock are too long if other programs need the cores. */
function disturbances({ cores, loadBefore }: Results["machine"]): readonly (readonly string[])[] {
  if (loadBefore <= cores) return [];
  const load = `the load average before the run was ${loadBefore} on ${counted(cores, "core")}: the times are too long`;
  return [["other programs ran next to it", load]];
}

function figuresText({ bindings, first, converge, unchanged }: Results["pass"]): string {
  const row = (what: string, cost: PassCost): readonly string[] => {
    const byFamily = callsByFamily(cost.calls);
    return [
      what,
      String(total(byFamily, ["iamRead"])),
      String(total(byFamily, ["iamWrite"])),
      String(total(byFamily, ["lambda", "lambdaGetPolicy"])),
      minutes(leastSeconds(byFamily)),
      seconds(cost.wallMs),
    ];
  };
  const events = total(callsByFamily(unchanged.calls), ["iamRead", "iamWrite", "lambda", "lambdaGetPolicy"]);
  const monthly = (events * SWEEPS_A_MONTH * DOLLARS_FOR_100_000_EVENTS) / 100_000;
  const passes = table(
    [
      `${bindings} functions`,
      "Reads of IAM",
      "Writes to IAM",
      "Calls of Lambda",
      "At least, on AWS",
      "On the simulator",
    ],
    [
      row("first read", first),
      row("first enforcing pass: each function gets a role", converge),
      row("read without a change", unchanged),
    ],
  );
  return `${passes}\n\nA read every five minutes is ${(events * SWEEPS_A_MONTH).toLocaleString("en-US")} calls in 30 days: $${monthly.toFixed(0)} for a second copy of management events in CloudTrail.`;
}

type ByFamily = ReadonlyMap<ApiFamily, number>;

/** STS has no limit of its own here. */
function callsByFamily(calls: PassCost["calls"]): ByFamily {
  const counts = new Map<ApiFamily, number>();
  for (const [call, count] of Object.entries(calls)) {
    const known = AWS_CALLS.find((name) => name === call);
    const family = known === undefined ? null : permissionFor(known).family;
    if (family !== null) counts.set(family, (counts.get(family) ?? 0) + count);
  }
  return counts;
}

function total(counts: ByFamily, families: readonly ApiFamily[]): number {
  return families.reduce((sum, family) => sum + (counts.get(family) ?? 0), 0);
}

/** The families do not wait for each other. */
function leastSeconds(counts: ByFamily): number {
  return Math.max(...[...counts].map(([family, count]) => count / DEFAULT_BUDGETS[family]));
}

function minutes(value: number): string {
  return value < 60 ? `${Math.ceil(value)} s` : `${(value / 60).toFixed(1)} min`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
