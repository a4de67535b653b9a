import type { CallAs, OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { FoundObserver, ReaderRole } from "./account-sets.ts";
import {
  accountTemplate,
  byLogicalId,
  logicalId,
  observerTemplate,
  readerTemplate,
  roleResources,
  templateOf,
  type CloudFormationTemplate,
  type Resource,
} from "./cloudformation.ts";
import type { AccountRoles, Bootstrap } from "./own-roles.ts";

type ResourceByName = readonly [string, Resource];

/**
 * The stack of the organization's management account, or of a delegated administrator: one stack set for each declared
 * account, because the policies differ between accounts, one for all accounts that an AccountSet finds, the reader, and the
 * service control policy. It is attached last: before, it could stop what creates the roles.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stackset.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-organizations-policy.html
 */
export function stackSetTemplate(
  { instance, accounts, accountSets, serviceControlPolicy }: Bootstrap,
  { organizationalUnits, callAs }: OwnRoleSettings,
): CloudFormationTemplate {
  const { readers, observers } = accountSets;
  const place = { instance, organizationalUnits, callAs };
  const stackSets: readonly ResourceByName[] = [
    ...accounts.map((account) => accountStackSet(account, place)),
    ...observers.map((observer) => observerStackSet(observer, place)),
  ];
  const protection: Resource = {
    Type: "AWS::Organizations::Policy",
    DependsOn: stackSets.map(([id]) => id),
    Properties: {
      Name: `grantkeeper-${instance}`,
      Description: `Protects the roles and boundaries of Grantkeeper ${instance}`,
      Type: "SERVICE_CONTROL_POLICY",
      Content: serviceControlPolicy,
      TargetIds: organizationalUnits,
    },
  };
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Roles and boundaries of Grantkeeper ${instance} in every account`,
    ...(readers.length > 0 && { Conditions: Object.fromEntries(readers.flatMap(readerConditions)) }),
    Resources: {
      ...byLogicalId([...stackSets, ...readers.flatMap((reader) => readerResources(reader, place))]),
      Protection: protection,
    },
  };
}

/** The stack sets of these accounts, without anything of the organization itself. */
export function accountStackSets(
  { instance, accounts }: Pick<Bootstrap, "instance" | "accounts">,
  { organizationalUnits, callAs }: OwnRoleSettings,
): CloudFormationTemplate {
  const place = { instance, organizationalUnits, callAs };
  return templateOf(
    `Roles and boundaries of Grantkeeper ${instance} in a part of the accounts`,
    accounts.map((account) => accountStackSet(account, place)),
  );
}

interface StackSetTarget {
  readonly instance: string;
  readonly organizationalUnits: readonly string[];
  readonly callAs: CallAs;
}

/** Permissions that AWS Organizations manages: stacks are addressed by unit, and limited to the one account. */
function accountStackSet(
  account: AccountRoles,
  { instance, organizationalUnits, callAs }: StackSetTarget,
): ResourceByName {
  const { account: name, accountId, region } = account;
  const resource = stackSet({
    name: `grantkeeper-${instance}-${accountId}`,
    description: `Roles and boundaries of Grantkeeper ${instance} in account ${name}`,
    targets: oneAccount(accountId, organizationalUnits),
    region,
    callAs,
    template: accountTemplate(account, instance),
  });
  return [`Account${logicalId(name)}`, resource];
}

/** Accounts that come get the observer by themselves, and those that leave lose it. */
function observerStackSet(observer: FoundObserver, { instance, callAs }: StackSetTarget): ResourceByName {
  const { accountSets, region } = observer;
  const resource = stackSet({
    ...foundStackSet(observer, instance),
    targets: foundAccounts(observer),
    region,
    callAs,
    template: observerTemplate(observer, instance),
    autoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
  });
  return [`Observers${setId(accountSets)}`, resource];
}

/** Name and description of the stack set of found accounts: a name has no dots. */
export function foundStackSet({ accountSets }: FoundObserver, instance: string) {
  return {
    name: `grantkeeper-${instance}-observers-${nameOf(accountSets)}`,
    description: `Observer of Grantkeeper ${instance} in the accounts of ${accountSets.join(", ")}`.slice(
      0,
      1_024,
    ),
  };
}

function foundAccounts({ units, except }: FoundObserver): object {
  if (except.length === 0) return { OrganizationalUnitIds: units };
  return { OrganizationalUnitIds: units, AccountFilterType: "DIFFERENCE", Accounts: except };
}

/** Stack sets create nothing in the management account: if the reader is there, this stack itself creates it. */
function readerResources(reader: ReaderRole, { instance, organizationalUnits, callAs }: StackSetTarget) {
  const { accountSets, accountId, region, role } = reader;
  const id = `Reader${setId(accountSets)}`;
  const elsewhere = stackSet({
    name: `grantkeeper-${instance}-reader-${nameOf(accountSets)}`,
    description: `Reader of the organization of Grantkeeper ${instance} in account ${accountId}`,
    targets: oneAccount(accountId, organizationalUnits),
    region,
    callAs,
    template: readerTemplate(reader, instance),
  });
  const here = roleResources(role).map(([name, resource]): ResourceByName => [
    `${id}${name}`,
    { ...resource, Condition: `${id}IsHere` },
  ]);
  return [...here, [`${id}Account`, { ...elsewhere, Condition: `${id}IsElsewhere` }] as ResourceByName];
}

function readerConditions({ accountSets, accountId }: ReaderRole): readonly (readonly [string, object])[] {
  const id = `Reader${setId(accountSets)}`;
  return [
    [`${id}IsHere`, { "Fn::Equals": [{ Ref: "AWS::AccountId" }, accountId] }],
    [`${id}IsElsewhere`, { "Fn::Not": [{ Condition: `${id}IsHere` }] }],
  ];
}

/** Sets that share a role are named by the first. */
function setId([first = ""]: readonly string[]): string {
  return logicalId(first);
}

function nameOf([first = ""]: readonly string[]): string {
  return first.replaceAll(".", "-");
}

export function oneAccount(accountId: string, organizationalUnits: readonly string[]): object {
  return {
    OrganizationalUnitIds: organizationalUnits,
    AccountFilterType: "INTERSECTION",
    Accounts: [accountId],
  };
}

interface StackSetParts {
  readonly name: string;
  readonly description: string;
  readonly targets: object;
  readonly region: string;
  readonly callAs: CallAs;
  readonly template: object;
  readonly autoDeployment?: object;
}

/** Without `CallAs` it is SELF. */
export function stackSet(parts: StackSetParts): Resource {
  const { name, description, targets, region, callAs, template, autoDeployment } = parts;
  return {
    Type: "AWS::CloudFormation::StackSet",
    Properties: {
      StackSetName: name,
      Description: description,
      PermissionModel: "SERVICE_MANAGED",
      ...(callAs !== "SELF" && { CallAs: callAs }),
      AutoDeployment: autoDeployment ?? { Enabled: false },
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      StackInstancesGroup: [{ DeploymentTargets: targets, Regions: [region] }],
      TemplateBody: JSON.stringify(template),
    },
  };
}
