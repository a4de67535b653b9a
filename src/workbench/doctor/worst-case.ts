import { managedText } from "../../diff/documents/permissions.ts";
import { worstCase } from "../../explain/worst-case/worst-case.ts";
import type { IdentityPolicies } from "../../explain/worst-case/reach.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { AccountWorstCase, IdentityWorstCase } from "../../model/answers/worst-case.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { OWN_IDENTITIES, type OwnDocuments, type OwnIdentity } from "../../model/aws/own-roles.ts";
import { liveRole, type LiveAccount, type LiveRole, type Reading } from "../../model/live.ts";

type Dialect = "identity" | "boundary";

/** By the policies that the manifests need. */
export function declaredWorstCase(
  account: DesiredAccount,
  instance: string,
  documents: OwnDocuments,
): AccountWorstCase {
  const identities = present(account).map((identity) => {
    const Statement = documents.policy(account.id, identity);
    const text = JSON.stringify({ Version: "2012-10-17", Statement });
    const policies = {
      identity: [policyOf(account, "identity", { from: `policy of the ${identity}`, text })],
      boundary: null,
      unread: null,
    };
    return identityWorstCase(account, { identity, policies }, instance);
  });
  return { account: account.name, accountId: account.id, policies: "declared", identities };
}

export interface InstalledReading {
  readonly live: LiveState;
  readonly instance: string;
  readonly signal: AbortSignal;
}

/** By the policies of the roles in AWS; the verdicts are unknown if they cannot be read. */
export async function installedWorstCase(
  account: DesiredAccount,
  { live, instance, signal }: InstalledReading,
): Promise<AccountWorstCase> {
  const identities: IdentityWorstCase[] = [];
  for (const identity of present(account)) {
    const policies = await readPolicies(account, identity, { live, signal });
    identities.push(identityWorstCase(account, { identity, policies }, instance));
  }
  return { account: account.name, accountId: account.id, policies: "installed", identities };
}

function present(account: DesiredAccount): readonly OwnIdentity[] {
  return OWN_IDENTITIES.filter((identity) => account[identity] !== null);
}

function identityWorstCase(
  account: DesiredAccount,
  { identity, policies }: { readonly identity: OwnIdentity; readonly policies: IdentityPolicies },
  instance: string,
): IdentityWorstCase {
  const { partition, id: accountId } = account;
  const capabilities = worstCase(policies, { partition, accountId, instance });
  return { identity, roleArn: roleArn(account, identity), capabilities };
}

async function readPolicies(
  account: DesiredAccount,
  identity: OwnIdentity,
  { live, signal }: Pick<InstalledReading, "live" | "signal">,
): Promise<IdentityPolicies> {
  const name = nameInArn(roleArn(account, identity));
  const base = { account, pass: "doctor", functions: [] };
  try {
    const read = await live.read({ ...base, roleNames: [name], policyArns: [] }, signal);
    const role = liveRole(read, name);
    if (role.kind !== "present") return unreadRole(name, role);
    const { attachments, boundary } = role.value;
    const policyArns = [...attachments, ...(boundary === null ? [] : [boundary])];
    if (policyArns.length === 0) return policiesOf(account, role.value, read);
    return policiesOf(account, role.value, await live.read({ ...base, roleNames: [], policyArns }, signal));
  } catch (cause) {
    if (!(cause instanceof AwsError)) throw cause;
    const fix = fixOfAwsError(cause);
    return unread(fix === null ? cause.message : `${cause.message}; ${fix}`);
  }
}

function unreadRole(name: string, role: Exclude<Reading<LiveRole>, { readonly kind: "present" }>) {
  return unread(role.kind === "unknown" ? role.reason : `role ${name} does not exist`);
}

function unread(reason: string): IdentityPolicies {
  return { identity: [], boundary: null, unread: reason };
}

function policiesOf(account: DesiredAccount, role: LiveRole, live: LiveAccount): IdentityPolicies {
  const { inline, attachments, boundary } = role;
  const texts = attachments.map((arn) => ({ from: arn, text: managedText(arn, live) }));
  const limit = boundary === null ? undefined : managedText(boundary, live);
  const missing = [
    ...texts.flatMap(({ from, text }) => (text === undefined ? [from] : [])),
    ...(boundary !== null && limit === undefined ? [boundary] : []),
  ];
  const own = inline.map(({ name, text }) => ({ from: `inline policy ${name}`, text }));
  const known = [...own, ...texts].flatMap(({ from, text }) => (text === undefined ? [] : [{ from, text }]));
  return {
    identity: known.map((document) => policyOf(account, "identity", document)),
    boundary:
      limit === undefined
        ? null
        : policyOf(account, "boundary", { from: `boundary ${boundary ?? ""}`, text: limit }),
    unread: missing.length === 0 ? null : `not read: ${missing.join(", ")}`,
  };
}

function policyOf(
  { partition, id: accountId }: DesiredAccount,
  dialect: Dialect,
  document: { readonly from: string; readonly text: string },
): AttachedPolicy {
  return attachedPolicy(document, { dialect, partition, accountId });
}

function roleArn(account: DesiredAccount, identity: OwnIdentity): string {
  return account[identity]?.roleArn ?? "";
}
