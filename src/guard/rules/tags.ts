import type { DesiredBinding } from "../../model/desired.ts";
import { canonicalText } from "../../model/digest.ts";
import type { Tag } from "../../model/tag.ts";
import type { GuardContext } from "../context.ts";
import { teamTags } from "../tag-keys.ts";
import type { Breach } from "./rule.ts";

/** TAG-001: a role's tags are permissions where a policy reads them. */
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
    const why = `account ${account.name} does not list the tag key "${key}", and a role's tags are permissions`;
    return { why, fix: `remove the tag, or have it listed under tagKeys of AwsAccount ${account.name}` };
  }
  if (!index.tagsRead.has(key.toLowerCase())) return null;
  const why = `a policy of the account reads aws:PrincipalTag/${key}, so that the tag decides what the role may do`;
  return { why, fix: "remove the tag, or have the platform team waive the rule for this binding" };
}
