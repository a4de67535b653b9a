/** The day of the last change of these lists. */
export const RISK_LISTS_DATE = "2026-11-27";

/**
 * Actions that are a risk by themselves, by what they are good for. Each entry has its source: `cloudsplaining:<list>`
 * (its lists, cleaned of misspelled services), `iam-data` (access level "Permissions management" of AWS's own action
 * data of 2026-09-26, for the services that functions use), `grantkeeper` (ours).
 */
export interface ListedActions {
  readonly source: string;
  /** `service:Name`. */
  readonly actions: readonly string[];
}

function actions(source: string, service: string, names: string): ListedActions {
  return { source, actions: names.split(" ").map((name) => `${service}:${name}`) };
}

/** Return credentials that work elsewhere. */
export const CREDENTIAL: readonly ListedActions[] = [
  actions("cloudsplaining:credentials-exposure", "airflow", "CreateCliToken CreateWebLoginToken"),
  actions("cloudsplaining:credentials-exposure", "appsync", "CreateApiKey"),
  actions("cloudsplaining:credentials-exposure", "chime", "CreateApiKey"),
  actions("cloudsplaining:credentials-exposure", "cloud9", "CreateEnvironmentToken"),
  actions("cloudsplaining:credentials-exposure", "codeartifact", "GetAuthorizationToken"),
  actions("cloudsplaining:credentials-exposure", "codepipeline", "PollForJobs"),
  actions(
    "cloudsplaining:credentials-exposure",
    "cognito-identity",
    "GetOpenIdToken GetOpenIdTokenForDeveloperIdentity GetCredentialsForIdentity",
  ),
  actions("cloudsplaining:credentials-exposure", "cognito-idp", "GetSigningCertificate"),
  actions("cloudsplaining:credentials-exposure", "connect", "GetFederationToken"),
  actions("cloudsplaining:credentials-exposure", "ec2", "GetPasswordData"),
  actions("cloudsplaining:credentials-exposure", "ecr", "GetAuthorizationToken"),
  actions("cloudsplaining:credentials-exposure", "ecr-public", "GetAuthorizationToken"),
  actions("cloudsplaining:credentials-exposure", "emr-containers", "GetManagedEndpointSessionCredentials"),
  actions("cloudsplaining:credentials-exposure", "finspace-api", "GetProgrammaticAccessCredentials"),
  actions(
    "cloudsplaining:credentials-exposure",
    "gamelift",
    "RequestUploadCredentials GetInstanceAccess GetComputeAccess GetComputeAuthToken",
  ),
  actions("cloudsplaining:credentials-exposure", "grafana", "CreateWorkspaceApiKey"),
  actions(
    "cloudsplaining:credentials-exposure",
    "iam",
    "CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential ResetServiceSpecificCredential UpdateAccessKey",
  ),
  actions("cloudsplaining:credentials-exposure", "license-manager", "GetAccessToken"),
  actions(
    "cloudsplaining:credentials-exposure",
    "lightsail",
    "GetInstanceAccessDetails DownloadDefaultKeyPair CreateBucketAccessKey GetRelationalDatabaseMasterUserPassword",
  ),
  actions(
    "cloudsplaining:credentials-exposure",
    "mediapackage",
    "RotateChannelCredentials RotateIngestEndpointCredentials",
  ),
  actions("cloudsplaining:credentials-exposure", "rds-db", "connect"),
  actions(
    "cloudsplaining:credentials-exposure",
    "redshift",
    "GetClusterCredentials GetClusterCredentialsWithIAM",
  ),
  actions("cloudsplaining:credentials-exposure", "redshift-serverless", "GetCredentials"),
  actions("cloudsplaining:credentials-exposure", "sso", "GetRoleCredentials"),
  actions(
    "cloudsplaining:credentials-exposure",
    "sts",
    "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity GetFederationToken GetSessionToken",
  ),
  actions("grantkeeper", "sts", "AssumeRoot GetWebIdentityToken"),
  actions("grantkeeper", "dsql", "DbConnectAdmin"),
  actions("grantkeeper", "s3", "GetDataAccess"),
];

