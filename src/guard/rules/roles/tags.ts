import type { DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { Tag } from "../../../model/aws/tag.ts";
import type { GuardContext } from "../../context/context.ts";
import { teamTags } from "../../context/tag-keys.ts";
import type { Breach } from "../rule.ts";

/** TAG-001: a tag of a role grants permissions if a policy reads it. */
export function tagsThatPermit(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return teamTags(binding).flatMap((tag) => {
    const problem = tooMuch(tag, context);
    if (problem === null) return [];
    const evidence = canonicalText({ Key: tag.key, Value: tag.value });
    const { origin: ofRole, tagOrigins } = binding.role;
    const origin = new Map(Object.entries(tagOrigins)).get(tag.key) ?? ofRole;
    return [{ rule: "TAG-001", severity: "full" as const, origin, evidence, ...problem }];
  });
}

function tooMuch({ key }: Tag, { account, index }: GuardContext): Pick<Breach, "why" | "fix"> | null {
  if (!account.tagKeys.some((allowed) => allowed.toLowerCase() === key.toLowerCase())) {
    const why = `account ${account.name} does not list the tag key "${key}", and policies may grant permissions by tag`;
    return {
      why,
      fix: `remove the tag; the platform team can add it to tagKeys of AwsAccount ${account.name}`,
    };
  }
  if (!index.tagsRead.has(key.toLowerCase())) return null;
  const why = `a policy of the account reads aws:PrincipalTag/${key}, so the tag changes the role's permissions`;
  return { why, fix: "remove the tag, or ask the platform team for a waiver" };
}
