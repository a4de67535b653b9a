import type { Approval, Rejection, Suspension } from "../approval.ts";
import type { Key } from "../keys/key.ts";
import type { KeyRecord } from "../keys/key-record.ts";
import type { AccountRecord } from "./account-record.ts";
import type { ChangeRecord } from "../changes/change-event.ts";
import type { IncidentRecord } from "./incident-record.ts";
import type { ObjectRecord } from "./object-record.ts";
import type { PassMemoryRow } from "../passes/pass-memory.ts";
import type { SourceRecord } from "./source-record.ts";

/** The changes of one settlement, written in one transaction; absent members change nothing. */
export interface RecordChange {
  readonly keys?: readonly KeyRecord[];
  readonly removedKeys?: readonly Key[];
  /** After a pass. An account of a set that has left it meanwhile stays undeclared: only `members` declares it again. */
  readonly accounts?: readonly AccountRecord[];
  /** Accounts that joined or left an AccountSet. The rest of their records, which a pass may be writing, stays as it is. */
  readonly members?: readonly Pick<AccountRecord, "accountId" | "name" | "declared">[];
  /** New ones; a known event is left as it is. */
  readonly changes?: readonly ChangeRecord[];
  readonly sources?: readonly SourceRecord[];
  readonly objects?: readonly ObjectRecord[];
  readonly removedObjects?: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }[];
  readonly approvals?: readonly Approval[];
  readonly rejections?: readonly Rejection[];
  /** By subject. */
  readonly endedRejections?: readonly string[];
  readonly suspensions?: readonly Suspension[];
  readonly endedSuspensions?: readonly string[];
  /** New incidents, and those whose severity or message changed. */
  readonly incidents?: readonly IncidentRecord[];
  readonly outbox?: readonly OutgoingAlert[];
  /** Of assigned accounts; a record that one process has never gets any. */
  readonly memories?: readonly PassMemoryRow[];
  /** By name; written after the outbox, because a pass may open and end an incident. */
  readonly endedIncidents?: readonly string[];
}

/** A message for one route. */
export interface OutgoingAlert {
  readonly route: string;
  readonly body: string;
  readonly dueMs: number;
  /** The incident that it opens; absent: none. The route is notified when the incident ends. */
  readonly opens?: string;
}
