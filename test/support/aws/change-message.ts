interface MessageChange {
  /** Members of the envelope. */
  readonly envelope?: Readonly<Record<string, unknown>>;
  /** Members of the record of CloudTrail; undefined removes one. */
  readonly record?: Readonly<Record<string, unknown>>;
}

export const ALICE_SESSION = {
  type: "AssumedRole",
  principalId: "AROAEXAMPLEADMIN0000A:alice@example.com",
  arn: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com",
  accountId: "111122223333",
  accessKeyId: "ASIAEXAMPLE0000000001",
  sessionContext: {
    sessionIssuer: {
      type: "Role",
      principalId: "AROAEXAMPLEADMIN0000A",
      arn: "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
      accountId: "111122223333",
      userName: "AWSReservedSSO_Admin_0123456789abcdef",
    },
    attributes: { creationDate: "2026-11-28T10:00:00Z", mfaAuthenticated: "true" },
  },
};

/**
 * The body of a message: an event of CloudTrail in the form of AWS's documentation.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function changeMessage({ envelope = {}, record = {} }: MessageChange = {}): string {
  return JSON.stringify({
    version: "0",
    id: "36eb8523-97d0-4518-b33d-ee3579ff19f0",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.iam",
    account: "111122223333",
    time: "2026-11-28T10:32:07Z",
    region: "us-east-1",
    resources: [],
    ...envelope,
    detail: {
      eventVersion: "1.11",
      userIdentity: ALICE_SESSION,
      eventTime: "2026-11-28T10:32:07Z",
      eventSource: "iam.amazonaws.com",
      eventName: "AttachRolePolicy",
      awsRegion: "us-east-1",
      sourceIPAddress: "203.0.113.7",
      userAgent: "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1",
      requestParameters: {
        roleName: "orders-api",
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      },
      responseElements: null,
      requestID: "b2f1a3c4-0000-4000-8000-000000000001",
      eventID: "e0000000-0000-4000-8000-000000000001",
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "111122223333",
      eventCategory: "Management",
      ...record,
    },
  });
}
