import { errorCode } from "../../model/values/error-code.ts";

/**
 * 0 done; 1 usage or internal error; 2 differences (with --exit-code) or, of a question, the answer is no; 3 refused,
 * awaiting approval, rejected, broken, unreadable, not verified, timed out; 4 the controller, Git, AWS or a forge
 * cannot be reached, or refuses.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** The code of an error that has none of its own. */
const CODES = {
  0: "Error",
  1: "Invalid",
  2: "Differs",
  3: "Refused",
  4: "Unreachable",
} as const satisfies Record<ExitCode, string>;

/** One problem as it is printed: `error: PLACE: MESSAGE`, then `hint:  HINT`. */
export interface Problem {
  /** A file with line and column, a URL, a digest; null where the message names it. */
  readonly place: string | null;
  /** UpperCamelCase and stable, for programs: `NotFound`, `Unreachable`, an error code of AWS. */
  readonly code: string;
  readonly message: string;
  /** How to fix it. */
  readonly fix: string | null;
}

/** What is known of a failure in addition to its message. */
interface ErrorFacts {
  /** Default: 1. */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
  readonly place?: string;
  readonly code?: string;
  /** Other problems that are reported together with this one. */
  readonly further?: readonly Problem[];
}

/** A failure that the person at the keyboard can fix. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly fix: string | null;
  readonly exitCode: ExitCode;
  /** This error first. */
  readonly problems: readonly Problem[];

  constructor(message: string, fix: string | null, facts: ErrorFacts = {}) {
    const { exitCode = 1, cause, place, code = CODES[exitCode], further = [] } = facts;
    super(message, { cause });
    this.fix = fix;
    this.exitCode = exitCode;
    this.problems = [{ place: place ?? null, code, message, fix }, ...further];
  }
}

/** A file that cannot be read, by the code of the system; every other error is a bug and stays as it is. */
export function unreadableFile(file: string, cause: unknown, fix: string | null = null): unknown {
  const code = errorCode(cause);
  return code === undefined ? cause : new CliError(`cannot read ${file} (${code})`, fix, { cause });
}
