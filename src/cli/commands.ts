import type { CliCommand } from "./command.ts";
import { schema } from "./commands/schema.ts";
import { version } from "./commands/version.ts";

/** In the order in which `--help` lists them. */
export const COMMANDS: readonly CliCommand<object>[] = [schema, version];
