/**
 * Mutation testing of the policy language: changes one part of a source at a time and reports which changes no test
 * notices. `npm run mutate`, or some files: `npm run mutate -- --file glob.ts`. Never writes to the sources.
 * Fails below the target, when a survivor is not explained, and when an explanation is out of date.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { refusedMutants } from "./mutate/compiler.ts";
import { EQUIVALENTS } from "./mutate/equivalents.ts";
import { hitText, mutantsOf, type Mutant } from "./mutate/mutants.ts";
import {
  countsOf,
  explainedNames,
  isDetected,
  nameOf,
  scoreOf,
  staleNames,
  summaryTable,
  type Group,
  type JudgedMutant,
} from "./mutate/report.ts";
import { Runner } from "./mutate/runner.ts";
import { TARGETS, TESTS } from "./mutate/targets.ts";
import { coverageOf, verdictOf, type Coverage, type Verdict } from "./mutate/verdicts.ts";

const TARGET_PER_CENT = 90;
const RESULTS = "coverage/mutation.json";
/** Each law is tried so often: a mutant that only a rare case shows is left to the tables. */
process.env["FC_RUNS"] ??= "10";

const { values: options } = parseArgs({ options: { file: { type: "string", multiple: true } } });
const wanted = options.file ?? [""];
const groups: readonly Group[] = [...TARGETS].map(([subject, patterns]) => ({
  subject,
  files: patterns
    .flatMap((pattern) => globSync(pattern).sort())
    .filter((file) => wanted.some((part) => file.includes(part))),
}));
const texts = new Map(
  groups.flatMap(({ files }) => files).map((file) => [file, readFileSync(file, "utf8")] as const),
);
/** Of what is tried: what changes while a run goes on is of another run. */
const inputs = inputsDigest();
const explained = explainedNames(EQUIVALENTS);
const runner = new Runner();
const judged = await judge(mutantsOf(texts));
runner.close();
process.exitCode = report(judged) ? 0 : 1;

async function judge(all: readonly Mutant[]): Promise<readonly JudgedMutant[]> {
  const refused = refusedMutants(all, texts);
  const mutants = all.filter(({ id }) => !refused.has(id));
  console.log(`${all.length} mutants in ${texts.size} files; the compiler refuses ${refused.size}`);
  const coverage = await cover(mutants);
  const known = knownVerdicts();
  const found: JudgedMutant[] = [];
  for (const mutant of mutants) {
    const { id, file, change } = mutant;
    const key = `${file} ${change.start} ${change.end} ${change.to}`;
    const verdict =
      known.get(key) ?? (await verdictOf(mutant, texts.get(file) ?? "", coverage.get(id) ?? [], runner));
    known.set(key, verdict);
    found.push({ mutant, verdict });
    if (isUnexplained({ mutant, verdict }))
      console.log(`${verdict.kind} at line ${mutant.lineNumber}: ${nameOf(mutant)}`);
    if (found.length % 200 === 0) remember(known, `${found.length} of ${mutants.length}`);
  }
  remember(known, "done");
  return found;
}

async function cover(mutants: readonly Mutant[]): Promise<Coverage> {
  const byFile = Map.groupBy(mutants, ({ file }) => file);
  const hitTexts = new Map([...texts].map(([file, text]) => [file, hitText(text, byFile.get(file) ?? [])]));
  const testFiles = TESTS.flatMap((pattern) => globSync(pattern).sort());
  const outcome = await runner.run({ kind: "cover", texts: hitTexts, testFiles }, 600_000);
  const answer = outcome.kind === "answered" ? outcome.answer : undefined;
  if (answer?.kind === "broken")
    throw new Error(`fails without any mutant: ${answer.test}: ${answer.reason}`);
  if (answer?.kind !== "covered") throw new Error("the tests do not end without any mutant");
  return coverageOf(answer.tests);
}

/** Of a run that was broken off: valid while nothing that could change them has changed. */
function knownVerdicts(): Map<string, Verdict> {
  if (!existsSync(RESULTS)) return new Map();
  const found = JSON.parse(readFileSync(RESULTS, "utf8")) as {
    readonly inputs: string;
    readonly verdicts: readonly [string, Verdict][];
  };
  return new Map(found.inputs === inputs ? found.verdicts : []);
}

function remember(known: ReadonlyMap<string, Verdict>, progress: string): void {
  console.log(progress);
  mkdirSync("coverage", { recursive: true });
  writeFileSync(RESULTS, JSON.stringify({ inputs, verdicts: [...known] }));
}

function inputsDigest(): string {
  const files = globSync([
    "src/{iam,model}/**/*.ts",
    "test/**/*.ts",
    "docs/*.md",
    "tools/mutate/*.ts",
  ]).sort();
  const hash = createHash("sha256").update(process.env["FC_RUNS"] ?? "");
  for (const file of files.filter((file) => !file.endsWith("equivalents.ts")))
    hash.update(`${file}\n${readFileSync(file, "utf8")}\n`);
  return hash.digest("hex");
}

function isUnexplained(one: JudgedMutant): boolean {
  return !isDetected(one) && !explained.has(nameOf(one.mutant));
}

function report(judged: readonly JudgedMutant[]): boolean {
  const stale = staleNames(explained, judged, new Set(texts.keys()));
  for (const name of stale) console.log(`explained, but killed or gone: ${name}`);
  console.log(`\n${summaryTable(groups, judged, explained)}`);
  const counts = countsOf(judged, explained);
  return counts.unexplained === 0 && stale.length === 0 && scoreOf(counts) >= TARGET_PER_CENT;
}
