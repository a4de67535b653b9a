import { lowerCase } from "./lower-case.ts";

/**
 * Condition keys that every request has, or every request of a function's code, for any action, in AWS's spelling.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export const GLOBAL_KEY_NAMES: readonly string[] = names(`
  aws:AssumedRoot aws:CalledVia aws:CalledViaAWSMCP aws:CalledViaFirst aws:CalledViaLast
  aws:ChatbotSourceArn aws:CurrentTime aws:Ec2InstanceSourcePrivateIPv4 aws:Ec2InstanceSourceVpc
  aws:EpochTime aws:FederatedProvider aws:IsMcpServiceAction aws:MultiFactorAuthAge
  aws:MultiFactorAuthPresent aws:PrincipalAccount aws:PrincipalArn aws:PrincipalIsAWSService
  aws:PrincipalOrgID aws:PrincipalOrgPaths aws:PrincipalServiceName aws:PrincipalServiceNamesList
  aws:PrincipalType aws:referer aws:RequestedRegion aws:ResourceAccount aws:ResourceOrgID
  aws:ResourceOrgPaths aws:SecureTransport aws:SigninSessionArn aws:SourceAccount aws:SourceArn
  aws:SourceIdentity aws:SourceIp aws:SourceOrgID aws:SourceOrgPaths aws:SourceOwner aws:SourceVpc
  aws:SourceVpcArn aws:SourceVpce aws:TagKeys aws:TokenIssueTime aws:UserAgent aws:userid aws:username
  aws:ViaAWSMCPService aws:ViaAWSService aws:VpceAccount aws:VpceOrgID aws:VpceOrgPaths
  aws:VpcSourceIp lambda:SourceFunctionArn
`);

/**
 * Keys of single services, for people: those of the catalogue, of Grantkeeper's own policies, and usual ones next to them.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const SERVICE_KEY_NAMES: readonly string[] = names(`
  bedrock:BearerTokenType bedrock:DataRetentionMode bedrock:GuardrailIdentifier
  bedrock:InferenceProfileArn bedrock:InlineAgentName bedrock:ModelArn bedrock:ProjectArn
  bedrock:PromptRouterArn bedrock:ServiceTier bedrock:ThirdPartyKnowledgeBaseCredentialsSecretArn
  cloudwatch:AlarmActions cloudwatch:namespace dynamodb:Attributes dynamodb:EnclosingOperation
  dynamodb:FirstPartitionKeyValues dynamodb:FisActionId dynamodb:FisTargetArns
  dynamodb:FourthPartitionKeyValues dynamodb:FullTableScan dynamodb:LeadingKeys
  dynamodb:ReturnConsumedCapacity dynamodb:ReturnValues dynamodb:SecondPartitionKeyValues
  dynamodb:Select dynamodb:ThirdPartitionKeyValues ec2:AccepterVpc ec2:CreateAction ec2:InstanceType
  ec2:Owner ec2:Region ec2:RequesterVpc ec2:Subnet ec2:Vpc ec2:VpceMultiRegion ec2:VpceServiceOwner
  ec2:VpceServiceRegion ec2:VpceSupportedRegion elasticfilesystem:AccessPointArn
  elasticfilesystem:AccessedViaMountTarget elasticfilesystem:CreateAction elasticfilesystem:Encrypted
  events:EventBusArn events:ManagedBy events:TargetArn events:creatorAccount events:detail-type
  events:source iam:AWSServiceName iam:AccountPropertyNamespaces iam:AssociatedResourceArn
  iam:DelegationDuration iam:DelegationRequestOwner iam:FIDO-FIPS-140-2-certification
  iam:FIDO-FIPS-140-3-certification iam:FIDO-certification iam:NotificationChannel
  iam:OrganizationsPolicyId iam:PassedToService iam:PermissionsBoundary iam:PolicyARN
  iam:RegisterSecurityKey iam:RoleTemplateARN iam:ServiceSpecificCredentialAgeDays
  iam:ServiceSpecificCredentialServiceName iam:TemplateArn kms:CallerAccount kms:CustomerMasterKeySpec
  kms:CustomerMasterKeyUsage kms:EncryptionAlgorithm kms:EncryptionContextKeys
  kms:GrantConstraintSourceArn kms:GrantConstraintType kms:GrantIsForAWSResource kms:GrantOperations
  kms:GranteePrincipal kms:GranteeServicePrincipal kms:KeyAgreementAlgorithm kms:KeySpec kms:KeyUsage
  kms:MacAlgorithm kms:RequestAlias kms:ResourceAliases kms:SigningAlgorithm
  kms:TrailingDaysWithoutKeyUsage kms:ViaService kms:WrappingAlgorithm kms:WrappingKeySpec
  lambda:CodeSigningConfigArn lambda:EventSourceToken lambda:FunctionArn lambda:FunctionUrlAuthType
  lambda:InvokedViaFunctionUrl lambda:Layer lambda:Principal lambda:SecurityGroupIds lambda:SubnetIds
  lambda:VpcIds s3:AccessPointNetworkOrigin s3:DataAccessPointAccount s3:DataAccessPointArn
  s3:ResourceAccount s3:TlsVersion s3:annotation-prefix s3:authType s3:delimiter s3:locationconstraint
  s3:max-keys s3:prefix s3:x-amz-acl secretsmanager:BlockPublicPolicy secretsmanager:KmsKeyArn
  secretsmanager:Name secretsmanager:SecretId secretsmanager:VersionStage ses:AddonSubscriptionArn
  ses:ApiVersion ses:ClickTrackingEnabled ses:ConfigurationSetOptions ses:ExportSourceType
  ses:FeedbackAddress ses:FromAddress ses:FromDisplayName ses:MailManagerIngressPointType
  ses:MailManagerRuleSetArn ses:MailManagerTrafficPolicyArn ses:MultiRegionEndpointId
  ses:OpenTrackingEnabled ses:Recipients ses:ReplicaRegion ses:TenantName sns:Endpoint sns:Protocol
  sts:AWSServiceName sts:DurationSeconds sts:ExternalId sts:IdentityTokenAudience
  sts:RequestContextProviders sts:RoleAuthorizedByIdp sts:RoleSessionName sts:SigningAlgorithm
  sts:SourceIdentity sts:TaskPolicyArn sts:TransitiveTagKeys
`);

/** A tag's name follows. */
const TAG_KEYS = ["aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"];

const SPELLING: ReadonlyMap<string, string> = new Map(
  [...GLOBAL_KEY_NAMES, ...SERVICE_KEY_NAMES].map((name) => [lowerCase(name), name]),
);

/** `aws:SourceVpc` for `aws:sourcevpc`: as AWS's documentation spells it; a key that is not listed as it is. */
export function conditionKeyName(key: string): string {
  const lower = lowerCase(key);
  const known = SPELLING.get(lower);
  if (known !== undefined) return known;
  const tag = TAG_KEYS.find((prefix) => lower.startsWith(lowerCase(prefix)));
  return tag === undefined ? key : `${tag}${key.slice(tag.length)}`;
}

function names(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
