import { canonicalText } from "../../model/digest.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Json } from "../../model/json.ts";
import type { Project } from "../project.ts";
import { targetText } from "../target.ts";

/** What changes beside permissions. */
export interface SettingsChange {
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** `tags`, `description` … */
  readonly fields: readonly string[];
}

type State = DesiredBinding | DesiredPolicy;

/** Of what is in both revisions. */
export function settingsChanged(
  before: State | null,
  after: State | null,
  { compilation }: Project,
): readonly SettingsChange[] {
  if (before === null || after === null) return [];
  const [then, now] = [settingsOf(before), settingsOf(after)];
  const fields = Object.keys(now).filter(
    (field) => canonicalText(then[field] ?? null) !== canonicalText(now[field] ?? null),
  );
  if (fields.length === 0) return [];
  const account =
    "account" in after
      ? after.account
      : (compilation.desired.accounts.get(after.accountId)?.name ?? after.accountId);
  return [{ target: targetText({ key: after.key, account }), fields }];
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
