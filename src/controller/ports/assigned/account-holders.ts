import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { LiveAccount } from "../../../model/live.ts";
import type { PassMemory } from "../../../model/passes/pass-memory.ts";
import type { Result } from "../../../model/values/result.ts";

/** All that the process that makes the passes of an account knows of it, as of one moment. */
export interface HeldAccount extends Omit<PassMemory, "compared" | "requests"> {
  /** null: it has not read the account. */
  readonly live: LiveAccount | null;
}

/** Without the name, the address or the version of the replica, which only tokens of the complete installation may see: its log has them. */
export type NoAnswer =
  /** It was assigned to no other replica when it was asked. */
  | "returned"
  | "no-address"
  | "silent"
  /** The replica has just returned the account, or has not begun to read it. */
  | "not-held"
  | "other-version";

/** The replicas that make the passes of assigned accounts. */
export interface AccountHolders {
  /**
   * Asks the replica to which the account is assigned now. That replica answers only while no other process can have the account.
   * @returns why there is no answer
   * @throws the signal's reason
   */
  ask(accountId: AccountId, signal: AbortSignal): Promise<Result<HeldAccount, NoAnswer>>;
}

/** What other replicas answered for one question; this process answers about accounts that are not in it. */
export type AskedAccounts = ReadonlyMap<AccountId, HeldAccount>;

export interface AccountQuestions {
  /** What `permissionState` needs of other replicas, which make the passes of the accounts of these keys. */
  askAccounts(keys: readonly Key[]): Promise<AskedAccounts>;
}

/** A question of one replica to another, as it is signed. */
export interface ReplicaQuestion {
  /** The id of the replica that is asked. */
  readonly replica: string;
  readonly accountId: string;
  /** It is not answered later, by the clock of the record. */
  readonly untilMs: number;
}
