import type { ChangeQueueView } from "../../../model/answers/queue-health.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { AccountEventFacts, QueueFacts } from "../../../model/passes/event-facts.ts";

/** For the active replica, which alone receives change events and asks CloudTrail. May be repeated. */
export interface EventFactWriter {
  /** Also to state that they are the same as before. @throws Error if the record cannot be written */
  writeQueues(queues: readonly ChangeQueueView[]): Promise<void>;
  /** Replaces those of these accounts. @throws Error if the record cannot be written */
  writeAccounts(facts: ReadonlyMap<AccountId, AccountEventFacts>): Promise<void>;
  /** The denied calls that were stated last, also by processes before this one. @throws Error if the record cannot be read */
  statedDenials(): Promise<ReadonlyMap<AccountId, AccountEventFacts["denials"]>>;
}

/** For a replica that makes passes of assigned accounts. */
export interface EventFactReader {
  /** null: no replica has stated any. @throws Error if the record cannot be read */
  queues(): Promise<QueueFacts | null>;
  /** Those of these accounts that are new since the last call. @throws Error if the record cannot be read */
  accounts(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, AccountEventFacts>>;
}
