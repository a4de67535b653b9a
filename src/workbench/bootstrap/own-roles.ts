import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES, type OwnIdentity } from "../../model/aws/own-roles.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { DesiredAccount, DesiredPolicy } from "../../model/desired.ts";
import { byTextOf } from "../../text/order.ts";
import { accountSetRoles, type AccountSetRoles } from "./account-sets.ts";
import { pushQueues, type PushQueue } from "./push-queues.ts";
import { MANAGED_POLICY_LIMIT, policyLength } from "./divided-policy.ts";
import {
  ownRoleDocument,
  firstRegion,
  ownManagedPolicies,
  ownRoleOf,
  type BootstrapInputs,
  type OwnDocument,
  type OwnManagedPolicy,
  type OwnRole,
} from "./own-role.ts";

/** A customer-managed policy that Grantkeeper compares and never writes. */
export interface BoundaryPolicy {
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly document: unknown;
}

/** What one account needs before Grantkeeper can work in it. */
export interface AccountRoles {
  readonly account: string;
  readonly accountId: string;
  readonly partition: string;
  /** IAM has no region; a stack needs one. */
  readonly region: string;
  readonly boundaries: readonly BoundaryPolicy[];
  readonly roles: readonly OwnRole[];
}

/** The policy of the role of the process. */
export interface BasePolicy {
  readonly roleArn: string;
  readonly policy: OwnDocument;
  /** The policy in parts, if it is longer than one customer managed policy. */
  readonly managedPolicies: readonly OwnManagedPolicy[];
}

/** What `bootstrap roles` prints, in every format. */
export interface Bootstrap {
  readonly instance: string;
  readonly accounts: readonly AccountRoles[];
  /** With --organization. */
  readonly accountSets: AccountSetRoles;
  /** With --organization: the policy of the role of the process. */
  readonly base: BasePolicy | null;
  /** With --organization. */
  readonly serviceControlPolicy: OwnDocument | null;
  /** With --organization: of sources in CodeCommit. */
  readonly pushQueues: readonly PushQueue[];
}

/** For these accounts, in the given order. */
export function accountBootstrap(accounts: readonly DesiredAccount[], inputs: BootstrapInputs): Bootstrap {
  const roles = accounts.map((account) => accountRoles(account, inputs));
  return bootstrapOf(inputs.instance, roles);
}

/** Without the parts of the organization. */
export function bootstrapOf(instance: string, accounts: readonly AccountRoles[]): Bootstrap {
  return {
    instance,
    accounts,
    accountSets: { readers: [], observers: [] },
    base: null,
    serviceControlPolicy: null,
    pushQueues: [],
  };
}

/** For every account, sorted by name, and every account set, with what the organization needs besides. */
export function organizationBootstrap(inputs: BootstrapInputs): Bootstrap {
  const { desired, documents, settings } = inputs;
  const accounts = [...desired.accounts.values()].sort(byTextOf(({ name }) => name));
  return {
    ...accountBootstrap(accounts, inputs),
    accountSets: accountSetRoles(inputs),
    base: basePolicy(settings.baseRole, documents.base()),
    serviceControlPolicy: ownRoleDocument(documents.serviceControl()),
    pushQueues: pushQueues(settings),
  };
}

/**
 * The base role may have other inline policies, so its policy counts as a managed one. Policies have the name of the role:
 * two installations may have their base roles in one account.
 */
function basePolicy(roleArn: string, policy: readonly Statement[]): BasePolicy {
  const isLong = policyLength(policy) > MANAGED_POLICY_LIMIT;
  return {
    roleArn,
    policy: ownRoleDocument(policy),
    managedPolicies: isLong ? ownManagedPolicies({ roleArn, name: nameInArn(roleArn) }, policy) : [],
  };
}

function accountRoles(account: DesiredAccount, inputs: BootstrapInputs): AccountRoles {
  const policies = [...inputs.desired.policies.values()].filter(
    ({ accountId, use }) => accountId === account.id && use === "boundary",
  );
  return {
    account: account.name,
    accountId: account.id,
    partition: account.partition,
    region: firstRegion(account),
    boundaries: policies.map(boundaryPolicy).sort(byTextOf(({ name }) => name)),
    roles: OWN_IDENTITIES.flatMap((identity) => ownRole(identity, account, inputs)),
  };
}

function boundaryPolicy({ policyName, path, arn, description, document }: DesiredPolicy): BoundaryPolicy {
  const text = compiledText(document);
  if (text === null) throw new Error(`boundary ${policyName} compiled without a statement`);
  return {
    name: policyName,
    path,
    arn,
    description,
    document: JSON.parse(text) as unknown,
  };
}

function ownRole(
  identity: OwnIdentity,
  account: DesiredAccount,
  { documents, instance }: BootstrapInputs,
): readonly OwnRole[] {
  const assumed = account[identity];
  if (assumed === null) return [];
  const trust = documents.trust(assumed);
  return [ownRoleOf(identity, assumed, { instance, trust, policy: documents.policy(account.id, identity) })];
}
