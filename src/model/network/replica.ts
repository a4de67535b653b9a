import type { AccountId } from "../aws/ids.ts";
import type { Digest } from "../values/digest.ts";

/** A process that waits for the lease of the database, or has it. */
export interface ReplicaIdentity {
  /** Of this start of the process alone. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Of the program. */
  readonly version: string;
  readonly catalogueDigest: string;
  /** The URL at which the other replicas reach its API; null: they do not. */
  readonly address: string | null;
}

/** `active`: it has the lease. `lost`: it ended without taking leave, was stopped, or cannot reach the database. */
export type ReplicaState = "active" | "standby" | "lost";

/** What a standby states about itself. */
export interface Follows {
  /** Of what it has compiled; null: it has not compiled what is in force. */
  readonly digest: Digest | null;
  /** Why it cannot compile it as the active replica does; null: it can, or it is compiling. */
  readonly reason: string | null;
}

/** Whether a standby could enforce what the active replica has in force. */
export type Following =
  | { readonly kind: "current" }
  /** It has not compiled it yet. */
  | { readonly kind: "behind" }
  | { readonly kind: "unable"; readonly reason: string };

/** A replica as the database shows it. Times are those of the database. */
export interface ReplicaRecord extends ReplicaIdentity {
  readonly state: ReplicaState;
  readonly startedMs: number;
  /** When it last reported to the database. */
  readonly seenMs: number;
  /** When its lease ends unless it is renewed; null: it has none. */
  readonly leaseEndsMs: number | null;
  /** null: it is no standby, or of a version that does not state it. */
  readonly following: Following | null;
  /** Those that are assigned to it, sorted. The active replica makes the passes of all others, and no one those of a lost replica. */
  readonly accounts: readonly AccountId[];
  /** When the table was read. */
  readonly readAtMs: number;
}

/** The end of the lease before: `given-back` by a process that ended in order, not renewed in time, or void after a failover of the database. */
type LeaseEnd = "given-back" | "expired" | "failover";

/** This process has the lease after another one. */
export interface Takeover {
  /** For people: the process and the host of the last holder. */
  readonly from: string;
  /** The epoch of the new lease. */
  readonly epoch: number;
  readonly leaseEnd: LeaseEnd;
  /** With `failover`: from which timeline of the database to which, or that it is another server or database. */
  readonly failover?: string;
}

export interface TakeoverFact extends Takeover {
  readonly kind: "replica-took-over";
}

/** A host and the start of the identity: unique, and short enough for a table. */
export function replicaName({ host, id }: Pick<ReplicaIdentity, "host" | "id">): string {
  const plain = host.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  return `${plain}-${id.slice(0, 5)}`;
}

/** For messages: the process, its host, and its name among the replicas. */
export function replicaLabel(replica: Pick<ReplicaIdentity, "host" | "id" | "pid">): string {
  return `${replicaName(replica)} (pid ${replica.pid} on ${replica.host})`;
}
