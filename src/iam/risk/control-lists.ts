import { actions, OWN_LIST, type ListedActions } from "./listed-action.ts";

/**
 * Actions that are a risk on a resource of others, and usual on one's own: a function may delete the table that its team
 * owns. All are ours (`grantkeeper`): AWS's data has them as "Write", as it has the writing of an item.
 */

/** Open a resource, or send its data, events or traffic elsewhere. */
export const EXPOSURE_OF_OTHERS: readonly ListedActions[] = actions(OWN_LIST, {
  appsync: "UpdateGraphqlApi",
  cloudfront: "UpdateDistribution",
  "cognito-identity": "SetIdentityPoolRoles UpdateIdentityPool",
  "cognito-idp": "CreateIdentityProvider UpdateIdentityProvider UpdateUserPool UpdateUserPoolClient",
  dynamodb: "EnableKinesisStreamingDestination",
  ec2: "AcceptVpcPeeringConnection AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateNetworkAclEntry CreateRoute CreateTrafficMirrorSession ModifySecurityGroupRules ModifyVpcEndpoint ReplaceNetworkAclEntry ReplaceRoute",
  elasticache: "AuthorizeCacheSecurityGroupIngress",
  elasticloadbalancing: "ModifyListener ModifyRule SetRulePriorities",
  es: "UpdateDomainConfig UpdateElasticsearchDomainConfig",
  events: "PutTargets UpdateApiDestination UpdateConnection",
  firehose: "UpdateDestination",
  lambda: "PutFunctionEventInvokeConfig UpdateEventSourceMapping UpdateFunctionEventInvokeConfig",
  rds: "AuthorizeDBSecurityGroupIngress ModifyDBCluster ModifyDBInstance",
  redshift: "AuthorizeClusterSecurityGroupIngress ModifyCluster",
  s3: "PutBucketNotification",
  sns: "Subscribe",
});

/**
 * Destroy a resource, stop it, or change what others run on. Not tag:TagResources and tag:UntagResources: they change a tag
 * only with the tagging permission of the resource's own service as well. Not ecs:UpdateService: it has an escalation path.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_TagResources.html
 */
export const TAMPER_WITH_OTHERS: readonly ListedActions[] = actions(OWN_LIST, {
  amplify: "DeleteApp",
  aoss: "DeleteCollection",
  apprunner: "DeleteService",
  appsync: "DeleteGraphqlApi",
  athena: "DeleteDataCatalog DeleteWorkGroup",
  autoscaling: "DeleteAutoScalingGroup",
  bedrock: "DeleteAgent DeleteGuardrail DeleteKnowledgeBase UpdateGuardrail",
  cassandra: "Drop",
  cloudformation: "DeleteStack DeleteStackInstances DeleteStackSet ExecuteChangeSet",
  cloudfront: "DeleteDistribution",
  cloudwatch: "PutAlarmMuteRule SetAlarmState",
  codebuild: "DeleteProject",
  codecommit: "DeleteBranch DeleteRepository",
  codepipeline: "DeletePipeline",
  "cognito-identity": "DeleteIdentityPool",
  "cognito-idp": "DeleteUserPool DeleteUserPoolClient",
  dax: "DeleteCluster",
  "docdb-elastic": "DeleteCluster DeleteClusterSnapshot",
  dsql: "DeleteCluster",
  dynamodb: "DeleteTable DeleteTableReplica DisableKinesisStreamingDestination UpdateTimeToLive",
  ec2: "DeleteRoute DeleteSecurityGroup DeleteSnapshot DeleteSubnet DeleteVolume DeleteVpc DeregisterImage ModifyInstanceMetadataOptions RevokeSecurityGroupEgress RevokeSecurityGroupIngress TerminateInstances",
  ecr: "BatchDeleteImage DeleteRepository PutImageTagMutability",
  ecs: "DeleteCluster DeleteService DeregisterTaskDefinition",
  eks: "DeleteCluster DeleteFargateProfile DeleteNodegroup",
  elasticache:
    "DeleteCacheCluster DeleteReplicationGroup DeleteServerlessCache DeleteServerlessCacheSnapshot DeleteSnapshot",
  elasticbeanstalk: "TerminateEnvironment",
  elasticfilesystem: "DeleteFileSystem DeleteMountTarget",
  elasticloadbalancing: "DeleteListener DeleteLoadBalancer DeleteTargetGroup",
  es: "DeleteDomain DeleteElasticsearchDomain",
  events: "DeleteArchive DeleteEventBus DeleteRule DisableRule PutRule RemoveTargets",
  firehose: "DeleteDeliveryStream",
  fsx: "DeleteBackup DeleteFileSystem DeleteSnapshot DeleteStorageVirtualMachine DeleteVolume",
  glacier: "DeleteArchive DeleteVault",
  glue: "DeleteCatalog DeleteDatabase DeleteJob",
  kafka: "DeleteCluster",
  kinesis: "DecreaseStreamRetentionPeriod DeleteStream",
  kms: "DeleteAlias DisableKeyRotation UpdateAlias",
  lambda:
    "DeleteAlias DeleteEventSourceMapping DeleteFunction DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency DeleteFunctionEventInvokeConfig DeleteFunctionUrlConfig DeleteLayerVersion DeleteProvisionedConcurrencyConfig PublishLayerVersion PutFunctionCodeSigningConfig PutFunctionConcurrency PutRuntimeManagementConfig UpdateAlias UpdateCodeSigningConfig",
  memorydb: "DeleteCluster DeleteSnapshot",
  mq: "DeleteBroker",
  "neptune-graph": "DeleteGraph DeleteGraphSnapshot ResetGraph",
  "network-firewall":
    "DeleteFirewall DeleteRuleGroup UpdateFirewallPolicy UpdateLoggingConfiguration UpdateRuleGroup",
  qldb: "DeleteLedger",
  rds: "DeleteDBCluster DeleteDBClusterSnapshot DeleteDBInstance DeleteDBProxy DeleteDBSnapshot DeleteGlobalCluster RemoveFromGlobalCluster",
  redshift: "DeleteCluster DeleteClusterSnapshot",
  "redshift-serverless": "DeleteNamespace DeleteSnapshot DeleteWorkgroup",
  route53: "DeleteHostedZone",
  s3: "DeleteBucket PutEncryptionConfiguration",
  s3express: "DeleteBucket",
  s3tables: "DeleteTable DeleteTableBucket",
  s3vectors: "DeleteIndex DeleteVectorBucket",
  sagemaker: "DeleteEndpoint DeleteFeatureGroup",
  scheduler: "DeleteScheduleGroup",
  secretsmanager: "DeleteSecret",
  securityhub: "BatchUpdateFindings UpdateFindings",
  // sns:Unsubscribe takes no resource, so that it can't be limited to one's own.
  sns: "DeleteTopic Unsubscribe",
  sqs: "DeleteQueue PurgeQueue",
  ssm: "DeleteDocument",
  states: "DeleteStateMachine",
  timestream: "DeleteDatabase DeleteTable",
  waf: "DeleteWebACL UpdateWebACL",
  "waf-regional": "DeleteWebACL DisassociateWebACL UpdateWebACL",
  wafv2: "PutLoggingConfiguration UpdateRuleGroup UpdateWebACL",
});
