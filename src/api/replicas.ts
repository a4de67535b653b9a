import type { Following, ReplicaState } from "../model/network/replica.ts";
import type { ApiObject } from "./object.ts";

/**
 * A process that waits for the lease of the database, or has it. Its name is its host and the start of its id. All times are
 * ISO 8601 by the clock of the database. A token with namespaces sees none; there are none with the record in a file.
 */
export interface ReplicaObject extends ApiObject<"Replica"> {
  readonly status: {
    /** Of this start of the process alone. */
    readonly id: string;
    readonly host: string;
    readonly pid: number;
    readonly version: string;
    readonly catalogueDigest: string;
    /** The URL at which the other replicas reach its API; null: they do not. */
    readonly address: string | null;
    readonly state: ReplicaState;
    readonly startedAt: string;
    /** When it last reported to the database. */
    readonly seenAt: string;
    /** When its lease ends unless it is renewed; null: it has none. */
    readonly leaseEndsAt: string | null;
    /**
     * Of a standby: `current` if it has compiled what the active replica has in force, with the same result; `behind` until then;
     * `unable` if it cannot. null: it is no standby, or of a version that does not state it.
     */
    readonly following: Following["kind"] | null;
    /** Why it is unable, and what to do; null: it is not. */
    readonly followingProblem: string | null;
    /**
     * The names of the accounts whose passes it makes, sorted; the id of one that Git no longer declares. Of a lost replica: those that
     * no replica makes the passes of until its lease has ended. null: nothing is in force yet.
     */
    readonly accounts: readonly string[] | null;
    /** When the table of replicas was read: all of this is as of then. */
    readonly readAt: string;
  };
}

export interface ReplicaCounts {
  /** ISO 8601: when the table of replicas was read. */
  readonly readAt: string;
  readonly active: number;
  readonly standby: number;
  /** Not seen for 30 seconds, within the last day. */
  readonly lost: number;
}
