import type { CliCommand } from "./command.ts";
import { approve } from "./commands/approve.ts";
import { auditExport } from "./commands/audit-export.ts";
import { auditShow } from "./commands/audit-show.ts";
import { auditVerify } from "./commands/audit-verify.ts";
import { completion } from "./commands/completion.ts";
import { describe } from "./commands/describe.ts";
import { doctor } from "./commands/doctor.ts";
import { get } from "./commands/get.ts";
import { history } from "./commands/history.ts";
import { plan } from "./commands/plan.ts";
import { policyCan } from "./commands/policy-can.ts";
import { policyCheck } from "./commands/policy-check.ts";
import { policyDiff } from "./commands/policy-diff.ts";
import { policyNormalize } from "./commands/policy-normalize.ts";
import { policySurface } from "./commands/policy-surface.ts";
import { reject } from "./commands/reject.ts";
import { reconcile } from "./commands/reconcile.ts";
import { render } from "./commands/render.ts";
import { resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { schema } from "./commands/schema.ts";
import { simulator } from "./commands/simulator.ts";
import { status } from "./commands/status.ts";
import { suspend } from "./commands/suspend.ts";
import { validate } from "./commands/validate.ts";
import { version } from "./commands/version.ts";
import { wait } from "./commands/wait.ts";
import { why } from "./commands/why.ts";

/** In the order in which `--help` lists them. */
export const COMMANDS: readonly CliCommand<object>[] = [
  run,
  status,
  validate,
  plan,
  render,
  get,
  describe,
  why,
  reconcile,
  wait,
  suspend,
  resume,
  approve,
  reject,
  history,
  auditShow,
  auditVerify,
  auditExport,
  policyDiff,
  policyNormalize,
  policyCheck,
  policyCan,
  policySurface,
  schema,
  doctor,
  simulator,
  completion,
  version,
];
