import type { AttributedDrift } from "./changes/attribution.ts";
import type { BackupAlert } from "./backups/backup-alert.ts";
import type { UnrecordedAlert } from "./changes/unrecorded-alert.ts";
import type { RecordAlert } from "./records/record-alert.ts";
import type { Delta } from "./delta.ts";
import type { Namespace } from "./aws/ids.ts";
import type { ForgeEvent } from "./records/pull-requests/forge-event.ts";
import type { Revision } from "./values/revision.ts";
import type { SuspensionScope } from "./approval.ts";
import type { DriftEnd, DriftRisk } from "./drift.ts";
import type { Key, NamedKey } from "./keys/key.ts";
import type { AlertedRollback, RollbackEnding } from "./keys/source-pin.ts";
import type { WaitingAlert, WaveStopped } from "./records/wave-record.ts";

/** The consequence of a drift that an alert reports. */
export type NextStep =
  | { readonly kind: "reverting-now" }
  | { readonly kind: "reverting-at"; readonly at: string }
  | { readonly kind: "observe-only" }
  | { readonly kind: "suspended"; readonly until: string }
  | { readonly kind: "needs-approval"; readonly subject: string }
  | { readonly kind: "left-alone"; readonly reason: string };

/** A file or folder that the source does not read. */
export interface RefusedFileText {
  readonly path: string;
  readonly reason: string;
  /** null: there is no general fix. */
  readonly fix: string | null;
}

interface ComparisonFinding {
  readonly key: Key;
  readonly text: string;
  readonly risks: readonly DriftRisk[];
}

/** The changes that are written after a suspension ends. */
export interface ChangeAfterwards {
  readonly key: Key;
  readonly account: string;
  /** null: Git changed since it was compared. */
  readonly writes: number | null;
}

interface ActiveSuspension {
  readonly id: string;
  /** As `suspend` takes it, or `everything`. */
  readonly target: string;
  readonly until: string;
  readonly actor: string;
}

/** How Git can declare permissions that were added in AWS. */
export type Keep =
  | {
      readonly kind: "lines";
      /** The manifest. */
      readonly file: string;
      /** Entries of its `spec.grants` and `spec.statements`, one line of YAML each. */
      readonly grants: readonly string[];
      readonly statements: readonly string[];
    }
  | { readonly kind: "not-as-it-is"; readonly file: string; readonly reason: string };

