import type { AdoptionUndoPlanObject, AlertTestObject } from "../api/commands.ts";
import type { UndoResult } from "../cli/adopt/undo-wait.ts";
import type { DescribedApproval } from "../cli/describe/approval.ts";
import type { DescribedTarget } from "../cli/describe/described-target.ts";
import type { ErrorObject, FailureStatus } from "../api/failure.ts";
import type { API_VERSION } from "../api/group.ts";
import type { ApiList } from "../api/object.ts";
import type { ResourceObjects } from "../api/resources.ts";
import type { BackupOutcome, LossOutcome, MoveOutcome, RestoreOutcome } from "../audit/backup.ts";
import type { VerifyReport } from "../audit/verification/verify.ts";
import type { AccountWorstCase } from "../model/answers/worst-case.ts";
import type { Decision } from "../model/answers/decision.ts";
import type { Surface } from "../iam/compare/surface.ts";
import type { PermissionRow } from "../model/delta.ts";
import type { JsonObject } from "../model/values/json.ts";
import type { ExposedFunctions, WhoCan } from "../model/answers/questions/who-can.ts";
import type { ReachAnswer } from "../model/answers/questions/reached.ts";
import type { WhyAnswer } from "../model/answers/why.ts";
import type { ExplainAnswer } from "../workbench/explain/screen.ts";
import type { formatValue } from "../workbench/format/format-report.ts";
import type { SiteReport } from "../cli/site/site-report.ts";
import type { AuditEntryAnswer } from "../cli/history/entry.ts";
import type { HistoryList } from "../cli/history/read-history.ts";
import type { diffValue } from "../workbench/commands/policy-diff.ts";
import type { compiledTarget } from "../workbench/commands/render.ts";
import type { planValue } from "../workbench/plan/report.ts";
import type { reviewValue } from "../workbench/review/value.ts";
import type { validationAnswer } from "../workbench/validate/validation.ts";
import type { LivenessAnswer, ReadinessAnswer } from "../cli/client/probe-answer.ts";
import type { VersionCheck } from "../cli/client/newest-version.ts";
import type { WatchedChange } from "../cli/resources/watch/watched-change.ts";
import type { ReconciliationResult } from "../cli/wait/show-wait.ts";
import type { DoctorSection } from "../workbench/doctor/screen.ts";
import type { RuleBoard } from "../workbench/rules/breaches.ts";
import type { RuleFacts } from "../workbench/rules/rule-screen.ts";
import type { RunbookFacts } from "../workbench/runbooks/runbook-screen.ts";
import type { Bootstrap } from "../workbench/bootstrap/own-roles.ts";
import type { checkValue } from "../workbench/policy/check.ts";
import type { NewManifest } from "../workbench/new/command.ts";
import type { ImportReport } from "../workbench/import/report.ts";
import type { DenialsReport } from "../workbench/denials/report.ts";
import type { SuggestionReport } from "../workbench/suggest/report.ts";
import type { PolicyGrants } from "../workbench/policy/to-grants.ts";
import type { RunningSimulator } from "../cli/toolbox/simulation.ts";

interface List<Kind extends string, Item> {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: `${Kind}List`;
  readonly items: readonly Item[];
}

/** A list as `get` prints it, which contains all pages of the API's list. */
type ResourceList<R extends keyof ResourceObjects> = List<ResourceObjects[R]["kind"], ResourceObjects[R]>;

type OneOrMore<T> = T | readonly T[];

/** The type of every answer of the API. */
type ApiAnswers = {
  readonly [R in keyof ResourceObjects as `api-${R}`]: ResourceObjects[R] | ApiList<ResourceObjects[R]>;
};
/**
 * What each command prints with `-o json`, by its name with `-` for a blank, and what the API answers.
 * `tools/write-docs.ts` writes the published schemas of these types; the tests compare every answer with its schema.
 */
