/**
 * 0 done; 1 usage or internal error; 2 differences (with --exit-code) or, of a question, the answer is no; 3 refused,
 * awaiting approval, rejected, broken, unreadable, not verified, timed out; 4 the controller, Git or AWS cannot be reached.
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

/** Beside the message: the place, the code, and what else went wrong and is reported with it. */
export interface ErrorFacts {
  readonly place?: string;
  readonly code?: string;
  readonly further?: readonly Problem[];
}

/** A failure that the person at the keyboard can fix. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly fix: string | null;
  readonly exitCode: ExitCode;
  /** This error first. */
  readonly problems: readonly Problem[];

  constructor(
    message: string,
    fix: string | null,
    exitCode: ExitCode = 1,
    cause?: unknown,
    { place, code = CODES[exitCode], further = [] }: ErrorFacts = {},
  ) {
    super(message, { cause });
    this.fix = fix;
    this.exitCode = exitCode;
    this.problems = [{ place: place ?? null, code, message, fix }, ...further];
  }
}
