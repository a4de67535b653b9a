import { OWN_INLINE } from "../../model/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import type { AccountId, Partition } from "../../model/aws/ids.ts";
import type { Dialect } from "../../model/aws/policy-document.ts";

/** The name of the one inline policy that a role of ours has. */
export const INLINE_NAME = OWN_INLINE.name;

export function documentContext(
  at: { readonly partition: Partition; readonly accountId: AccountId },
  dialect: Dialect,
): DocumentContext {
  return { dialect, partition: at.partition, accountId: at.accountId };
}
