import type { createColors } from "picocolors";
import { COMMAND } from "./root.ts";
import type { Stage } from "./stage.ts";
import type { Step, StepReport } from "./story.ts";

const INDENT = "   ";
const BY_COLUMN = 48;

/** Colours for a terminal; plain text otherwise. */
type Paint = ReturnType<typeof createColors>;

export function titleLine(step: Step, number: number, paint: Paint): string {
  const title = `${number}  ${step.title}`;
  if (step.by === null) return paint.bold(title);
  return `${paint.bold(title)}${" ".repeat(Math.max(2, BY_COLUMN - title.length))}${paint.dim(step.by)}`;
}

/** The observed results, and every claim that is not met. */
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

/** Complete lines to copy. The AWS CLI reads its region from AWS_DEFAULT_REGION in version 1 and prefers AWS_REGION in 2. */
export function tryLines(
  { repositoryUrl, folder, consoleKey }: Pick<Stage, "repositoryUrl" | "folder" | "consoleKey">,
  endpoint: string,
): readonly string[] {
  const { id, secret } = consoleKey;
  return [
    `Try:  git clone ${repositoryUrl}`,
    `      ${COMMAND} status --config ${folder}/grantkeeper.yaml`,
    `      ${COMMAND} open --config ${folder}/grantkeeper.yaml`,
    `      ${COMMAND} kubeconfig --config ${folder}/grantkeeper.yaml > ${folder}/kubeconfig`,
    `      kubectl --kubeconfig ${folder}/kubeconfig get fp -A`,
    `      AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret} AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1 \\`,
    `      aws --endpoint-url ${endpoint} iam list-roles`,
  ];
}
