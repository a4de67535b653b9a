import type { OwnIdentity } from "../aws/own-roles.ts";
import type { AccountId, Region } from "../aws/ids.ts";
import type { Actor } from "./change-event.ts";

/** A write by a role of Grantkeeper that is not in its record: another caller has the credentials of the role. */
export interface UnrecordedWrite {
  readonly eventId: string;
  /** ISO 8601, by CloudTrail. */
  readonly at: string;
  /** Where the write was made: a function may let a role of another account change it. */
  readonly accountId: AccountId;
  readonly region: Region;
  readonly call: string;
  /** `role/orders-api`, `function/orders-api`, or the ARN of a policy; null: the event does not name it. */
  readonly object: string | null;
  readonly identity: OwnIdentity;
  /** The ARN of the role. */
  readonly role: string;
  readonly requestId: string | null;
  /** With its session, source address and access key. */
  readonly actor: Actor;
}

/** How many writes the entries of the record have, with those that were only counted. */
export function unrecordedCount(
  entries: readonly { readonly writes: readonly unknown[]; readonly omitted: number }[],
): number {
  return entries.reduce((sum, { writes, omitted }) => sum + writes.length + omitted, 0);
}

/** How long such a write is shown after it was found: until then, an operator must have seen it. */
export const UNRECORDED_SHOWN_MS = 7 * 86_400_000;
