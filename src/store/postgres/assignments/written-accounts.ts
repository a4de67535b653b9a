import type { AuditFact } from "../../../audit/entry.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import { accountIdOf } from "../../../model/keys/key.ts";
import type { RecordChange } from "../../../model/records/record-change.ts";

/**
 * The accounts of which only the replica that makes their passes may write this: their keys, their records, the memory of
 * their passes and the journal of their writes to AWS. All else, such as approvals and suspensions, is of the active replica or of any. In no order.
 */
export function writtenAccounts(
  facts: readonly AuditFact[],
  change: RecordChange | null,
): readonly AccountId[] {
  const { keys = [], removedKeys = [], accounts = [], memories = [] } = change ?? {};
  const journal = facts.filter(({ kind }) => kind === "write-intended" || kind === "write-finished");
  const written = [
    ...journal.flatMap((fact) => ("key" in fact ? [accountIdOf(fact.key)] : [])),
    ...keys.map(({ key }) => accountIdOf(key)),
    ...removedKeys.map(accountIdOf),
    ...[...accounts, ...memories].map(({ accountId }) => accountId),
  ];
  return [...new Set(written)];
}
