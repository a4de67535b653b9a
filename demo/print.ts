import type { createColors } from "picocolors";
import type { Step, StepReport } from "./story.ts";

const INDENT = "   ";
const BY_COLUMN = 48;

/** What makes colours; plain text where no terminal shows them. */
type Paint = ReturnType<typeof createColors>;

export function titleLine(step: Step, number: number, paint: Paint): string {
  const title = `${number}  ${step.title}`;
  if (step.by === null) return paint.bold(title);
  return `${paint.bold(title)}${" ".repeat(Math.max(2, BY_COLUMN - title.length))}${paint.dim(step.by)}`;
}

/** What was seen, and every claim that does not hold. */
export function reportLines(report: StepReport, paint: Paint): readonly string[] {
  const broken = report.checks.filter((check) => !check.holds);
  return [
    ...report.lines.map((line) => INDENT + marked(line, paint)),
    ...broken.map((check) => INDENT + paint.red(`✗ did not happen: ${check.claim}`)),
  ];
}

function marked(line: string, paint: Paint): string {
  return line.startsWith("+ ") ? paint.green(line) : line;
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
