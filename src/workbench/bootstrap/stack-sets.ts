import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import { byLogicalId, logicalId, templateBody, type CloudFormationTemplate } from "./cloudformation.ts";
import type { AccountRoles, Bootstrap } from "./own-roles.ts";

/**
 * The stack of the organization's management account, or of a delegated administrator: one stack set for each account,
 * because the policies differ between accounts, and the service control policy. It is attached last: before, it could
 * stop what creates the roles.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stackset.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-organizations-policy.html
 */
export function stackSetTemplate(
  { instance, accounts, serviceControlPolicy }: Bootstrap,
  { organizationalUnits }: OwnRoleSettings,
): CloudFormationTemplate {
  const stackSets = accounts.map(
    (account) =>
      [`Account${logicalId(account.account)}`, stackSet(account, instance, organizationalUnits)] as const,
  );
  const protection = {
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
    Resources: { ...byLogicalId(stackSets), Protection: protection },
  };
}

/** With permissions that AWS Organizations manages: stacks are addressed by unit, and limited to the one account. */
function stackSet(account: AccountRoles, instance: string, organizationalUnits: readonly string[]) {
  return {
    Type: "AWS::CloudFormation::StackSet",
    Properties: {
      StackSetName: `grantkeeper-${instance}-${account.accountId}`,
      Description: `Roles and boundaries of Grantkeeper ${instance} in account ${account.account}`,
      PermissionModel: "SERVICE_MANAGED",
      AutoDeployment: { Enabled: false },
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      StackInstancesGroup: [
        {
          DeploymentTargets: {
            OrganizationalUnitIds: organizationalUnits,
            AccountFilterType: "INTERSECTION",
            Accounts: [account.accountId],
          },
          Regions: [account.region],
        },
      ],
      TemplateBody: templateBody(account, instance),
    },
  };
}
