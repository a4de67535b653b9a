import { SourceError } from "../controller/ports/source.ts";
import { AwsError } from "../model/aws-error.ts";
import { CliError, type ExitCode } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

/** Prints why a command failed: what and where in one line, how to mend it in the next. */
export async function reportFailure(error: unknown, { terminal, signal, env }: Toolbox): Promise<ExitCode> {
  if (signal.aborted && error === signal.reason) {
    await terminal.err("interrupted\n");
    return 1;
  }
  const { message, mend, exitCode } = failureOf(error);
  const lines = [`error: ${message}`, ...(mend === null ? [] : [`mend:  ${mend}`])];
  if (!isExpected(error) && env["GRANTKEEPER_DEBUG"] !== undefined && error instanceof Error) {
    lines.push(error.stack ?? "");
  }
  await terminal.err(`${lines.join("\n")}\n`);
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
    return { message: error.message, mend: error.facts.denial?.mend ?? null, exitCode: 1 };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    message: `unexpected: ${message}`,
    mend: "this is a fault of grantkeeper; set GRANTKEEPER_DEBUG=1 for the place and report it",
    exitCode: 1,
  };
}

function isExpected(error: unknown): boolean {
  return error instanceof CliError || error instanceof SourceError || error instanceof AwsError;
}
