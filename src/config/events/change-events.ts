import { z } from "zod";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import { checkedQueueUrl } from "../../model/aws/queue-url.ts";
import { checkedSettings } from "../checked.ts";
import { duration, queueUrl } from "../field-forms.ts";
import type { SourceAccess } from "../../model/aws/own-roles.ts";

/** A queue to which rules of EventBridge send what CloudTrail records. */
export interface ChangeQueueConfig {
  readonly queueUrl: string;
  /** The accounts whose events it is for, sorted: of its own account alone, unless the file names others. */
  readonly accounts: readonly AccountId[];
}

export const changeQueue = z.strictObject({
  queueUrl,
  accounts: z
    .array(
      z
        .string()
        .refine((text) => parseAccountId(text) !== undefined, "expected an account id, 12 digits, quoted"),
    )
    .min(1)
    .optional(),
});

export function changeQueues(parsed: readonly z.infer<typeof changeQueue>[]): readonly ChangeQueueConfig[] {
  return parsed.map(({ queueUrl: text, accounts }) => {
    const { url, accountId } = checkedQueueUrl(text);
    const ids = (accounts ?? [accountId]).map((id) => checkedSettings(parseAccountId(id)));
    return { queueUrl: url, accounts: [...new Set(ids)].sort() };
  });
}

/** What the base role needs for them, for `bootstrap roles`. */
export function changeQueueAccess(queues: readonly ChangeQueueConfig[]): readonly SourceAccess[] {
  return queues.map(({ queueUrl: text }) => ({ kind: "change-queue", arn: checkedQueueUrl(text).arn }));
}

/** How long a reading of a function's policy may be kept while change events prove that nothing was changed. */
export const resourcePolicies = z.strictObject({
  readWithin: duration.refine((ms) => ms <= 86_400_000, "expected at most 24h").default(3_600_000),
});
