/** The meaning of an AWS error code for Grantkeeper. */
export type ErrorClass =
  | "throttled"
  | "busy"
  | "new-principal"
  | "new-trust"
  | "changed"
  | "rejected"
  | "quota"
  | "unmodifiable"
  | "key"
  | "no-queue"
  | "denied"
  | "session"
  | "clock"
  | "region-off"
  | "wrong-endpoint";

/**
 * By code without the `Exception` suffix: the SDK's classes have the suffix, undeclared codes often do not. The table
 * contains all codes in the models of IAM, Lambda, SQS and STS, even for operations that Grantkeeper never calls, and the
 * common errors.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
 */
const CODES = {
  throttled: `
    BandwidthLimitExceeded EC2Throttled EC2Unexpected IDPCommunicationError InternalError InternalFailure
    InternalServer InternalService KmsThrottled OpenIdIdpCommunicationError PaginationTokenExpired PriorRequestNotComplete ProvisionedThroughputExceeded
    ReportGenerationLimitExceeded RequestAborted RequestLimitExceeded RequestThrottled RequestTimeout
    Service ServiceFailure ServiceUnavailable SlowDown Throttled Throttling TooManyRequests
    TransactionInProgress
  `,
  busy: `
    CodeArtifactUserPending ConcurrentModification CredentialReportNotReady ENINotReady
    EntityTemporarilyUnmodifiable ResourceInUse ResourceNotReady SnapStartNotReady SnapStartTimeout
  `,
  changed: `
    DeleteConflict EntityAlreadyExists NoSuchEntity PreconditionFailed ProvisionedConcurrencyConfigNotFound
    ResourceNotFound RoleModified
  `,
  rejected: `
    AWSOrganizationsNotInUse AccountNotManagementOrDelegatedAdministrator BatchEntryIdsNotDistinct
    BatchRequestTooLong CallbackTimeout CallerIsNotManagementAccount CodeArtifactUserDeleted
    CodeArtifactUserFailed CodeSigningConfigNotFound CodeVerificationFailed CredentialReportExpired
    CredentialReportNotPresent DuplicateCertificate DuplicateSSHPublicKey DurableExecutionAlreadyStarted
    EC2AccessDenied EFSIO EFSMountConnectivity EFSMountFailure EFSMountTimeout EmptyBatchRequest
    FeatureDisabled FeatureEnabled InvalidAction InvalidAddress InvalidAttributeName InvalidAttributeValue
    InvalidAuthenticationCode InvalidAuthorizationMessage InvalidBatchEntryId InvalidCertificate
    InvalidCodeSignature InvalidContextAssertion InvalidId InvalidIdFormat InvalidInput
    InvalidMessageContents InvalidParameterCombination InvalidPublicKey InvalidQueryParameter
    InvalidRequestContent InvalidRuntime InvalidSecurity InvalidSecurityGroupID InvalidSubnetID
    InvalidUserType InvalidZipFile JWTPayloadSizeExceeded KeyPairMismatch MalformedCertificate
    MalformedHttpRequest MalformedInput MalformedQueryString MessageNotInflight MissingAction
    MissingParameter ModeNotSupported NameConflict NoPublishedVersion OrganizationNotFound
    OrganizationNotInAllFeaturesMode OutboundWebIdentityFederationDisabled PackedPolicyTooLarge
    ParentNotFound PasswordPolicyViolation PolicyEvaluation PolicyNotAttachable PublicPolicy
    PurgeQueueInProgress QueueDeletedRecently QueueNameExists ReceiptHandleIsInvalid RecursiveInvocation
    RequestEntityTooLarge RequestTooLarge RoleTemplateDisabled S3FilesMountConnectivity S3FilesMountFailure
    S3FilesMountTimeout Serialization SerializedRequestEntityTooLarge ServiceAccessNotEnabled
    ServiceNotSupported SessionDurationEscalation SnapStart SnapStartRegenerationFailure TargetNotFound
    TooManyEntriesInBatchRequest UnknownOperation UnrecognizedPublicKeyEncoding UnsupportedMediaType
    UnsupportedOperation Validation ValidationError
  `,
  quota: `
    AliasLimitExceeded CapacityProviderLimitExceeded CodeStorageExceeded ENILimitReached
    FunctionVersionsPerCapacityProviderLimitExceeded LimitExceeded OverLimit PolicyLengthExceeded
    ServiceQuotaExceeded SubnetIPAddressLimitReached
  `,
  unmodifiable: "UnmodifiableEntity",
  key: `
    KMSAccessDenied KMSDisabled KMSInvalidState KMSNotFound KmsAccessDenied KmsDisabled KmsInvalidKeyUsage
    KmsInvalidState KmsNotFound KmsOptInRequired
  `,
  "no-queue": "AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist",
  denied: "AccessDenied AuthorizationError NotAuthorized UnauthorizedOperation",
  session: `
    AuthFailure CredentialsProviderError ExpiredToken ExpiredTradeInToken IDPRejectedClaim
    IncompleteSignature InsufficientSessionLifetime InvalidAccessKeyId InvalidClientTokenId
    InvalidIdentityToken InvalidSubjectCredentials InvalidToken MissingAuthenticationToken
    TokenProviderError UnrecognizedClient
  `,
  clock: "RequestExpired RequestInTheFuture RequestTimeTooSkewed",
  "region-off": "OptInRequired RegionDisabled",
} as const satisfies Partial<Record<ErrorClass, string>>;

