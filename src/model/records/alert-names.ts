import type { AlertEvent } from "../alert-event.ts";
import type { ForgeEvent } from "./pull-requests/forge-event.ts";

/**
 * The name of each alert in Alertmanager, for routes, silences and inhibitions; the compiler keeps it complete. A
 * message that is sent once gets there only as the fallback of another route.
 */
export const ALERT_NAMES = {
  "drift-opened": "GrantkeeperDrift",
  "drift-closed": "GrantkeeperDrift",
  "drift-author-found": "GrantkeeperDriftAuthorFound",
  held: "GrantkeeperPlanHeld",
  "hold-ended": "GrantkeeperPlanHeld",
  "waiting-long": "GrantkeeperChangeWaits",
  "waiting-ended": "GrantkeeperChangeWaits",
  refused: "GrantkeeperManifestRefused",
  "refusal-ended": "GrantkeeperManifestRefused",
  "access-denied": "GrantkeeperAccessDenied",
  "access-restored": "GrantkeeperAccessDenied",
  "files-refused": "GrantkeeperFilesRefused",
  "files-read": "GrantkeeperFilesRefused",
  "account-removed": "GrantkeeperAccountRemoved",
  "document-broken": "GrantkeeperDocumentBroken",
  "document-fixed": "GrantkeeperDocumentBroken",
  "pass-failed": "GrantkeeperAccountNotWatched",
  "pass-recovered": "GrantkeeperAccountNotWatched",
  "account-unreadable": "GrantkeeperAccountNotRead",
  "account-read": "GrantkeeperAccountNotRead",
  contended: "GrantkeeperContended",
  "contention-ended": "GrantkeeperContended",
  "revision-held": "GrantkeeperRevisionHeld",
  "revision-decided": "GrantkeeperRevisionHeld",
  "source-failed": "GrantkeeperSourceFailed",
  "source-recovered": "GrantkeeperSourceFailed",
  "backup-failed": "GrantkeeperBackupFailed",
  "backup-recovered": "GrantkeeperBackupFailed",
  "record-broken": "GrantkeeperRecordNotVerified",
  "record-verified": "GrantkeeperRecordNotVerified",
  "unrecorded-writes": "GrantkeeperUnrecordedWrites",
  "unrecorded-writes-ended": "GrantkeeperUnrecordedWrites",
  "role-recreated": "GrantkeeperRoleRecreated",
  "adoption-undone": "GrantkeeperAdoptionUndone",
  "adoption-undo-stopped": "GrantkeeperAdoptionUndoStopped",
  "wave-stopped": "GrantkeeperWaveStopped",
  "first-comparison": "GrantkeeperFirstComparison",
  "rollback-ending": "GrantkeeperRollbackEnding",
  "suspension-ending": "GrantkeeperSuspensionEnding",
  "daily-reminder": "GrantkeeperDailyReminder",
  "functions-uncovered": "GrantkeeperFunctionsUncovered",
} as const satisfies Record<Exclude<AlertEvent["kind"], ForgeEvent["kind"]>, string>;

/** The name of the message that `alerts test` sends. */
export const TEST_ALERT_NAME = "GrantkeeperTest";
