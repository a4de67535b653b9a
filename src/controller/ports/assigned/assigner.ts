import type { AccountId } from "../../../model/aws/ids.ts";

/** A standby with a lease for accounts, and those that it has. */
export interface Holder {
  readonly id: string;
  /** As of now it has compiled what is in force, with the same program: more accounts may be assigned to it. */
  readonly canTake: boolean;
  readonly accounts: readonly AccountId[];
}

/** Assigns accounts to standbys, for the active replica. */
export interface Assigner {
  /** By id. @throws Error if the record cannot be read */
  holders(): Promise<readonly Holder[]>;
  /** The number of accounts above which a standby returns some. @throws Error if the record cannot be written */
  limit(share: number): Promise<void>;
  /**
   * No pass of this process over these accounts may run.
   * @returns those that the replica has now; the others are assigned already, or its lease has ended
   * @throws Error if the record cannot be written; then they may be assigned
   */
  assign(replica: string, accounts: readonly AccountId[]): Promise<readonly AccountId[]>;
}
