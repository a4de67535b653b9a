import { actions, OWN_LIST, type ListedActions } from "./listed-action.ts";

/** The day of the last change of these lists. */
export const RISK_LISTS_DATE = "2026-11-28";

/** Return credentials that work elsewhere. */
export const CREDENTIAL: readonly ListedActions[] = [
  ...actions("cloudsplaining:credentials-exposure", {
    airflow: "CreateCliToken CreateWebLoginToken",
    appsync: "CreateApiKey",
    chime: "CreateApiKey",
    cloud9: "CreateEnvironmentToken",
    codeartifact: "GetAuthorizationToken",
    codepipeline: "PollForJobs",
    "cognito-identity": "GetOpenIdToken GetOpenIdTokenForDeveloperIdentity GetCredentialsForIdentity",
    "cognito-idp": "GetSigningCertificate",
    connect: "GetFederationToken",
    ec2: "GetPasswordData",
    ecr: "GetAuthorizationToken",
    "ecr-public": "GetAuthorizationToken",
    "emr-containers": "GetManagedEndpointSessionCredentials",
    "finspace-api": "GetProgrammaticAccessCredentials",
    gamelift: "RequestUploadCredentials GetInstanceAccess GetComputeAccess GetComputeAuthToken",
    grafana: "CreateWorkspaceApiKey",
    iam: "CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential ResetServiceSpecificCredential UpdateAccessKey",
    "license-manager": "GetAccessToken",
    lightsail:
      "GetInstanceAccessDetails DownloadDefaultKeyPair CreateBucketAccessKey GetRelationalDatabaseMasterUserPassword",
    mediapackage: "RotateChannelCredentials RotateIngestEndpointCredentials",
    "rds-db": "connect",
    redshift: "GetClusterCredentials GetClusterCredentialsWithIAM",
    "redshift-serverless": "GetCredentials",
    sso: "GetRoleCredentials",
    sts: "AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity GetFederationToken GetSessionToken",
  }),
  ...actions(OWN_LIST, {
    sts: "AssumeRoot GetDelegatedAccessToken GetWebIdentityToken",
    elasticmapreduce: "GetClusterSessionCredentials",
    dsql: "DbConnectAdmin",
    s3: "GetDataAccess",
    appsync: "ListApiKeys",
    datazone: "GetEnvironmentCredentials",
    iam: "UploadSSHPublicKey UploadSigningCertificate",
    lakeformation: "GetTemporaryGluePartitionCredentials GetTemporaryGlueTableCredentials",
  }),
];

/** Read or divert data; a risk where the resource is open. */
export const EXFILTRATION: readonly ListedActions[] = [
  ...actions("cloudsplaining:data-exfiltration", {
    s3: "GetObject",
    ssm: "GetParameter GetParameters GetParametersByPath",
    secretsmanager: "GetSecretValue",
  }),
  ...actions(OWN_LIST, {
    s3: "GetObjectVersion",
    ssm: "GetParameterHistory",
    // Not secretsmanager:BatchGetSecretValue, which takes only *: each secret needs GetSecretValue as well.
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
    kms: "Decrypt",
    dynamodb: "Scan PartiQLSelect ExportTableToPointInTime",
    // Not the making of snapshots: a copy leaves the account only when its attributes share it.
    rds: "StartExportTask",
    logs: "CreateExportTask",
    backup: "StartCopyJob",
    lambda: "GetFunction",
    "cognito-idp": "ListUsers",
  }),
];