/** Read or divert data; a risk where the resource is open. */
export const EXFILTRATION: readonly ListedActions[] = [
  actions("cloudsplaining:data-exfiltration", "s3", "GetObject"),
  actions("cloudsplaining:data-exfiltration", "ssm", "GetParameter GetParameters GetParametersByPath"),
  actions("cloudsplaining:data-exfiltration", "secretsmanager", "GetSecretValue"),
  actions(
    "grantkeeper",
    "s3",
    "GetObjectVersion PutReplicationConfiguration PutBucketNotification PutLifecycleConfiguration",
  ),
  actions("grantkeeper", "ssm", "GetParameterHistory"),
  // Not secretsmanager:BatchGetSecretValue, which takes only *: each secret needs GetSecretValue as well.
  actions("grantkeeper", "kms", "Decrypt"),
  actions("grantkeeper", "dynamodb", "Scan PartiQLSelect ExportTableToPointInTime"),
  actions(
    "grantkeeper",
    "rds",
    "CreateDBSnapshot CopyDBSnapshot ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute StartExportTask",
  ),
  actions("grantkeeper", "ec2", "CreateSnapshot ModifySnapshotAttribute ModifyImageAttribute"),
  actions(
    "grantkeeper",
    "logs",
    "PutSubscriptionFilter CreateExportTask PutAccountPolicy PutDestinationPolicy",
  ),
  actions("grantkeeper", "ram", "CreateResourceShare AssociateResourceShare"),
  actions("grantkeeper", "backup", "StartCopyJob"),
  actions("grantkeeper", "lambda", "GetFunction"),
  actions("grantkeeper", "cognito-idp", "ListUsers"),
];

/** Change who may use a resource. */
export const EXPOSURE: readonly ListedActions[] = [
  actions(
    "iam-data",
    "lambda",
    "AddLayerVersionPermission AddPermission DeleteResourcePolicy DisableReplication EnableReplication PutResourcePolicy RemoveLayerVersionPermission RemovePermission",
  ),
  actions(
    "iam-data",
    "s3",
    "AssociateAccessGrantsIdentityCenter BypassGovernanceRetention CreateAccessGrant CreateAccessGrantsInstance CreateAccessGrantsLocation DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy DeleteAccessGrantsLocation DeleteAccessPointPolicy DeleteAccessPointPolicyForObjectLambda DeleteBucketPolicy DissociateAccessGrantsIdentityCenter ObjectOwnerOverrideToBucketOwner PutAccessGrantsInstanceResourcePolicy PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutBucketAcl PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutMultiRegionAccessPointPolicy PutObjectAcl PutObjectVersionAcl UpdateAccessGrantsLocation",
  ),
  actions("iam-data", "dynamodb", "DeleteResourcePolicy PutResourcePolicy UpdateAbacStatus"),
  actions("iam-data", "sqs", "AddPermission RemovePermission SetQueueAttributes"),
  actions("iam-data", "sns", "AddPermission RemovePermission SetTopicAttributes"),
  actions("iam-data", "events", "DeleteResourcePolicy PutPermission PutResourcePolicy RemovePermission"),
  actions("iam-data", "secretsmanager", "DeleteResourcePolicy PutResourcePolicy ValidateResourcePolicy"),
  actions("iam-data", "ssm", "DeleteResourcePolicy ModifyDocumentPermission PutResourcePolicy"),
  actions("iam-data", "kms", "CreateGrant PutKeyPolicy RetireGrant RevokeGrant"),
  actions("iam-data", "logs", "DeleteResourcePolicy PutResourcePolicy"),
  actions(
    "iam-data",
    "ecr",
    "DeleteRegistryPolicy DeleteRepositoryPolicy PutRegistryPolicy SetRepositoryPolicy",
  ),
  actions("iam-data", "elasticfilesystem", "DeleteFileSystemPolicy PutFileSystemPolicy"),
  actions(
    "iam-data",
    "ses",
    "CreateEmailIdentityPolicy DeleteEmailIdentityPolicy DeleteIdentityPolicy PutIdentityPolicy UpdateEmailIdentityPolicy",
  ),
  actions(
    "iam-data",
    "apigateway",
    "AddCertificateToDomain CreateAccessAssociation DeletePortalProductSharingPolicy PutPortalProductSharingPolicy RejectAccessAssociation RemoveCertificateFromDomain SetWebACL UpdateDomainNameManagementPolicy UpdateDomainNamePolicy UpdateRestApiPolicy",
  ),
  actions(
    "iam-data",
    "ec2",
    "AttachApplianceToNatGateway AttachResourcesToPlacementGroup CancelImageLaunchPermission CreateCoipPoolPermission CreateLocalGatewayRouteTablePermission CreateNetworkInterfacePermission CreateOdbNetworkPeering DeleteCoipPoolPermission DeleteLocalGatewayRouteTablePermission DeleteNetworkInterfacePermission DeleteOdbNetworkPeering DeleteResourcePolicy DetachApplianceFromNatGateway DetachResourcesFromPlacementGroup DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess EnableImageBlockPublicAccess EnableSnapshotBlockPublicAccess ModifyOdbNetworkPeering ModifySnapshotAttribute ModifyVpcEndpointServicePermissions PutResourcePolicy ResetSnapshotAttribute",
  ),
  actions(
    "iam-data",
    "iam",
    "CreatePolicy DeleteAccountPasswordPolicy DeleteGroupPolicy DeletePolicy DeletePolicyVersion DeleteUserPolicy DetachGroupPolicy DetachUserPolicy",
  ),
  // "Write" in AWS's data, and yet a resource policy.
  actions("grantkeeper", "kinesis", "PutResourcePolicy DeleteResourcePolicy"),
];

