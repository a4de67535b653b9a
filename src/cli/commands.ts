import type { CliCommand } from "./command.ts";
import { approve } from "./commands/approve.ts";
import { get } from "./commands/get.ts";
import { history } from "./commands/history.ts";
import { reconcile } from "./commands/reconcile.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { status } from "./commands/status.ts";
import { suspend } from "./commands/suspend.ts";
import { validate } from "./commands/validate.ts";
import { version } from "./commands/version.ts";
import { wait } from "./commands/wait.ts";

/** In the order in which `--help` lists them. */
export const COMMANDS: readonly CliCommand<object>[] = [
  run,
  status,
  validate,
  get,
  reconcile,
  wait,
  suspend,
  resume,
  approve,
  history,
  schema,
  version,
];