/** Change who may use a resource. */
export const EXPOSURE: readonly ListedActions[] = [
  ...actions("iam-data", {
    lambda:
      "AddLayerVersionPermission AddPermission DeleteResourcePolicy DisableReplication EnableReplication PutResourcePolicy RemoveLayerVersionPermission RemovePermission",
    s3: "AssociateAccessGrantsIdentityCenter BypassGovernanceRetention CreateAccessGrant CreateAccessGrantsInstance CreateAccessGrantsLocation DeleteAccessGrant DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy DeleteAccessGrantsLocation DeleteAccessPointPolicy DeleteAccessPointPolicyForObjectLambda DeleteBucketPolicy DissociateAccessGrantsIdentityCenter ObjectOwnerOverrideToBucketOwner PutAccessGrantsInstanceResourcePolicy PutAccessPointPolicy PutAccessPointPolicyForObjectLambda PutAccessPointPublicAccessBlock PutAccountPublicAccessBlock PutBucketAcl PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutMultiRegionAccessPointPolicy PutObjectAcl PutObjectVersionAcl UpdateAccessGrantsLocation",
    dynamodb: "DeleteResourcePolicy PutResourcePolicy UpdateAbacStatus",
    sqs: "AddPermission RemovePermission SetQueueAttributes",
    sns: "AddPermission RemovePermission SetTopicAttributes",
    events: "DeleteResourcePolicy PutPermission PutResourcePolicy RemovePermission",
    secretsmanager: "DeleteResourcePolicy PutResourcePolicy ValidateResourcePolicy",
    ssm: "DeleteResourcePolicy ModifyDocumentPermission PutResourcePolicy",
    kms: "CreateGrant PutKeyPolicy RetireGrant RevokeGrant",
    logs: "DeleteResourcePolicy PutResourcePolicy",
    ecr: "DeleteRegistryPolicy DeleteRepositoryPolicy PutRegistryPolicy SetRepositoryPolicy",
    elasticfilesystem: "DeleteFileSystemPolicy PutFileSystemPolicy",
    ses: "CreateEmailIdentityPolicy DeleteEmailIdentityPolicy DeleteIdentityPolicy PutIdentityPolicy UpdateEmailIdentityPolicy",
    apigateway:
      "AddCertificateToDomain CreateAccessAssociation DeletePortalProductSharingPolicy PutPortalProductSharingPolicy RejectAccessAssociation RemoveCertificateFromDomain SetWebACL UpdateDomainNameManagementPolicy UpdateDomainNamePolicy UpdateRestApiPolicy",
    ec2: "AttachApplianceToNatGateway AttachResourcesToPlacementGroup CancelImageLaunchPermission CreateCoipPoolPermission CreateLocalGatewayRouteTablePermission CreateNetworkInterfacePermission CreateOdbNetworkPeering DeleteCoipPoolPermission DeleteLocalGatewayRouteTablePermission DeleteNetworkInterfacePermission DeleteOdbNetworkPeering DeleteResourcePolicy DetachApplianceFromNatGateway DetachResourcesFromPlacementGroup DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess EnableImageBlockPublicAccess EnableSnapshotBlockPublicAccess ModifyOdbNetworkPeering ModifySnapshotAttribute ModifyVpcEndpointServicePermissions PutResourcePolicy ResetSnapshotAttribute",
    iam: "CreatePolicy DeleteAccountPasswordPolicy DeleteGroupPolicy DeletePolicy DeletePolicyVersion DeleteUserPolicy DetachGroupPolicy DetachUserPolicy",
    "acm-pca": "CreatePermission PutPolicy",
    "arc-region-switch": "PutResourcePolicy",
    backup: "PutBackupVaultAccessPolicy PutBackupVaultSharingPolicy",
    codebuild: "PutResourcePolicy",
    "ecr-public": "SetRepositoryPolicy",
    entityresolution: "AddPolicyStatement PutPolicy",
    fsx: "PutResourcePolicy",
    glacier: "SetVaultAccessPolicy",
    glue: "PutResourcePolicy",
    imagebuilder: "PutComponentPolicy PutContainerRecipePolicy PutImagePolicy PutImageRecipePolicy",
    iot: "AttachPolicy AttachPrincipalPolicy CreatePolicyVersion SetDefaultPolicyVersion",
    lakeformation: "BatchGrantPermissions GrantPermissions PutDataLakeSettings",
    mediastore: "PutContainerPolicy",
    organizations: "PutResourcePolicy",
    "payment-cryptography": "PutResourcePolicy",
    ram: "EnableSharingWithAwsOrganization",
    redshift: "AuthorizeDataShare AuthorizeEndpointAccess AuthorizeSnapshotAccess PutResourcePolicy",
    "s3-object-lambda": "PutObjectAcl PutObjectVersionAcl",
    "s3-outposts": "PutAccessPointPolicy PutBucketPolicy PutObjectAcl",
    s3express: "PutAccessPointPolicy PutBucketPolicy",
    s3files: "PutFileSystemPolicy",
    s3tables: "PutTableBucketPolicy PutTablePolicy",
    s3vectors: "PutVectorBucketPolicy",
    servicecatalog: "CreatePortfolioShare UpdatePortfolioShare",
    signer: "AddProfilePermission",
    "vpc-lattice": "PutAuthPolicy",
  }),
  // "Write" in AWS's data, and yet a resource policy, a share, or where data or events go.
  ...actions(OWN_LIST, {
    aoss: "CreateAccessPolicy UpdateAccessPolicy",
    appsync: "PutResourcePolicy",
    bedrock: "PutResourcePolicy",
    cloudtrail: "PutResourcePolicy",
    codeartifact: "PutDomainPermissionsPolicy PutRepositoryPermissionsPolicy",
    dsql: "PutClusterPolicy",
    ec2: "ModifyImageAttribute",
    kafka: "PutClusterPolicy",
    kinesis: "PutResourcePolicy DeleteResourcePolicy",
    lambda: "CreateEventSourceMapping",
    lex: "CreateResourcePolicy UpdateResourcePolicy",
    logs: "PutAccountPolicy PutDestinationPolicy PutSubscriptionFilter",
    ram: "AssociateResourceShare CreateResourceShare",
    rds: "ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute",
    "redshift-serverless": "PutResourcePolicy",
    rolesanywhere: "CreateTrustAnchor UpdateTrustAnchor",
    s3: "PutReplicationConfiguration",
    sagemaker: "PutResourcePolicy",
    schemas: "PutResourcePolicy",
    "vpc-lattice": "PutResourcePolicy",
    xray: "PutResourcePolicy",
  }),
];

