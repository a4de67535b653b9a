import type { UsedReference } from "../../../model/aws/reference.ts";
import type { Follows } from "../../../model/network/replica.ts";
import type { Digest } from "../../../model/values/digest.ts";
import type { Revision } from "../../../model/values/revision.ts";
import type { Store } from "../store.ts";

/** What the active replica has compiled, so that others can compile the same. */
export interface InForce {
  /** By name of the source; missing: nothing of the source was read. */
  readonly revisions: Readonly<Record<string, Revision>>;
  /** Of what the revisions mean together (`compilationDigest`). */
  readonly digest: Digest;
  readonly catalogueDigest: string;
  /** Of the program. */
  readonly version: string;
  /** The values in AWS that manifests name, as they were read. */
  readonly references: readonly UsedReference[];
}

/** Where the active replica shows what it has in force. */
export interface InForcePublication {
  /** @throws Error if the record cannot be written, or another process may write it */
  publish(inForce: InForce): Promise<void>;
}

/** The part of the record from which a standby compiles; it writes nothing but what it states of itself. */
export interface FollowedRecord extends Pick<Store, "sources" | "appliedMarks" | "hasObject"> {
  /** null: no replica has shown it yet. */
  inForce(): Promise<InForce | null>;
  /** For `get replicas`, and for the active replica. */
  report(follows: Follows): Promise<void>;
}
