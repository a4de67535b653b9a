/** The inputs of a configuration: a file, the environment and the flags of the command. */
export interface ConfigInput {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: ConfigFlags;
}

/** Flags override `GRANTKEEPER_*`, which overrides the file. */
export interface ConfigFlags {
  readonly observe: boolean;
  readonly stateDir: string | null;
  readonly listen: string | null;
}

/** The environment of the process. No other code reads it. */
export function environment(): ConfigInput["env"] {
  return process.env;
}
