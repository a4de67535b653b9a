import type { RollbackFact } from "../model/keys/source-pin.ts";
import type { TakeoverFact } from "../model/network/replica.ts";
import type { RefusedRequest } from "../model/people/refused-request.ts";
import type { SessionFact } from "../model/people/session-record.ts";
import type { CallDeniedFact, WaveEvent } from "../model/records/wave-record.ts";
import type { RoleContent } from "../model/keys/adopted-role.ts";
import type { AdoptionStage } from "../model/keys/adoption.ts";
import type { Action, StepNumber } from "../model/plan.ts";
import type { WriteCall } from "../model/writes/write-calls.ts";
import type { DriftFact } from "../model/records/drift-fact.ts";
import type { ReadFact } from "../model/reads/read-fact.ts";
import type { RecordedDelta } from "../model/delta.ts";
import type { ReconcileFact } from "../model/reads/reconcile-fact.ts";
import type { SuspendedScope } from "../model/keys/suspended-scope.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { Digest } from "../model/values/digest.ts";
import type { JsonObject } from "../model/values/json.ts";
import type { Key } from "../model/keys/key.ts";
import type { Revision } from "../model/values/revision.ts";
import type { ApprovalSubject, WaitCause } from "../model/verdict.ts";
import type { Commit, ProvedSigner } from "../model/snapshot.ts";
import type { ApprovingReview } from "../model/records/pull-requests/reviewed.ts";
import type { UnrecordedWrite } from "../model/changes/unrecorded-write.ts";

/** One key that an approval or a rejection covers, with its changes: a digest alone is not readable. */
export interface CoveredKey {
  readonly key: Key;
  /** `+ dynamodb read table/customers`: what the plan grants (`+`) and revokes (`-`). */
  readonly permissions: readonly string[];
  /** `iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1`, in their order. */
  readonly calls: readonly string[];
  /** `RES-001: …`: what refuses the applied state as soon as a stricter verdict is approved; missing: nothing. */
  readonly refusedBy?: readonly string[];
}