/** Blind the account's own defences or destroy its record. */
export const TAMPER: readonly ListedActions[] = [
  actions(
    "grantkeeper",
    "cloudtrail",
    "StopLogging DeleteTrail UpdateTrail PutEventSelectors PutInsightSelectors DeleteEventDataStore UpdateEventDataStore StopEventDataStoreIngestion",
  ),
  actions(
    "grantkeeper",
    "config",
    "StopConfigurationRecorder DeleteConfigurationRecorder PutConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel DeleteConfigRule DeleteEvaluationResults PutRetentionConfiguration",
  ),
  actions(
    "grantkeeper",
    "guardduty",
    "DeleteDetector UpdateDetector ArchiveFindings CreateFilter DeleteMembers DeletePublishingDestination DisassociateFromAdministratorAccount DisassociateFromMasterAccount DisassociateMembers StopMonitoringMembers UpdateMemberDetectors",
  ),
  actions(
    "grantkeeper",
    "securityhub",
    "DisableSecurityHub DisableSecurityHubV2 BatchDisableStandards DisableImportFindingsForProduct DisassociateFromAdministratorAccount DisassociateFromMasterAccount UpdateStandardsControl",
  ),
  actions("grantkeeper", "access-analyzer", "DeleteAnalyzer CreateArchiveRule"),
  actions(
    "grantkeeper",
    "macie2",
    "DisableMacie DisassociateFromAdministratorAccount DisassociateFromMasterAccount",
  ),
  actions("grantkeeper", "inspector2", "Disable"),
  actions("grantkeeper", "detective", "DeleteGraph"),
  actions(
    "grantkeeper",
    "logs",
    "DeleteLogGroup DeleteLogStream PutRetentionPolicy DeleteSubscriptionFilter DeleteMetricFilter DeleteDataProtectionPolicy DeleteDestination",
  ),
  actions("grantkeeper", "ec2", "DeleteFlowLogs"),
  actions("grantkeeper", "cloudwatch", "DeleteAlarms DisableAlarmActions"),
  actions("grantkeeper", "kms", "ScheduleKeyDeletion DisableKey DeleteImportedKeyMaterial"),
  actions(
    "grantkeeper",
    "backup",
    "DeleteRecoveryPoint DeleteBackupVault DeleteBackupVaultLockConfiguration UpdateRecoveryPointLifecycle",
  ),
  actions("grantkeeper", "s3", "PutBucketLogging PutBucketVersioning"),
  actions("grantkeeper", "wafv2", "DeleteWebACL DisassociateWebACL DeleteLoggingConfiguration"),
  actions(
    "grantkeeper",
    "organizations",
    "LeaveOrganization RemoveAccountFromOrganization CloseAccount DeleteOrganization DetachPolicy DisablePolicyType DeletePolicy UpdatePolicy",
  ),
  actions("grantkeeper", "account", "CloseAccount"),
];