/** Blind the account's own defences or destroy its record. */
export const TAMPER: readonly ListedActions[] = [
  ...actions(OWN_LIST, {
    cloudtrail:
      "StopLogging DeleteTrail UpdateTrail PutEventSelectors PutInsightSelectors DeleteEventDataStore UpdateEventDataStore StopEventDataStoreIngestion DeregisterOrganizationDelegatedAdmin",
    config:
      "StopConfigurationRecorder DeleteConfigurationRecorder PutConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel DeleteConfigRule DeleteConformancePack DeleteEvaluationResults DeleteRemediationConfiguration PutRetentionConfiguration",
    guardduty:
      "DeleteDetector UpdateDetector ArchiveFindings CreateFilter DeleteMembers DeletePublishingDestination DisassociateFromAdministratorAccount DisassociateFromMasterAccount DisassociateMembers StopMonitoringMembers UpdateMemberDetectors CreateIPSet UpdateIPSet UpdateFilter CreateTrustedEntitySet DeleteIPSet UpdateTrustedEntitySet",
    securityhub:
      "DisableSecurityHub DisableSecurityHubV2 BatchDisableStandards DisableImportFindingsForProduct DisassociateFromAdministratorAccount DisassociateFromMasterAccount UpdateStandardsControl BatchUpdateAutomationRules BatchUpdateStandardsControlAssociations CreateAutomationRule CreateAutomationRuleV2 DeleteMembers DisassociateMembers UpdateSecurityControl",
    "access-analyzer": "ApplyArchiveRule CreateArchiveRule DeleteAnalyzer UpdateArchiveRule",
    macie2:
      "CreateFindingsFilter DisableMacie DisassociateFromAdministratorAccount DisassociateFromMasterAccount UpdateFindingsFilter UpdateMacieSession",
    inspector2: "CreateFilter Disable UpdateFilter",
    detective: "DeleteGraph",
    logs: "DeleteLogGroup DeleteLogStream PutRetentionPolicy DeleteSubscriptionFilter DeleteMetricFilter DeleteDataProtectionPolicy DeleteDestination",
    auditmanager: "DeregisterAccount",
    dynamodb: "DeleteBackup UpdateContinuousBackups",
    ec2: "DeleteFlowLogs DisableEbsEncryptionByDefault EnableSerialConsoleAccess",
    cloudwatch: "DeleteAlarms DisableAlarmActions",
    kms: "ScheduleKeyDeletion DisableKey DeleteImportedKeyMaterial",
    backup:
      "CancelLegalHold DeleteBackupPlan DeleteBackupSelection DeleteBackupVault DeleteBackupVaultLockConfiguration DeleteRecoveryPoint DisassociateRecoveryPoint UpdateRecoveryPointLifecycle",
    rds: "DeleteDBClusterAutomatedBackup DeleteDBInstanceAutomatedBackup",
    s3: "PutBucketLogging PutBucketObjectLockConfiguration PutBucketVersioning PutLifecycleConfiguration",
    wafv2: "DeleteWebACL DisassociateWebACL DeleteLoggingConfiguration",
    organizations:
      "LeaveOrganization RemoveAccountFromOrganization CloseAccount DeleteOrganization DetachPolicy DisablePolicyType DeletePolicy UpdatePolicy DeregisterDelegatedAdministrator DisableAWSServiceAccess MoveAccount",
    account: "CloseAccount",
    controltower: "DisableBaseline DisableControl DisableGuardrail",
    dlm: "DeleteLifecyclePolicy UpdateLifecyclePolicy",
    fms: "DeletePolicy DisassociateAdminAccount",
    route53resolver:
      "DeleteFirewallRule DeleteResolverQueryLogConfig DisassociateFirewallRuleGroup DisassociateResolverQueryLogConfig",
    shield: "DeleteProtection DisableApplicationLayerAutomaticResponse DisassociateHealthCheck",
  }),
];
