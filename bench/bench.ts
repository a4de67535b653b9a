/**
 * `npm run bench` measures speed, memory and calls. It prints one JSON object and writes it to bench/results.json;
 * `-- --quick` uses small sizes, takes about a minute, and writes nothing. Numbers of one run are comparable with each
 * other, not with those of another machine.
 */
import { writeFileSync } from "node:fs";
import { machine } from "./machine.ts";
import { measureAudit, type AuditCosts } from "./audit.ts";
import { measurePass, type PassCosts } from "./pass.ts";
import { measurePush, type PushCosts } from "./push.ts";
import { compileDiffPlanMs, judgingPercent, measureStages, type StageCosts } from "./stages.ts";
import { measureStart, type StartTimes } from "./start.ts";
import { type CommandTimes, measureReview, measureValidate } from "./commands.ts";

const FULL = {
  stages: [100, 1_000, 10_000],
  times: 5,
  pass: 1_000,
  start: 100,
  startLarge: 1_000,
  starts: 5,
  validate: 1_000,
  review: { manifests: 1_000, changed: 10 },
  entries: 10_000,
  push: 8_000,
};
const QUICK = {
  stages: [100, 1_000],
  times: 3,
  pass: 100,
  start: 100,
  startLarge: 100,
  starts: 1,
  validate: 1_000,
  review: { manifests: 1_000, changed: 10 },
  entries: 1_000,
  push: 800,
};

const quick = process.argv.includes("--quick");
const sizes = quick ? QUICK : FULL;
/** Before the measurements, as they are load too. */
const measuredOn = machine();
const report = (text: string): void => void process.stderr.write(`${text}\n`);

// The other processes come first, while this one, which serves their repository, is still small.
report("start");
const start = await measureStart(sizes.start, sizes.starts);
const startLarge = await measureStart(sizes.startLarge, sizes.starts);
report("validate");
const validate = await measureValidate(sizes.validate, sizes.starts);
report("review");
const review = await measureReview(sizes.review.manifests, sizes.review.changed, sizes.starts);
report("pass");
const pass = await measurePass(sizes.pass);
report("push");
const push = await measurePush(sizes.push);
report("stages");
const stages: StageCosts[] = [];
for (const bindings of sizes.stages) stages.push(await measureStages(bindings, sizes.times));
report("audit");
const audit = await measureAudit(sizes.entries);
const results = {
  at: new Date().toISOString(),
  quick,
  machine: measuredOn,
  goals: goals(),
  stages,
  audit,
  start,
  startLarge,
  validate,
  review,
  pass,
  push,
};
const text = `${JSON.stringify(results, null, 2)}\n`;
process.stdout.write(text);
if (!quick) writeFileSync(new URL("results.json", import.meta.url), text);

interface Goal {
  readonly goal: string;
  readonly limit: number;
  /** null: not measured at this size, or on this system. */
  readonly measured: number | null;
  readonly isMet: boolean | null;
}

function goals(): readonly Goal[] {
  const [small, large] = [stages.at(-2), stages.find(({ bindings }) => bindings === 10_000)];
  return [
    goal("compile, diff and plan of 10,000 parsed manifests, CPU ms", 1_000, planMs(large)),
    goal("judging 10,000 manifests, in percent of the CPU of compile, diff and plan", 50, judgingOf(large)),
    goal("validate of 1,000 manifests, ms", 3_000, commandOf(validate)),
    goal("review of 1,000 manifests, 10 of them changed, ms", 2_000, commandOf(review)),
    goal("cost of a binding at 10,000 against at 1,000", 1.5, growth(small, large)),
    goal("peak memory of the controller at 1,000 bindings, MiB", 200, memoryOf(pass)),
    goal("start to ready at 1,000 bindings, ms", 1_500, readyOf(startLarge)),
    goal("start until 100 bindings are compared, ms", 1_500, comparedOf(start)),
    goal(
      `an audit entry on disk before the next one, µs (a bare write and fsync in this run: ${microsecondsOf(audit.diskOnly)})`,
      200,
      microsecondsOf(audit.oneByOne),
    ),
    goal("verification of an audit entry of the record, µs", 10, microsecondsOf(audit.verifyRecord)),
    goal("longest wait for /healthz during a push of 8,000 functions, ms", 200, waitOf(push)),
  ];
}

function goal(name: string, limit: number, measured: number | null): Goal {
  return { goal: name, limit, measured, isMet: measured === null ? null : measured <= limit };
}

function planMs(costs: StageCosts | undefined): number | null {
  return costs === undefined ? null : compileDiffPlanMs(costs);
}

function judgingOf(costs: StageCosts | undefined): number | null {
  return costs === undefined ? null : judgingPercent(costs);
}

function commandOf({ bindings, middleMs }: CommandTimes): number | null {
  return bindings === 1_000 ? middleMs : null;
}

/** 1 means that ten times as many cost ten times as much. */
function growth(small: StageCosts | undefined, large: StageCosts | undefined): number | null {
  if (small === undefined || large === undefined) return null;
  const each = (costs: StageCosts): number => compileDiffPlanMs(costs) / costs.bindings;
  return Math.round((each(large) / each(small)) * 100) / 100;
}

function memoryOf({ bindings, peakMemoryMib }: PassCosts): number | null {
  return bindings === 1_000 ? peakMemoryMib : null;
}

function waitOf({ functions, healthMs }: PushCosts): number | null {
  return functions === 8_000 ? healthMs.longest : null;
}

function microsecondsOf({ entriesPerSecond }: AuditCosts["oneByOne"]): number {
  return Math.round(1_000_000 / entriesPerSecond);
}

function readyOf({ bindings, middleMs }: StartTimes): number | null {
  return bindings === 1_000 ? middleMs : null;
}

function comparedOf({ bindings, comparedMiddleMs }: StartTimes): number | null {
  return bindings === 100 ? comparedMiddleMs : null;
}