interface MessageRule {
  readonly code: string;
  /** In AWS's message, case-insensitive. */
  readonly contains: string;
  readonly is: ErrorClass;
}

/** Codes with several meanings: the first rule whose text is in the message counts. */
const BY_MESSAGE: readonly MessageRule[] = [
  { code: "ResourceConflict", contains: "already exists", is: "changed" },
  { code: "ResourceConflict", contains: "", is: "busy" },
  { code: "MalformedPolicyDocument", contains: "invalid principal", is: "new-principal" },
  { code: "MalformedPolicyDocument", contains: "", is: "rejected" },
  { code: "InvalidParameterValue", contains: "principal was invalid", is: "new-principal" },
  { code: "InvalidParameterValue", contains: "cannot be assumed by Lambda", is: "new-trust" },
  { code: "InvalidParameterValue", contains: "does not have permissions", is: "new-trust" },
  { code: "InvalidParameterValue", contains: "KMS key is invalid for CreateGrant", is: "new-trust" },
  { code: "InvalidParameterValue", contains: "throttled by EC2", is: "new-trust" },
  { code: "InvalidParameterValue", contains: "", is: "rejected" },
  { code: "InvalidSignature", contains: "signature expired", is: "clock" },
  { code: "InvalidSignature", contains: "not yet current", is: "clock" },
  { code: "InvalidSignature", contains: "credential should be scoped to", is: "wrong-endpoint" },
  { code: "InvalidSignature", contains: "", is: "session" },
  { code: "SignatureDoesNotMatch", contains: "signature expired", is: "clock" },
  { code: "SignatureDoesNotMatch", contains: "not yet current", is: "clock" },
  { code: "SignatureDoesNotMatch", contains: "credential should be scoped to", is: "wrong-endpoint" },
  { code: "SignatureDoesNotMatch", contains: "", is: "session" },
];

const CLASS_OF_CODE: ReadonlyMap<string, ErrorClass> = new Map(
  Object.entries(CODES).flatMap(([is, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code) => [code, is as ErrorClass] as const),
  ),
);

/** `LimitExceededException` and `LimitExceeded` are the same code. */
export function codeOf(name: string): string {
  return name.replace(/Exception$/, "");
}

/** Undefined if no row has the code. */
export function classOf(code: string, message: string): ErrorClass | undefined {
  const text = message.toLowerCase();
  const rule = BY_MESSAGE.find((each) => each.code === code && text.includes(each.contains.toLowerCase()));
  return rule?.is ?? CLASS_OF_CODE.get(code);
}

/** The class of an error of the SDK, also of one that has not been classified yet. */
export function classOfError(error: unknown): ErrorClass | undefined {
  return error instanceof Error ? classOf(codeOf(error.name), error.message) : undefined;
}

/** For the documentation: each code of a class, with the text that the message must contain. */
export function codesOf(wanted: ErrorClass): readonly { readonly code: string; readonly contains: string }[] {
  const plain = [...CLASS_OF_CODE].flatMap(([code, is]) => (is === wanted ? [{ code, contains: "" }] : []));
  return [...plain, ...BY_MESSAGE.filter(({ is }) => is === wanted)];
}

/**
 * The codes by which the services of AWS answer that the caller of a call lacks a permission, as CloudTrail has them: each
 * service has its own, with a part of this list.
 */
export const CALL_DENIALS = [
  "AccessDenied",
  "Unauthorized",
  "NotAuthorized",
  "AuthFailure",
  "AuthorizationError",
] as const;

/** The same for a pattern of EventBridge, which compares beginnings and ends: how these codes begin or end. */
export const CALL_DENIALS_OF_EVENTS = {
  prefixes: ["AccessDenied", "AuthorizationError", "Client.Unauthorized", "NotAuthorized", "Unauthorized"],
  suffixes: ["AccessDenied", "AccessDeniedException"],
} as const;
