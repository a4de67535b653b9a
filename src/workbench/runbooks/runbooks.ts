import type { ItemKind } from "../../api/action-required.ts";
import type { AlertEvent } from "../../model/alert-event.ts";
import type { ForgeEvent } from "../../model/records/pull-requests/forge-event.ts";
import { ALERT_NAMES, TEST_ALERT_NAME } from "../../model/records/alert-names.ts";
import type { ConditionReason } from "../../model/status.ts";
import { ACCOUNT_RUNBOOKS } from "./account.ts";
import { BINDING_RUNBOOKS } from "./binding.ts";
import { PROCESS_RUNBOOKS } from "./process.ts";
import type { Runbook } from "./runbook.ts";
import { SOURCE_RUNBOOKS } from "./source.ts";
import { WAIT_RUNBOOKS } from "./waits.ts";

/** In the order of the index. */
export const RUNBOOKS: readonly Runbook[] = [
  ...PROCESS_RUNBOOKS,
  ...ACCOUNT_RUNBOOKS,
  ...SOURCE_RUNBOOKS,
  ...BINDING_RUNBOOKS,
  ...WAIT_RUNBOOKS,
];

/** The runbook of each reason of a condition; the compiler keeps it complete. */
const REASONS: Readonly<Record<ConditionReason, string>> = {
  ReconciliationSucceeded: "as-declared",
  ObserveOnly: "as-declared",
  Released: "as-declared",
  NoDriftDetected: "as-declared",
  NotCompared: "in-progress",
  Progressing: "in-progress",
  WaitingForFunction: "in-progress",
  ProgressingWithRetry: "writes-fail",
  ReconciliationFailed: "writes-fail",
  PruneFailed: "writes-fail",
  CorrectionFailed: "writes-fail",
  RejectedByAws: "writes-fail",
  ImmutableField: "writes-fail",
  QuotaExceeded: "quota-exceeded",
  AccountRemoved: "account-removed",
  ValidationFailed: "validation-failed",
  GuardrailRefused: "guardrail-refused",
  AwaitingApproval: "awaiting-approval",
  ChangeWindowClosed: "change-window-closed",
  WaitingForDependency: "waiting-for-dependency",
  Rejected: "rejected",
  DependencyNotReady: "dependency-not-ready",
  ReferenceNotResolved: "reference-not-resolved",
  AccessDenied: "access-denied",
  OwnershipConflict: "ownership-conflict",
  UnmodifiableRole: "ownership-conflict",
  RoleNotUsed: "role-not-used",
  RoleNotPublished: "role-not-used",
  DriftDetected: "drift",
  Contended: "contended",
  UpstreamChanged: "upstream-changed",
  Suspended: "suspended",
};

/** The runbook of each alert of Grantkeeper itself; the compiler keeps it complete. */
const ALERTS: Readonly<Record<Exclude<AlertEvent["kind"], ForgeEvent["kind"]>, string>> = {
  "drift-opened": "drift",
  "drift-closed": "drift",
  "drift-author-found": "drift",
  "first-comparison": "first-comparison",
  held: "awaiting-approval",
  "hold-ended": "awaiting-approval",
  "waiting-long": "change-waits-long",
  "waiting-ended": "change-waits-long",
  refused: "guardrail-refused",
  "refusal-ended": "guardrail-refused",
  "access-denied": "access-denied",
  "access-restored": "access-denied",
  "files-refused": "files-refused",
  "files-read": "files-refused",
  "account-removed": "account-removed",
  "document-broken": "validation-failed",
  "document-fixed": "validation-failed",
  "pass-failed": "pass-fault",
  "pass-recovered": "pass-fault",
  "account-unreadable": "account-unreadable",
  "account-read": "account-unreadable",
  contended: "contended",
  "contention-ended": "contended",
  "role-recreated": "role-recreated",
  "adoption-undone": "fails-after-switch",
  "adoption-undo-stopped": "fails-after-switch",
  "wave-stopped": "fails-after-switch",
  "suspension-ending": "suspension-ending",
  "rollback-ending": "rollback-ending",
  "daily-reminder": "daily-reminder",
  "functions-uncovered": "functions-uncovered",
  "revision-held": "revision-held",
  "revision-decided": "revision-held",
  "source-failed": "source-failed",
  "source-recovered": "source-failed",
  "backup-failed": "backup-failed",
  "backup-recovered": "backup-failed",
  "record-broken": "record-broken",
  "record-verified": "record-broken",
  "unrecorded-writes": "unrecorded-writes",
  "unrecorded-writes-ended": "unrecorded-writes",
};

