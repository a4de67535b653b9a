import { SourceError } from "../../controller/ports/source.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/errors/aws-error.ts";
import { CliError, type ExitCode, type Problem } from "./cli-error.ts";

/** Why a command failed, for people and for programs. */
export interface Failure {
  readonly problems: readonly Problem[];
  readonly exitCode: ExitCode;
}

/** Every error that can end a command; one that no code classified is a fault of Grantkeeper. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) return error;
  if (error instanceof SourceError) return sourceFailure(error);
  if (error instanceof AwsError) {
    const { code } = error.facts;
    return one({ place: null, code, message: error.message, fix: fixOfAwsError(error) }, 4);
  }
  if (error instanceof Error && isTyped(error))
    return one({ place: null, code: error.name, message: error.message, fix: fixOf(error) }, 1);
  const message = error instanceof Error ? error.message : String(error);
  return one({ place: null, code: "Internal", message: `unexpected: ${message}`, fix: REPORT_IT }, 1);
}

const REPORT_IT = "this is a fault of grantkeeper: set GRANTKEEPER_DEBUG=1 to see its place, and report it";

/** What Git answered, or did not; a local folder or repository that the command names is the person's own input. */
const OF_THE_INPUT: ReadonlySet<string> = new Set([
  "no-such-ref",
  "not-found",
  "refused-path",
  "refused-ref",
  "refused-url",
  // The clone lacks the commit: trying again does not help, fetching the complete history does.
  "shallow",
  "too-large",
  "too-many-files",
  "changing",
]);

function sourceFailure({ code, message, fix }: SourceError): Failure {
  return one({ place: null, code: upperCamel(code), message, fix }, OF_THE_INPUT.has(code) ? 1 : 4);
}

/** `auth-failed` is `AuthFailed`. */
function upperCamel(code: string): string {
  return code.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function one(problem: Problem, exitCode: ExitCode): Failure {
  return { problems: [problem], exitCode };
}

/** The store, the lock and the server throw errors of their own names; a bug has the name of a built-in one. */
function isTyped({ name }: Error): boolean {
  return !/^(Aggregate|Eval|Range|Reference|Syntax|Type|URI)?Error$/.test(name);
}

function fixOf(error: Error): string | null {
  return "fix" in error && typeof error.fix === "string" ? error.fix : null;
}
