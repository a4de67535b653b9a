import { worstCase } from "../../explain/worst-case/worst-case.ts";
import type { IdentityPolicies } from "../../explain/worst-case/reach.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import type { AccountWorstCase, IdentityWorstCase } from "../../model/answers/worst-case.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { OWN_IDENTITIES, type OwnDocuments, type OwnIdentity } from "../../model/aws/own-roles.ts";
import { readInstalledRole, type InstalledDocument, type InstalledRole } from "./installed-role.ts";

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
    const role = await readInstalledRole(account, roleArn(account, identity), { live, signal });
    const policies = installedPolicies(account, role);
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

/** What is not read may allow anything. */
function installedPolicies(account: DesiredAccount, role: InstalledRole): IdentityPolicies {
  if (role.kind !== "present") return { identity: [], boundary: null, unread: role.reason };
  const { documents, boundary, unread } = role;
  return {
    identity: documents.map((document) => policyOf(account, "identity", document)),
    boundary: boundary === null ? null : policyOf(account, "boundary", boundary),
    unread: unread.length === 0 ? null : `not read: ${unread.join(", ")}`,
  };
}

function policyOf(
  { partition, id: accountId }: DesiredAccount,
  dialect: Dialect,
  document: InstalledDocument,
): AttachedPolicy {
  return attachedPolicy(document, { dialect, partition, accountId });
}

function roleArn(account: DesiredAccount, identity: OwnIdentity): string {
  return account[identity]?.roleArn ?? "";
}
