import { stableText } from "../../text/json-values.ts";
import type { Tag } from "../../model/aws/tag.ts";

/** What one UpdateRole writes, as one value: it is set, shown in the record and recognised together. */
export function settingsText(role: {
  readonly description: string;
  readonly maxSessionSeconds: number;
}): string {
  return stableText({ description: role.description, maxSessionSeconds: role.maxSessionSeconds });
}

/** A set of tags as one value, sorted by key. */
export function tagsText(tags: readonly Tag[]): string {
  return stableText(Object.fromEntries(tags.map((tag) => [tag.key, tag.value])));
}
