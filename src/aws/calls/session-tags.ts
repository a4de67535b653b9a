import { beginningOf } from "../../text/cut.ts";
import type { Tag } from "../../model/aws/tag.ts";

/** The session tags of the writer and the binder, and the only ones that the trust policies of the roles allow. */
export const SESSION_TAGS = { binding: "gk-binding", change: "gk-change" } as const;

const LONGEST = 256;

/**
 * Which key a session writes, and for which commit. CloudTrail shows them in the AssumeRole event.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html
 */
export function sessionTags(binding: string, change: string): readonly Tag[] {
  return [
    { key: SESSION_TAGS.binding, value: tagValue(binding) },
    { key: SESSION_TAGS.change, value: tagValue(change) },
  ];
}

function tagValue(text: string): string {
  return beginningOf(text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "-"), LONGEST);
}
