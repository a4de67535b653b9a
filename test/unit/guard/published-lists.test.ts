import { actionNameOf } from "../../../src/model/aws/action-name.ts";
import { describe, expect, test } from "@jest/globals";
import { ESCALATION_PATHS } from "../../../src/iam/risk/escalation-paths.ts";
import { listOfRule } from "../../../src/iam/risk/listed-actions.ts";
import { WIDE } from "./escalation.ts";
import { judged, world } from "./judged.ts";

/**
 * The actions that published lists name, by rule: Cloudsplaining (https://github.com/salesforce/cloudsplaining, credentials
 * exposure and data exfiltration), the access level "Permissions management" of AWS's action data of 2026-09-26, and our own
 * additions. Another list of ours may have an action: the first rule that refuses it counts.
 */
const PUBLISHED = {
  credentials: `airflow:CreateCliToken airflow:CreateWebLoginToken appsync:CreateApiKey chime:CreateApiKey
    cloud9:CreateEnvironmentToken codeartifact:GetAuthorizationToken codepipeline:PollForJobs
    cognito-identity:GetCredentialsForIdentity cognito-identity:GetOpenIdToken
    cognito-identity:GetOpenIdTokenForDeveloperIdentity cognito-idp:GetSigningCertificate connect:GetFederationToken
    ec2:GetPasswordData emr-containers:GetManagedEndpointSessionCredentials finspace-api:GetProgrammaticAccessCredentials
    gamelift:GetComputeAccess gamelift:GetComputeAuthToken gamelift:GetInstanceAccess gamelift:RequestUploadCredentials
    grafana:CreateWorkspaceApiKey iam:CreateAccessKey iam:CreateLoginProfile iam:CreateServiceSpecificCredential
    iam:ResetServiceSpecificCredential iam:UpdateAccessKey license-manager:GetAccessToken lightsail:CreateBucketAccessKey
    lightsail:DownloadDefaultKeyPair lightsail:GetInstanceAccessDetails
    lightsail:GetRelationalDatabaseMasterUserPassword mediapackage:RotateChannelCredentials
    mediapackage:RotateIngestEndpointCredentials rds-db:connect redshift-serverless:GetCredentials
    redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM sso:GetRoleCredentials sts:AssumeRole
    sts:AssumeRoleWithSAML sts:AssumeRoleWithWebIdentity sts:AssumeRoot sts:GetFederationToken sts:GetSessionToken
    sts:GetWebIdentityToken dsql:DbConnectAdmin s3:GetDataAccess`,
  exfiltration: `s3:GetObject s3:GetObjectVersion ssm:GetParameter ssm:GetParameterHistory ssm:GetParameters
    ssm:GetParametersByPath secretsmanager:GetSecretValue kms:Decrypt dynamodb:ExportTableToPointInTime
    dynamodb:PartiQLSelect dynamodb:Scan rds:ModifyDBClusterSnapshotAttribute rds:ModifyDBSnapshotAttribute
    rds:StartExportTask ec2:ModifyImageAttribute ec2:ModifySnapshotAttribute s3:PutBucketNotification
    s3:PutLifecycleConfiguration s3:PutReplicationConfiguration logs:CreateExportTask logs:PutAccountPolicy
    logs:PutDestinationPolicy logs:PutSubscriptionFilter ram:AssociateResourceShare ram:CreateResourceShare
    backup:StartCopyJob lambda:GetFunction cognito-idp:ListUsers`,
  exposure: `lambda:AddLayerVersionPermission lambda:AddPermission lambda:DeleteResourcePolicy lambda:DisableReplication
    lambda:EnableReplication lambda:PutResourcePolicy lambda:RemoveLayerVersionPermission lambda:RemovePermission
    s3:BypassGovernanceRetention s3:DeleteBucketPolicy s3:ObjectOwnerOverrideToBucketOwner s3:PutAccessPointPolicy
    s3:PutAccountPublicAccessBlock s3:PutBucketAcl s3:PutBucketOwnershipControls s3:PutBucketPolicy
    s3:PutBucketPublicAccessBlock s3:PutObjectAcl s3:PutObjectVersionAcl dynamodb:DeleteResourcePolicy
    dynamodb:PutResourcePolicy dynamodb:UpdateAbacStatus sqs:AddPermission sqs:RemovePermission sqs:SetQueueAttributes
    sns:AddPermission sns:RemovePermission sns:SetTopicAttributes events:DeleteResourcePolicy events:PutPermission
    events:PutResourcePolicy events:RemovePermission secretsmanager:DeleteResourcePolicy secretsmanager:PutResourcePolicy
    secretsmanager:ValidateResourcePolicy ssm:DeleteResourcePolicy ssm:ModifyDocumentPermission ssm:PutResourcePolicy
    kms:CreateGrant kms:PutKeyPolicy kms:RetireGrant kms:RevokeGrant logs:DeleteResourcePolicy logs:PutResourcePolicy
    ecr:DeleteRegistryPolicy ecr:DeleteRepositoryPolicy ecr:PutRegistryPolicy ecr:SetRepositoryPolicy
    elasticfilesystem:DeleteFileSystemPolicy elasticfilesystem:PutFileSystemPolicy ses:CreateEmailIdentityPolicy
    ses:DeleteEmailIdentityPolicy ses:PutIdentityPolicy ses:UpdateEmailIdentityPolicy apigateway:UpdateRestApiPolicy
    ec2:CreateNetworkInterfacePermission ec2:ModifyVpcEndpointServicePermissions kinesis:PutResourcePolicy`,
  tampering: `cloudtrail:DeleteTrail cloudtrail:PutEventSelectors cloudtrail:StopLogging cloudtrail:UpdateTrail
    config:DeleteConfigurationRecorder config:StopConfigurationRecorder guardduty:DeleteDetector guardduty:UpdateDetector
    securityhub:DisableSecurityHub access-analyzer:DeleteAnalyzer logs:DeleteLogGroup logs:DeleteLogStream
    logs:PutRetentionPolicy kms:DisableKey kms:ScheduleKeyDeletion organizations:LeaveOrganization`,
} as const;