/** The runbook of each name in Alertmanager: that of the alert itself. */
const ALERTMANAGER: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(ALERTS).map(([kind, runbook]) => [ALERT_NAMES[kind as keyof typeof ALERTS], runbook]),
  ),
  [TEST_ALERT_NAME]: "test-alert",
};

/** The runbook of each rule of Prometheus, in deploy/prometheus/; a test keeps it complete. */
const RULES: Readonly<Record<string, string>> = {
  GrantkeeperDown: "controller-down",
  GrantkeeperAccountUnreadable: "account-unreadable",
  GrantkeeperPassNotFinished: "pass-not-finished",
  GrantkeeperPassFault: "pass-fault",
  GrantkeeperCredentialsNotRenewed: "credentials-not-renewed",
  GrantkeeperDatabaseLeaseNotHeld: "database-lease",
  GrantkeeperNoStandby: "no-standby",
  GrantkeeperStandbyCannotFollow: "standby-cannot-follow",
  GrantkeeperAccountsWithoutReplica: "accounts-without-replica",
  GrantkeeperTakeover: "takeover",
  GrantkeeperSourceNotRead: "source-failed",
  GrantkeeperRevisionFailed: "source-failed",
  GrantkeeperRevisionHeld: "revision-held",
  GrantkeeperPushQueueNotRead: "push-queue",
  GrantkeeperChangeQueueNotRead: "change-queue",
  GrantkeeperQueueReadElsewhere: "change-queue",
  GrantkeeperChangeEventsLost: "change-events-lost",
  GrantkeeperUnrecordedWrites: "unrecorded-writes",
  GrantkeeperFilesNotRead: "files-refused",
  GrantkeeperWritesFail: "writes-fail",
  GrantkeeperOpenIntents: "open-intents",
  GrantkeeperDriftRevertedOften: "contended",
  GrantkeeperManifestsRefused: "guardrail-refused",
  GrantkeeperApprovalsWait: "awaiting-approval",
  GrantkeeperRecordBroken: "record-broken",
  GrantkeeperAuditNotAnchored: "audit-not-anchored",
  GrantkeeperRetentionStalled: "retention-stalled",
  GrantkeeperBackupFailed: "backup-failed",
  GrantkeeperBackupOverdue: "backup-failed",
  GrantkeeperBackupUnknown: "backup-failed",
  GrantkeeperAlertsNotDelivered: "alerts-not-delivered",
  GrantkeeperAlertsLost: "alerts-not-delivered",
  GrantkeeperStateDiskFull: "state-disk",
  GrantkeeperStateDiskLow: "state-disk",
  GrantkeeperTokenExpires: "token-expires",
  GrantkeeperUnusedPermissions: "unused-permissions",
  GrantkeeperUnusedPermissionsOld: "unused-permissions",
};

/** The runbook of each word with which `status` begins an item; the compiler keeps it complete. */
const ITEMS: Readonly<Record<ItemKind, string>> = {
  unrecorded: "unrecorded-writes",
  record: "record-broken",
  exposed: "drift",
  escalated: "drift",
  contended: "contended",
  source: "source-failed",
  unreadable: "account-unreadable",
  "change-queue": "change-queue",
  "events-lost": "change-events-lost",
  "push-queue": "push-queue",
  unwritable: "writes-fail",
  alerts: "alerts-not-delivered",
  backup: "backup-failed",
  replicas: "no-standby",
  "no-role": "role-not-used",
  refused: "guardrail-refused",
  broken: "validation-failed",
  approval: "awaiting-approval",
  suspended: "suspended",
  orphans: "daily-reminder",
};

/** The conditions of a source have one runbook. */
const CONDITIONS: Readonly<Record<string, string>> = { SourceVerified: "revision-held", Drifted: "drift" };

/** Every name under which people meet a runbook, by its id. */
export const RUNBOOK_NAMES = {
  items: ITEMS,
  reasons: REASONS,
  alerts: ALERTS,
  alertmanager: ALERTMANAGER,
  rules: RULES,
  conditions: CONDITIONS,
} as const;

/** The names that lead to this runbook, other than its id; sorted. */
export function runbookNames({ id }: Runbook): readonly string[] {
  const all = Object.values(RUNBOOK_NAMES).flatMap((names) => Object.entries(names));
  return [...new Set(all.flatMap(([name, of]) => (of === id && name !== id ? [name] : [])))].sort();
}

/** By id, word of `status`, reason, kind or name of an alert, or name of a rule, in any case; `status` writes `no role`. */
export function runbookOf(text: string): Runbook | undefined {
  const wanted = text.toLowerCase().replaceAll(" ", "-");
  return RUNBOOKS.find((one) => [one.id, ...runbookNames(one)].some((name) => name.toLowerCase() === wanted));
}
