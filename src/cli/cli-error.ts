/** 0 done, 1 error, 2 differences (only with --exit-code), 3 refused or held. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Something that the person at the keyboard can mend: one line says what and where, another how. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly mend: string | null;
  readonly exitCode: ExitCode;

  constructor(message: string, mend: string | null, exitCode: ExitCode = 1, cause?: unknown) {
    super(message, { cause });
    this.mend = mend;
    this.exitCode = exitCode;
  }
}