const RISKS = /^(CRED-001|EXF-001|EXP-001|TMP-001|ESC-|PASS-001)/;

/** The actions, each in a statement of its own, that no rule about risks refuses on every resource. */
function notRefused(actions: readonly string[]): readonly string[] {
  return batches(actions).flatMap((batch) => {
    const statements = batch.map(
      (action) => `    - {reason: test, statement: {Effect: Allow, Action: "${action}", Resource: "*"}}`,
    );
    const found = judged(world(`  statements:\n${statements.join("\n")}`, WIDE));
    const refused = found.filter(({ rule, severity }) => severity === "block" && RISKS.test(rule));
    const lines = new Set(refused.map(({ origin }) => origin?.line));
    const first = 7;
    return batch.filter((_, at) => !lines.has(first + at));
  });
}

function batches(actions: readonly string[]): readonly (readonly string[])[] {
  const sorted = [...new Set(actions)].sort();
  return Array.from({ length: Math.ceil(sorted.length / 40) }, (_, at) =>
    sorted.slice(at * 40, at * 40 + 40),
  );
}

describe("an action on every resource", () => {
  test.each(Object.entries(PUBLISHED))("of the published list of %s is refused", (_, actions) => {
    expect(notRefused(actions.split(/\s+/))).toEqual([]);
  });

  test.each(["CRED-001", "EXF-001", "EXP-001", "TMP-001"] as const)(
    "of the list of %s is refused, except tokens that have only the permissions of the role",
    (rule) => {
      const actions = (listOfRule(rule) ?? []).map(({ action }) => action);

      expect(actions.length).toBeGreaterThan(10);
      expect(notRefused(actions)).toEqual(
        rule === "CRED-001" ? ["ecr-public:GetAuthorizationToken", "ecr:GetAuthorizationToken"] : [],
      );
    },
  );

  test("that begins an escalation path is refused together with the other actions of the path", () => {
    const open = ESCALATION_PATHS.filter(({ on }) => on === undefined).filter(({ steps }) => {
      const actions = steps.map(([first = ""]) => first);
      const statement = { Effect: "Allow", Action: actions, Resource: "*" };
      const found = judged(
        world(`  statements: [{reason: test, statement: ${JSON.stringify(statement)}}]`, WIDE),
      );
      const rule = `ESC-${actionNameOf(actions[0] ?? "").name}`;
      return !found.some((each) => each.rule === rule && each.severity === "block");
    });

    expect(open.map(({ source, steps }) => [source, steps])).toEqual([]);
  });
});
