import { worstCase } from "../../explain/worst-case/worst-case.ts";
import type { IdentityPolicies } from "../../explain/worst-case/reach.ts";
import { attachedPolicy, type AttachedPolicy } from "../../iam/evaluate/policy.ts";
import type { LiveState } from "../../controller/ports/live-state.ts";
import type {
  AccountWorstCase,
  CapabilityVerdict,
  IdentityWorstCase,
  WorstCaseVerdict,
} from "../../model/answers/worst-case.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { OWN_IDENTITIES, type OwnDocuments, type OwnIdentity } from "../../model/aws/own-roles.ts";
import { readInstalledRole, type InstalledDocument, type InstalledRole } from "./installed-role.ts";

type JudgedUse = "identity" | "boundary";

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
      limits: [],
      unread: null,
    };
    const sessions = documents.sessions(account.id, identity);
    return identityWorstCase(account, { identity, policies, sessions }, instance);
  });
  return { account: account.name, accountId: account.id, policies: "declared", identities };
}

export interface InstalledReading {
  readonly live: LiveState;
  readonly instance: string;
  readonly documents: OwnDocuments;
  readonly signal: AbortSignal;
}

/** By the policies of the roles in AWS; the verdicts are unknown if they cannot be read. */
export async function installedWorstCase(
  account: DesiredAccount,
  { live, instance, documents, signal }: InstalledReading,
): Promise<AccountWorstCase> {
  const identities: IdentityWorstCase[] = [];
  for (const identity of present(account)) {
    const role = await readInstalledRole(account, roleArn(account, identity), { live, signal });
    const policies = installedPolicies(account, role);
    const sessions = documents.sessions(account.id, identity);
    identities.push(identityWorstCase(account, { identity, policies, sessions }, instance));
  }
  return { account: account.name, accountId: account.id, policies: "installed", identities };
}

function present(account: DesiredAccount): readonly OwnIdentity[] {
  return OWN_IDENTITIES.filter((identity) => account[identity] !== null);
}

interface ExaminedIdentity {
  readonly identity: OwnIdentity;
  readonly policies: IdentityPolicies;
  /** The policies of its sessions. */
  readonly sessions: readonly string[];
}

function identityWorstCase(
  account: DesiredAccount,
  { identity, policies, sessions }: ExaminedIdentity,
  instance: string,
): IdentityWorstCase {
  const { partition, id: accountId, boundary } = account;
  const subject = { partition, accountId, instance, boundary };
  const ofSessions = sessions.map((text) => {
    const limit = policyOf(account, "identity", { from: "session policy", text });
    return worstCase({ ...policies, limits: [...policies.limits, limit] }, subject);
  });
  return {
    identity,
    roleArn: roleArn(account, identity),
    capabilities: worstCase(policies, subject),
    session: ofSessions.length === 0 ? null : worstOf(ofSessions),
  };
}

const WORST_FIRST = ["can", "unknown", "limited", "cannot"] as const satisfies readonly WorstCaseVerdict[];

/** The worst verdict that any session has for each capability, in their order. */
function worstOf(sessions: readonly (readonly CapabilityVerdict[])[]): readonly CapabilityVerdict[] {
  const [first = []] = sessions;
  return first.map((verdict, at) => {
    const all = sessions.flatMap((session) => session[at] ?? []);
    return all.reduce(
      (worst, one) => (WORST_FIRST.indexOf(one.verdict) < WORST_FIRST.indexOf(worst.verdict) ? one : worst),
      verdict,
    );
  });
}

/** A policy that is not read may allow anything. */
function installedPolicies(account: DesiredAccount, role: InstalledRole): IdentityPolicies {
  if (role.kind !== "present") return { identity: [], limits: [], unread: role.reason };
  const { documents, boundary, unread } = role;
  return {
    identity: documents.map((document) => policyOf(account, "identity", document)),
    limits: boundary === null ? [] : [policyOf(account, "boundary", boundary)],
    unread: unread.length === 0 ? null : `not read: ${unread.join(", ")}`,
  };
}

function policyOf(
  { partition, id: accountId }: DesiredAccount,
  dialect: JudgedUse,
  document: InstalledDocument,
): AttachedPolicy {
  return attachedPolicy(document, { dialect, partition, accountId });
}

function roleArn(account: DesiredAccount, identity: OwnIdentity): string {
  return account[identity]?.roleArn ?? "";
}