/** An event, before it gets its place in the chain. */
export type AuditFact =
  | {
      readonly kind: "started";
      readonly version: string;
      readonly configDigest: string;
      readonly catalogueDigest: string;
      readonly freshDatabase: boolean;
    }
  | TakeoverFact
  | { readonly kind: "stopped"; readonly version: string; readonly reason: string }
  | {
      readonly kind: "restored";
      readonly version: string;
      /** ISO 8601: when the backup was written. */
      readonly backupAt: string;
      /** The last entry of the record that is known to have existed after the backup; null if none is known. */
      readonly lostUpTo: number | null;
      /** Why the record goes back behind that entry. */
      readonly reason: string | null;
      /** Who accepted that a database lost entries; missing: a file was restored. */
      readonly actor?: string;
    }
  | {
      readonly kind: "revision-accepted";
      readonly source: string;
      readonly revision: Revision;
      readonly previous: Revision | null;
      readonly commits: readonly Commit[];
      readonly uncommitted: boolean;
      readonly quarantined: readonly string[];
      /** What the signatures of its commits prove, and who signed the newest 100; missing: none was needed, or none is proved. */
      readonly signatures?: string;
      readonly signers?: readonly ProvedSigner[];
    }
  | RollbackFact
  | {
      readonly kind: "revision-held";
      readonly source: string;
      readonly revision: Revision;
      /** null: none was accepted yet. */
      readonly accepted: Revision | null;
      readonly reason: string;
    }
  /** An AccountSet found an account in its organization, and observes it from now on. */
  | {
      readonly kind: "account-found";
      readonly set: string;
      readonly accountId: AccountId;
      readonly account: string;
    }
  /** It is no longer in the organization, or the set no longer selects it: it is not observed any more. */
  | {
      readonly kind: "account-left";
      readonly set: string;
      readonly accountId: AccountId;
      readonly account: string;
    }
  /** Git no longer declares the account: it is not read any more, and nothing in it was changed. */
  | {
      readonly kind: "account-removed";
      readonly accountId: AccountId;
      readonly account: string;
      /** The number of incidents that ended with it. */
      readonly incidents: number;
    }
  | DriftFact
  /** A stage of the function's adoption was reached (`to`) or lost (`from`); null: it has none. */
  | {
      readonly kind: "adoption-changed";
      readonly key: Key;
      readonly from: AdoptionStage | null;
      readonly to: AdoptionStage | null;
      /** What the next stage needs first, or why there is none; null: nothing is left. */
      readonly reason: string | null;
    }
  /** A wave: opened or with other functions, approved, stopped, all seen on their declared roles, or ended. */
  | {
      readonly kind: "wave-changed";
      readonly accountId: AccountId;
      readonly account: string;
      readonly namespace: string;
      readonly number: number;
      readonly to: WaveEvent;
      /** What `approve` takes; null: no function of it is to be switched now. */
      readonly subject: Digest | null;
      /** Of `opened` and `approved`: the functions that an approval of `subject` switches. Else those of the wave. Sorted. */
      readonly keys: readonly Key[];
      /** What stopped it; null: nothing did. */
      readonly reason: string | null;
    }
  | CallDeniedFact
  /**
   * A role has the ownership tags of a binding that takes it over in place. `former`: what it was before anything else of it
   * was written. A further entry replaces the one before, if someone changed the role until then.
   */
  | {
      readonly kind: "role-adopted";
      readonly key: Key;
      readonly role: string;
      readonly roleId: string;
      readonly former: RoleContent;
    }
  /** An operator ordered to undo the adoption of these functions; its suspensions have entries of their own. */
  | {
      readonly kind: "adoption-undo-ordered";
      /** The digest of the selection. */
      readonly subject: Digest;
      readonly actor: string;
      readonly reason: string;
      readonly covers: readonly CoveredKey[];
    }
  /** The function runs on its former role again, or its role has its former content. */
  | {
      readonly kind: "adoption-undone";
      readonly key: Key;
      readonly subject: Digest;
      /** The ARN of the role. */
      readonly to: string;
      readonly actor: string;
    }
  | {
      readonly kind: "adoption-undo-stopped";
      readonly key: Key;
      readonly subject: Digest;
      readonly to: string;
      readonly actor: string;
      readonly reason: string;
    }
  | {
      readonly kind: "plan-held";
      readonly key: Key;
      readonly revision: Revision;
      readonly planDigest: Digest;
      readonly subject: Digest;
      readonly reason: string;
    }
  | {
      readonly kind: "plan-refused";
      readonly key: Key;
      readonly revision: Revision;
      readonly rules: readonly string[];
      readonly reason: string;
      /** Those of `rules` that `reason` counts and does not name. Missing in 0.1, whose reasons name the first rule. */
      readonly counted?: readonly string[];
    }
  | {
      readonly kind: "approved";
      readonly subject: string;
      readonly actor: string;
      /** The groups of the actor in the operator's file, sorted; missing: none. Entries of 0.1 have none. */
      readonly groups?: readonly string[];
      /** The wait that it overrides, and no other one; it is no approval for another reason. Missing: it overrides nothing. */
      readonly overrides?: WaitCause;
      /** The review on a forge by which the actor gave it. Missing: a command. */
      readonly review?: ApprovingReview;
      readonly reason: string;
      readonly expiresAt: string;
      /** Sorted by key; empty for a revision. */
      readonly covers: readonly CoveredKey[];
    }
  | {
      readonly kind: "rejected";
      readonly subject: string;
      readonly actor: string;
      readonly reason: string;
      readonly covers: readonly CoveredKey[];
    }
  | ({
      readonly kind: "suspended";
      readonly id: string;
      readonly actor: string;
      readonly reason: string;
      readonly until: string;
    } & SuspendedScope)
  | ({
      readonly kind: "resumed";
      readonly id: string;
      readonly actor: string;
      readonly reason: string;
    } & SuspendedScope)
  | ReconcileFact
  /** A test alert is sent to a route. */
  | { readonly kind: "alert-tested"; readonly route: string; readonly actor: string }
  | SessionFact
  | {
      readonly kind: "write-intended";
      readonly pass: string;
      readonly key: Key;
      readonly revision: Revision;
      readonly planDigest: Digest;
      readonly call: WriteCall;
      readonly step: StepNumber;
      readonly target: string;
      readonly input: JsonObject;
      /** Values as text, documents included (the store keeps each text once, by hash). */
      readonly before: string | null;
      readonly after: string | null;
      readonly risk: Action["risk"];
      /** The permissions that it grants and revokes; entries of 0.1 have neither this nor the risk and the cause. */
      readonly delta: RecordedDelta;
      /** `out-of-band`: it reverts a change made in AWS, independent of the accepted revision. */
      readonly cause: Action["cause"];
      /** What an operator approved, for a call that needs an approval of its own; missing: it needs none, or in 0.1. */
      readonly approval?: ApprovalSubject;
    }
  | {
      readonly kind: "write-finished";
      readonly intent: number;
      readonly key: Key;
      readonly requestId: string | null;
      readonly outcome: "applied" | "failed" | "found-applied" | "found-not-applied";
      readonly error: string | null;
    }
  /** The event of a call whose answer was lost: it explains no other event. */
  | {
      readonly kind: "lost-answer-found";
      readonly intent: number;
      readonly key: Key;
      readonly eventId: string;
      readonly requestId: string | null;
    }
  /** CloudTrail shows writes by roles of Grantkeeper that this record does not have. */
  | {
      readonly kind: "unrecorded-writes";
      /** Of the role. */
      readonly accountId: AccountId;
      readonly account: string;
      readonly writes: readonly UnrecordedWrite[];
      /** Further writes: of many in an hour, only the first of each call and object is listed. */
      readonly omitted: number;
    }
  | RefusedRequest
  | ReadFact
  /** Retention removes the first entries of the record. The checkpoint after them stays and signs their end. */
  | {
      readonly kind: "entries-removed";
      readonly first: number;
      readonly upTo: number;
      /** The hash of entry `upTo`. */
      readonly head: string;
      /** ISO 8601: the removed entries are older. */
      readonly before: string;
      /** The file of the archive that has their lines; null: none was configured. */
      readonly archive: string | null;
    }
  | {
      readonly kind: "checkpoint";
      readonly upTo: number;
      readonly head: string;
      readonly keyId: string;
      readonly signature: string;
    };

/** `hash` = SHA-256 (hex) over RFC 8785 of the entry without it; the first `prev` is 64 zeros. `at`: ISO 8601 UTC, milliseconds. */
export type AuditEntry = AuditFact & {
  readonly seq: number;
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
};