/** An event that people are alerted to. One message for each incident, which is updated and closed. */
export type AlertEvent =
  | {
      readonly kind: "drift-opened";
      readonly key: Key;
      readonly functionName: string;
      readonly account: string;
      readonly severity: "security" | "other";
      /** ISO 8601: first seen. */
      readonly since: string;
      /** The differences, one line each. */
      readonly summary: readonly string[];
      readonly delta: Delta;
      readonly next: NextStep;
      /** Who made each difference, as far as change events show it. */
      readonly authors: readonly AttributedDrift[];
      /** The command that finds the author; null if the change was not made in AWS. */
      readonly lookUp: string | null;
      /** How to keep the permissions added to the role; null if there are none, or the manifest is unknown. */
      readonly keep: Keep | null;
      /** Of the source of the key, whose revision was compared; missing: none is in force. */
      readonly rollback?: AlertedRollback;
    }
  | {
      readonly kind: "drift-closed";
      readonly key: Key;
      readonly account: string;
      readonly how: DriftEnd;
      readonly since: string;
      /** ISO 8601: the last read without the drift; null if there is none. */
      readonly lastCleanAt: string | null;
      readonly at: string;
    }
  /** Who made differences of an alert, which had ended when the events became known. */
  | {
      readonly kind: "drift-author-found";
      readonly key: Key;
      readonly account: string;
      readonly severity: "security" | "other";
      /** ISO 8601: first seen. */
      readonly since: string;
      readonly authors: readonly AttributedDrift[];
    }
  | {
      readonly kind: "held";
      readonly incident: string;
      readonly account: string;
      readonly subject: string;
      readonly reason: string;
      readonly keys: readonly Key[];
    }
  /** A plan is no longer pending. `changed`: another plan took its place, or nothing needs an approval any more. */
  | {
      readonly kind: "hold-ended";
      readonly incident: string;
      readonly account: string;
      readonly subject: string;
      readonly how: "approved" | "rejected" | "changed";
    }
  | WaitingAlert
  | {
      readonly kind: "refused";
      readonly key: Key;
      readonly account: string;
      readonly reason: string;
      /** The revision that was applied last; null if none is recorded. */
      readonly applied: Revision | null;
    }
  /** No rule refuses it any more, or nothing is left of it. */
  | { readonly kind: "refusal-ended"; readonly key: Key; readonly account: string }
  | {
      readonly kind: "access-denied";
      readonly incident: string;
      readonly account: string;
      readonly call: string;
      readonly message: string;
      readonly fix: string;
    }
  /** AWS allows the call again, or nothing needs it any more. */
  | {
      readonly kind: "access-restored";
      readonly incident: string;
      readonly account: string;
      readonly call: string;
    }
  /** All files of one team that the source refuses; `namespace` null: of a path that belongs to no team. */
  | {
      readonly kind: "files-refused";
      readonly incident: string;
      readonly namespace: Namespace | null;
      readonly files: readonly RefusedFileText[];
    }
  | { readonly kind: "files-read"; readonly incident: string; readonly namespace: Namespace | null }
  /** A document of the platform has an error, and these bindings cannot be compiled because of it. */
  | (BrokenFacts & { readonly account: string })
  | BrokenFacts
  /** The end of any incident about an account that Git no longer declares: it is not known whether its cause has ended. */
  | {
      readonly kind: "account-removed";
      readonly incident: string;
      readonly account: string;
      /** The binding as commands take it, or the account. */
      readonly target: string;
    }
  /** It is valid again, or nothing needs it any more. */
  | { readonly kind: "document-fixed"; readonly incident: string; readonly document: string }
  /** A pass ended by a fault of Grantkeeper: the account is not checked until a pass ends normally. */
  | {
      readonly kind: "pass-failed";
      readonly incident: string;
      readonly account: string;
      readonly reason: string;
    }
  | { readonly kind: "pass-recovered"; readonly incident: string; readonly account: string }
  /** The reads of an account fail for long. Several that fail for one reason are one incident, which belongs to no account. */
  | (UnreadableFacts & { readonly account: string })
  | (UnreadableFacts & { readonly accounts: readonly string[] })
  /** Each of its accounts is read again, or is no longer declared. */
  | { readonly kind: "account-read"; readonly incident: string }
  | {
      readonly kind: "contended";
      readonly key: Key;
      readonly account: string;
      /** The kinds of the changes, and how often each was reverted. */
      readonly fields: readonly { readonly field: string; readonly times: number }[];
    }
  /** It was reverted or declared, or no one changes it back any more. */
  | { readonly kind: "contention-ended"; readonly key: Key; readonly account: string }
  /** The function runs on its former role again, or its role has its former content. */
  | {
      readonly kind: "adoption-undone";
      readonly key: Key;
      readonly account: string;
      readonly role: string;
      readonly actor: string;
      /** ISO 8601: until when Git is not applied again. */
      readonly until: string | null;
    }
  | {
      readonly kind: "adoption-undo-stopped";
      readonly key: Key;
      readonly account: string;
      readonly role: string;
      readonly reason: string;
    }
  | WaveStopped
  | { readonly kind: "role-recreated"; readonly key: Key; readonly account: string; readonly role: string }
  | {
      readonly kind: "first-comparison";
      readonly account: string;
      readonly compared: number;
      readonly differ: number;
      /** The differences that grant more access than is declared. */
      readonly findings: readonly ComparisonFinding[];
    }
  | {
      readonly kind: "suspension-ending";
      readonly id: string;
      readonly scope: SuspensionScope;
      /** As `suspend` takes it, or `everything`. */
      readonly target: string;
      readonly until: string;
      readonly willChange: readonly ChangeAfterwards[];
    }
  | RollbackEnding
  | {
      readonly kind: "daily-reminder";
      readonly suspensions: readonly ActiveSuspension[];
      readonly orphans: readonly { readonly arn: string; readonly account: string }[];
    }
  | {
      readonly kind: "functions-uncovered";
      readonly account: string;
      /** Functions that no manifest names, new since the last reminder or with an Exclusion that ended since then. */
      readonly count: number;
      /** `NAME in REGION`, sorted, the first 20 of those that this process saw come. */
      readonly names: readonly string[];
    }
  | {
      readonly kind: "revision-held";
      readonly source: string;
      /** Of a namespace source; null: the platform source. */
      readonly namespace: Namespace | null;
      readonly revision: string;
      readonly reason: string;
      /** How to avoid the approval; null: only an approval helps. */
      readonly fix: string | null;
    }
  /** `superseded`: the source has another revision now, or is no longer in the configuration. */
  | {
      readonly kind: "revision-decided";
      readonly source: string;
      readonly namespace: Namespace | null;
      readonly revision: string;
      readonly how: "accepted" | "rejected" | "superseded";
    }
  | ForgeEvent
  | {
      readonly kind: "source-failed";
      readonly source: string;
      /** Of a namespace source; null: the platform source. */
      readonly namespace: Namespace | null;
      readonly reason: string;
      readonly fix: string;
    }
  | { readonly kind: "source-recovered"; readonly source: string; readonly namespace: Namespace | null }
  | BackupAlert
  | RecordAlert
  | UnrecordedAlert;

interface BrokenFacts {
  readonly kind: "document-broken";
  readonly incident: string;
  /** `account prod`. */
  readonly document: string;
  /** `platform/accounts.yaml:4:1`. */
  readonly place: string;
  /** The first error, with its place; null: the receiver may not see documents of the platform. */
  readonly error: { readonly text: string; readonly fix: string | null } | null;
  /** Sorted by key. */
  readonly bindings: readonly NamedKey[];
}

interface UnreadableFacts {
  readonly kind: "account-unreadable";
  readonly incident: string;
  /** ISO 8601: of the account that failed first. */
  readonly since: string;
  /** What AWS or the network answered. */
  readonly reason: string;
  readonly fix: string;
}
