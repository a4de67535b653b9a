import type { CliCommand } from "../cli/toolbox/command.ts";
import { alertsTest } from "../cli/commands/alerts-test.ts";
import { approve } from "../cli/commands/approve.ts";
import { backup } from "../cli/commands/backup.ts";
import { storeAcceptLoss } from "../cli/commands/store-accept-loss.ts";
import { storeMove } from "../cli/commands/store-move.ts";
import { restore } from "../cli/commands/restore.ts";
import { bootstrapEvents } from "../workbench/events/command.ts";
import { bootstrapRoles } from "../workbench/commands/bootstrap-roles.ts";
import { auditExport } from "../cli/commands/audit-export.ts";
import { auditShow } from "../cli/commands/audit-show.ts";
import { auditVerify } from "../cli/commands/audit-verify.ts";
import { completion } from "../cli/commands/completion.ts";
import { denialsCommand } from "../workbench/denials/command.ts";
import { describe } from "../cli/commands/describe.ts";
import { doctor } from "../workbench/commands/doctor.ts";
import { exportSite } from "../cli/commands/export-site.ts";
import { explain } from "../workbench/explain/command.ts";
import { fmt } from "../workbench/format/command.ts";
import { getCommand } from "../cli/commands/get.ts";
import { history } from "../cli/commands/history.ts";
import { kubeconfig } from "../cli/commands/kubeconfig.ts";
import { newCommand } from "../workbench/new/command.ts";
import { open } from "../cli/commands/open.ts";
import { plan } from "../workbench/commands/plan.ts";
import { importCommand } from "../workbench/import/command.ts";
import { policyCan } from "../workbench/commands/policy-can.ts";
import { policyCheck } from "../workbench/commands/policy-check.ts";
import { policyDiff } from "../workbench/commands/policy-diff.ts";
import { policyNormalize } from "../workbench/commands/policy-normalize.ts";
import { policySurface } from "../workbench/commands/policy-surface.ts";
import { policyToGrants } from "../workbench/policy/to-grants-command.ts";
import { languageServer } from "../workbench/language/command.ts";
import { probe } from "../cli/commands/probe.ts";
import { reject } from "../cli/commands/reject.ts";
import { adopt } from "../cli/commands/adopt.ts";
import { reconcile } from "../cli/commands/reconcile.ts";
import { render } from "../workbench/commands/render.ts";
import { resume } from "../cli/commands/resume.ts";
import { review } from "../workbench/review/command.ts";
import { run } from "../cli/commands/run.ts";
import { rules } from "../workbench/commands/rules.ts";
import { rulesShow } from "../workbench/commands/rules-show.ts";
import { runbook } from "../workbench/runbooks/command.ts";
import { schema } from "../workbench/commands/schema.ts";
import { simulator } from "../workbench/commands/simulator.ts";
import { suggestCommand } from "../workbench/suggest/command.ts";
import { status } from "../cli/commands/status.ts";
import { timeline } from "../cli/commands/timeline.ts";
import { rollback } from "../cli/commands/rollback.ts";
import { suspend } from "../cli/commands/suspend.ts";
import { roleArnCommand } from "../workbench/commands/role-arn.ts";
import { validate } from "../workbench/validate/command.ts";
import { version } from "../cli/commands/version.ts";
import { exposed } from "../workbench/reverse/exposed-command.ts";
import { map } from "../workbench/reverse/map-command.ts";
import { reach } from "../workbench/reverse/reach-command.ts";
import { whoCan } from "../workbench/reverse/who-can-command.ts";
import { wait } from "../cli/commands/wait.ts";
import { why } from "../workbench/commands/why.ts";

/** All commands, in the order in which `--help` lists them. */
export const COMMANDS: readonly CliCommand<object>[] = [
  run,
  status,
  timeline,
  probe,
  open,
  kubeconfig,
  newCommand,
  validate,
  fmt,
  explain,
  languageServer,
  plan,
  review,
  render,
  getCommand(roleArnCommand),
  describe,
  why,
  whoCan,
  reach,
  exposed,
  map,
  reconcile,
  adopt,
  wait,
  suspend,
  resume,
  approve,
  reject,
  rollback,
  alertsTest,
  history,
  auditShow,
  auditVerify,
  auditExport,
  exportSite,
  backup,
  storeMove,
  storeAcceptLoss,
  restore,
  policyDiff,
  policyNormalize,
  policyCheck,
  policyCan,
  policySurface,
  policyToGrants,
  rules,
  rulesShow,
  runbook,
  schema,
  bootstrapRoles,
  bootstrapEvents,
  importCommand,
  suggestCommand,
  denialsCommand,
  doctor,
  simulator,
  completion,
  version,
];
