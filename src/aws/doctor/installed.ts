import { matchesPattern } from "../../iam/match/wildcard.ts";
import { readDocument } from "../../iam/read/parse.ts";
import type { MissingPermission } from "../../model/aws/missing-permission.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { LiveAccount, LiveRole } from "../../model/live.ts";
import type { AssumableIdentity } from "../requests/sessions.ts";
import { requiredPermissions } from "../calls/permissions.ts";

/** The permissions that no Allow statement in the policies of a role names; resources and conditions are not checked. */
export function missingPermissions(
  identity: AssumableIdentity,
  texts: readonly string[],
  account: DesiredAccount,
): readonly MissingPermission[] {
  const patterns = texts.flatMap((text) => allowedActions(text, account));
  return requiredPermissions(identity).filter(
    ({ action }) => !patterns.some((pattern) => matchesPattern(pattern, action.toLowerCase())),
  );
}

/** The documents of a role, or null if one of them was not read. */
export function documentsOf(role: LiveRole, live: LiveAccount): readonly string[] | null {
  const texts = role.inline.map((each) => each.text);
  for (const arn of role.attachments) {
    const policy = live.policies.get(arn);
    const managed = live.awsManaged.get(arn);
    if (managed?.kind === "present") texts.push(managed.value.text);
    else if (policy?.kind === "present") texts.push(...defaultText(policy.value));
    else return null;
  }
  return texts;
}

function defaultText(policy: {
  defaultVersionId: string;
  versions: readonly { id: string; text: string }[];
}) {
  return policy.versions.filter((each) => each.id === policy.defaultVersionId).map((each) => each.text);
}

/**
 * Whether a statement denies every action that no other statement allows. Without it, the policy of a resource could allow
 * more. A Deny with a condition does not count, nor one that spares more than is allowed.
 */
export function hasFence(texts: readonly string[], account: DesiredAccount): boolean {
  const members = texts.flatMap((text) => membersOf(text, account));
  const allowed = texts.flatMap((text) => allowedActions(text, account));
  return members.some(({ effect, actions, resources, conditions }) => {
    if (effect !== "Deny" || !actions.negated || conditions.length > 0) return false;
    const isEverywhere = resources !== null && !resources.negated && resources.values.includes("*");
    const isNarrow = actions.values.every((spared) => allowed.some((each) => matchesPattern(each, spared)));
    return isEverywhere && isNarrow;
  });
}

/** Lower-case patterns. */
function allowedActions(text: string, account: DesiredAccount): readonly string[] {
  return membersOf(text, account).flatMap(({ effect, actions }) =>
    effect === "Deny" || actions.negated ? [] : actions.values,
  );
}

function membersOf(text: string, { partition, id: accountId }: DesiredAccount) {
  const parsed = readDocument(text, { dialect: "identity", partition, accountId });
  if (parsed.kind === "unreadable") return [];
  return parsed.document.members.filter((member) => member.kind !== "opaque");
}
