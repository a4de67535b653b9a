/**
 * `npm run demo`: the story of a simulated AWS, a git server and the real controller.
 * `npm run demo -- --once --json` plays it once and leaves one JSON object on stdout.
 * `npm run demo -- --replicas 3` runs replicas on PostgreSQL instead.
 */
import { createColors } from "picocolors";
import { counted } from "../src/text/phrases.ts";
import { type Arguments, HELP, parseArguments } from "./arguments.ts";
import { demoReplicas } from "./replicas/demo-replicas.ts";
import { reportLines, titleLine, tryLines } from "./print.ts";
import { Closing, openStage, type Ports, type Stage } from "./stage.ts";
import { STEPS } from "./steps/all.ts";
import { functionCount } from "./steps/world-parts.ts";
import { playStep, type StepReport } from "./story.ts";

const FIXED: Ports = { git: 7_080, simulator: 7_081, api: 8_085, tls: 8_443 };
const ANY: Ports = { git: 0, simulator: 0, api: 0, tls: 0 };

const flags = argumentsOrEnd();
const isPlain = flags.json || (process.env["NO_COLOR"] ?? "") !== "";
const paint = createColors(process.stdout.isTTY && !isPlain);
const ending = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => ending.abort());

const closing = new Closing();
try {
  if (flags.kind === "play") await play();
  else await playReplicas(flags);
} catch (error) {
  if (!ending.signal.aborted) {
    process.exitCode = 1;
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  }
} finally {
  await closing.all();
}

function argumentsOrEnd(): Exclude<Arguments, { readonly kind: "help" | "refused" }> {
  const given = parseArguments(process.argv.slice(2));
  if (given.kind === "play" || given.kind === "replicas") return given;
  if (given.kind === "help") console.log(HELP);
  else console.error(given.message);
  process.exit(given.kind === "help" ? 0 : 1);
}

async function playReplicas(given: Extract<Arguments, { readonly kind: "replicas" }>): Promise<void> {
  const refusal = await demoReplicas({ ...given, paint, closing, ending });
  if (refusal === null) return;
  process.exitCode = 1;
  console.error(refusal);
}

async function play(): Promise<void> {
  const beganMs = performance.now();
  const stage = await openStage(flags.once ? ANY : FIXED, closing, ending.signal);
  print(heading(stage), "");
  const reports: StepReport[] = [];
  for (const [index, step] of STEPS.entries()) {
    print(titleLine(step, index + 1, paint));
    const report = await playStep(step, index + 1, stage);
    print(...reportLines(report, paint));
    reports.push(report);
    // The step failed, and later steps depend on it.
    if (report.lines.length === 0) break;
  }
  const happened = reports.length === STEPS.length && reports.every((report) => report.happened);
  if (!happened) process.exitCode = 1;
  if (flags.json) console.log(JSON.stringify(summary(stage, reports, performance.now() - beganMs), null, 2));
  if (flags.once) return;
  print("", ...tryLines(stage, stage.simulator.endpoint), "Ctrl-C ends everything.");
  await untilEnded(stage);
}

/** People's text; with --json stdout belongs to the one object. */
function print(...lines: readonly string[]): void {
  if (!flags.json) for (const line of lines) console.log(line);
}

function heading({ desired, ...stage }: Stage): string {
  const functions = functionCount({ desired, ...stage });
  const accounts = counted(desired.accounts.size, "account");
  return `Grantkeeper demo: simulated AWS (${accounts}), Git server (${counted(functions, "function")})`;
}

async function untilEnded({ controller }: Stage): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    ending.signal.addEventListener("abort", () => resolve(), { once: true });
    if (ending.signal.aborted) resolve();
  });
  await Promise.race([asked, controller.ended]);
}

function summary(stage: Stage, reports: readonly StepReport[], durationMs: number): object {
  return {
    happened: process.exitCode !== 1,
    durationMs: Math.round(durationMs),
    steps: reports,
    calls: stage.ledger.counts(),
  };
}
