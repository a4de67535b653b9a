import { SourceError } from "../controller/ports/source.ts";
import { AwsError, mendOfAwsError } from "../model/aws-error.ts";
import { CliError, type ExitCode } from "./cli-error.ts";
import { cleanText } from "./render/paint.ts";
import type { Toolbox } from "./toolbox.ts";

/** Prints why a command failed: what and where in one line, how to mend it in the next. */
export async function reportFailure(error: unknown, { terminal, signal, env }: Toolbox): Promise<ExitCode> {
  if (signal.aborted && error === signal.reason) {
    await terminal.err("interrupted\n");
    return 1;
  }
  const { message, mend, exitCode } = failureOf(error);
  const debug = (env["GRANTKEEPER_DEBUG"] ?? "") !== "" && error instanceof Error ? [error.stack ?? ""] : [];
  const lines = [`error: ${message}`, ...(mend === null ? [] : [`mend:  ${mend}`]), ...debug];
  await terminal.err(`${cleanText(lines.join("\n"))}\n`);
  return exitCode;
}

interface Failure {
  readonly message: string;
  readonly mend: string | null;
  readonly exitCode: ExitCode;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return error;
  if (error instanceof SourceError) return { message: error.message, mend: error.mend, exitCode: 1 };
  if (error instanceof AwsError) {
    return { message: error.message, mend: mendOfAwsError(error), exitCode: 1 };
  }
  if (error instanceof Error && isTyped(error))
    return { message: error.message, mend: mendOf(error), exitCode: 1 };
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `unexpected: ${message}`,
    mend: "this is a fault of grantkeeper; set GRANTKEEPER_DEBUG=1 to see its place, and report it",
    exitCode: 1,
  };
}

const BUILT_IN = [
  "Error",
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "EvalError",
  "URIError",
  "AggregateError",
];

/** Store, lock and server throw errors of their own, in words for people; a bug has the name of a built-in one. */
function isTyped(error: Error): boolean {
  return !BUILT_IN.includes(error.name);
}

function mendOf(error: Error): string | null {
  return "mend" in error && typeof error.mend === "string" ? error.mend : null;
}
