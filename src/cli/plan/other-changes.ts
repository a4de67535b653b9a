import { canonicalText } from "../../model/digest.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Json } from "../../model/json.ts";
import type { Project } from "../project.ts";
import { targetText } from "../../model/target-text.ts";

/** What changes beside permissions. */
export interface OtherChange {
  readonly kind: "settings" | "left git";
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** `tags, description`; what becomes of what left git. */
  readonly what: string;
}

type State = DesiredBinding | DesiredPolicy;

/** Settings of what is in both revisions, and what left git and stays in AWS. */
export function otherChanges(
  before: State | null,
  after: State | null,
  { compilation }: Project,
): readonly OtherChange[] {
  const any = after ?? before;
  if (any === null || before === null) return [];
  const { accounts } = compilation.desired;
  const account = "account" in any ? any.account : (accounts.get(any.accountId)?.name ?? any.accountId);
  const target = targetText({ key: any.key, account });
  if (after !== null) return settingsChange(before, after, target);
  if (compilation.invalid.has(before.key) || before.deletionPolicy === "delete") return [];
  return [
    {
      kind: "left git",
      target,
      what: `${"role" in before ? "" : "no function uses it there; "}deletionPolicy retain: what is in AWS remains, and is listed as an orphan`,
    },
  ];
}

function settingsChange(before: State, after: State, target: string): readonly OtherChange[] {
  const [then, now] = [settingsOf(before), settingsOf(after)];
  const differs = (field: string): boolean =>
    canonicalText(then[field] ?? null) !== canonicalText(now[field] ?? null);
  const fields = Object.keys(now).filter(differs);
  return fields.length === 0 ? [] : [{ kind: "settings", target, what: fields.join(", ") }];
}

function settingsOf(state: State): Readonly<Record<string, Json>> {
  if (!("role" in state)) {
    const { description, deletionPolicy } = state;
    return { arn: state.arn, tags: tagPairs(state), description, deletionPolicy };
  }
  const { role, mode, functionName, functionRole, undeclaredCallers, deletionPolicy } = state;
  return {
    role: role.arn,
    boundary: role.boundary?.arn ?? null,
    attachments: role.attachments.map(({ arn }) => arn),
    tags: tagPairs(role),
    description: role.description,
    maxSessionDuration: role.maxSessionSeconds,
    function: functionName,
    mode,
    functionRole,
    undeclaredCallers,
    deletionPolicy,
  };
}

function tagPairs({ tags }: Pick<DesiredPolicy, "tags">): Json {
  return tags.map(({ key, value }) => [key, value]);
}