export interface Outputs extends ApiAnswers {
  /** With --yes the result, else the plan. */
  readonly adopt: AdoptionUndoPlanObject | UndoResult;
  readonly "alerts-test": AlertTestObject;
  readonly "api-failure": FailureStatus;
  readonly approve: ResourceObjects["approvals"];
  readonly "audit-show": AuditEntryAnswer;
  readonly "audit-verify": VerifyReport;
  readonly backup: BackupOutcome;
  readonly "store-move": MoveOutcome;
  readonly "store-accept-loss": LossOutcome;
  /** With --format json. */
  readonly "bootstrap-roles": Bootstrap;
  readonly describe: OneOrMore<DescribedTarget>;
  /** Of one that is no longer pending, the entry of its last answer. */
  readonly "describe-approval": DescribedApproval;
  readonly "describe-entry": AuditEntryAnswer;
  readonly "describe-hold": ResourceObjects["holds"]; // the name of 0.1.0
  readonly doctor:
    | { readonly sections: readonly DoctorSection[] }
    /** With --worst-case. */
    | { readonly accounts: readonly AccountWorstCase[] };
  readonly error: ErrorObject;
  readonly "export-site": SiteReport;
  /** Without FIELD: the kinds. */
  readonly explain: ExplainAnswer;
  readonly exposed: ExposedFunctions;
  readonly fmt: ReturnType<typeof formatValue>;
  readonly "get-accounts": ResourceList<"awsaccounts">;
  readonly "get-accountsets": ResourceList<"accountsets">;
  readonly "get-alerts": ResourceList<"alertroutes">;
  readonly "get-approvals": ResourceList<"holds">;
  readonly "get-bindings": ResourceList<"bindings">;
  readonly "get-changewindows": ResourceList<"changewindows">;
  readonly "get-coverage": ResourceList<"coverages">;
  readonly "get-drift": ResourceList<"drifts">;
  readonly "get-fp": ResourceList<"functionpermissions">;
  /** With --uncovered or --all: of LiveFunction. */
  readonly "get-functions": ResourceList<"functions"> | ResourceList<"livefunctions">;
  readonly "get-holds": ResourceList<"holds">; // the name of 0.1.0
  readonly "get-orphans": ResourceList<"orphans">;
  readonly "get-policies": ResourceList<"managedpolicies">;
  readonly "get-replicas": ResourceList<"replicas">;
  readonly "get-role-arn": List<"RoleArn", { readonly target: string; readonly arn: string }>;
  readonly "get-suspensions": ResourceList<"suspensions">;
  readonly "get-teams": ResourceList<"teams">;
  readonly "get-waivers": ResourceList<"waivers">;
  /** With --watch, of any resource: one event in each line. */
  readonly "get-watch": WatchedChange;
  readonly "get-waves": ResourceList<"waves">;
  readonly history: HistoryList;
  readonly import: ImportReport;
  readonly new: NewManifest;
  readonly plan: ReturnType<typeof planValue>;
  readonly review: ReturnType<typeof reviewValue>;
  readonly "policy-can": Decision;
  readonly "policy-check": ReturnType<typeof checkValue>;
  readonly "policy-diff": ReturnType<typeof diffValue>;
  readonly "policy-normalize": JsonObject;
  readonly "policy-surface": Surface<PermissionRow<string, string>>;
  readonly "policy-to-grants": PolicyGrants;
  readonly probe: LivenessAnswer | ReadinessAnswer;
  readonly reach: ReachAnswer;
  readonly reconcile: ResourceObjects["reconciliations"] | ReconciliationResult;
  readonly reject: ResourceObjects["rejections"];
  readonly rollback: ResourceObjects["rollbacks"];
  readonly render: OneOrMore<ReturnType<typeof compiledTarget>>;
  readonly restore: RestoreOutcome;
  readonly resume: List<"Suspension", ResourceObjects["suspensions"]>;
  readonly rules: RuleBoard;
  readonly "rules-show": OneOrMore<RuleFacts>;
  readonly runbook: OneOrMore<RunbookFacts>;
  readonly simulator: Omit<RunningSimulator, "close">;
  readonly status: ResourceObjects["overview"];
  readonly denials: DenialsReport;
  readonly suggest: SuggestionReport;
  readonly suspend: List<"Suspension", ResourceObjects["suspensions"]>;
  readonly validate: ReturnType<typeof validationAnswer>;
  /** The rest with --check. */
  readonly version: { readonly version: string } & Partial<VersionCheck>;
  readonly wait: ReconciliationResult;
  readonly "who-can": WhoCan;
  readonly why: OneOrMore<WhyAnswer>;
}
