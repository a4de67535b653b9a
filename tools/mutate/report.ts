import type { Equivalents } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import type { Verdict } from "./verdicts.ts";

export interface JudgedMutant {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

interface Counts {
  readonly mutants: number;
  readonly killed: number;
  readonly stopped: number;
  readonly explained: number;
  readonly unexplained: number;
}

export const isDetected = ({ verdict }: JudgedMutant): boolean =>
  verdict.kind === "killed" || verdict.kind === "stopped";

/** What an entry of equivalents.ts names. */
export function nameOf({ file, line, words }: Mutant): string {
  return `${file} | ${line} | ${words}`;
}

export function explainedNames(equivalents: readonly Equivalents[]): ReadonlySet<string> {
  return new Set(equivalents.flatMap(({ mutants }) => mutants));
}

/** Entries that name a mutant that is killed, or none at all; of the files of this run. */
export function staleNames(
  explained: ReadonlySet<string>,
  judged: readonly JudgedMutant[],
  files: ReadonlySet<string>,
): readonly string[] {
  const surviving = new Set(judged.filter((one) => !isDetected(one)).map(({ mutant }) => nameOf(mutant)));
  return [...explained].filter((name) => !surviving.has(name) && files.has(name.split(" | ", 1)[0] ?? ""));
}

export function countsOf(judged: readonly JudgedMutant[], explained: ReadonlySet<string>): Counts {
  const left = judged.filter((one) => !isDetected(one));
  const known = left.filter(({ mutant }) => explained.has(nameOf(mutant))).length;
  const stopped = judged.filter(({ verdict }) => verdict.kind === "stopped").length;
  return {
    mutants: judged.length,
    killed: judged.length - left.length - stopped,
    stopped,
    explained: known,
    unexplained: left.length - known,
  };
}

/** In per cent of all, the explained ones included. */
export function scoreOf({ mutants, killed, stopped }: Counts): number {
  return mutants === 0 ? 100 : ((killed + stopped) / mutants) * 100;
}

export interface Group {
  readonly subject: string;
  readonly files: readonly string[];
}

/** One line a file and one a subject, as a Markdown table. */
export function summaryTable(
  groups: readonly Group[],
  judged: readonly JudgedMutant[],
  explained: ReadonlySet<string>,
): string {
  const byFile = Map.groupBy(judged, ({ mutant }) => mutant.file);
  const row = (name: string, files: readonly string[]): string => {
    const counts = countsOf(
      files.flatMap((file) => byFile.get(file) ?? []),
      explained,
    );
    const { mutants, killed, stopped, unexplained } = counts;
    return `| ${name} | ${mutants} | ${killed} | ${stopped} | ${counts.explained} | ${unexplained} | ${scoreOf(counts).toFixed(1)} % |`;
  };
  const rows = groups.flatMap(({ subject, files }) => [
    ...files.map((file) => row(`\`${file}\``, [file])),
    row(`**${subject}**`, files),
  ]);
  return [
    "| What | Mutants | Killed | Stopped | Equivalent | Survived | Score |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
    row(
      "**all**",
      groups.flatMap(({ files }) => files),
    ),
  ].join("\n");
}
