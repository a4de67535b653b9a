import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import {
  OWN_IDENTITIES,
  type OwnDocuments,
  type OwnIdentity,
  type OwnRoleSettings,
} from "../../model/aws/own-roles.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { Desired, DesiredAccount, DesiredPolicy } from "../../model/desired.ts";
import { byTextOf } from "../../text/order.ts";

/** A policy document, ready to be printed. */
export interface OwnDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** A customer-managed policy that Grantkeeper compares and never writes. */
export interface BoundaryPolicy {
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly document: unknown;
}

/** One role of Grantkeeper itself. */
export interface OwnRole extends Omit<BoundaryPolicy, "document"> {
  readonly identity: OwnIdentity;
  readonly externalId: string;
  readonly trust: OwnDocument;
  /** Its only policy: inline, with the name of the identity. */
  readonly policy: OwnDocument;
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

/** What `bootstrap roles` prints, in every format. */
export interface Bootstrap {
  readonly instance: string;
  readonly accounts: readonly AccountRoles[];
  /** With --organization: the policy of the role of the process. */
  readonly base: { readonly roleArn: string; readonly policy: OwnDocument } | null;
  /** With --organization. */
  readonly serviceControlPolicy: OwnDocument | null;
}

export interface BootstrapInputs {
  readonly desired: Desired;
  readonly documents: OwnDocuments;
  readonly instance: string;
  readonly settings: OwnRoleSettings;
}

/** For these accounts, in the given order. */
export function accountBootstrap(accounts: readonly DesiredAccount[], inputs: BootstrapInputs): Bootstrap {
  return {
    instance: inputs.instance,
    accounts: accounts.map((account) => accountRoles(account, inputs)),
    base: null,
    serviceControlPolicy: null,
  };
}

/** For every account, sorted by name, with what the organization needs besides. */
export function organizationBootstrap(inputs: BootstrapInputs): Bootstrap {
  const { desired, documents, settings } = inputs;
  const accounts = [...desired.accounts.values()].sort(byTextOf(({ name }) => name));
  return {
    ...accountBootstrap(accounts, inputs),
    base: { roleArn: settings.baseRole, policy: documentOf(documents.base()) },
    serviceControlPolicy: documentOf(documents.serviceControl()),
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

function firstRegion({ name, regions: [first] }: DesiredAccount): string {
  if (first === undefined) throw new Error(`account ${name} compiled without a region`);
  return first;
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
  const { roleArn, externalId } = assumed;
  const name = nameInArn(roleArn);
  const path = arnParts(roleArn).resource.slice("role".length, -name.length);
  return [
    {
      identity,
      arn: roleArn,
      name,
      path,
      description: `Grantkeeper ${instance}: ${identity}`,
      externalId,
      trust: documentOf(documents.trust(account.id, assumed)),
      policy: documentOf(documents.policy(account.id, identity)),
    },
  ];
}

function documentOf(statements: readonly Statement[]): OwnDocument {
  return { Version: "2012-10-17", Statement: statements };
}
