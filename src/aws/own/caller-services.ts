/**
 * The AWS services that manifests name as callers. All of them are in the policy of every writer: a policy with only
 * the services of today's manifests would refuse the first function with another one, and stop AddPermission for the
 * complete account until the platform team has changed the role.
 */
export const CALLER_SERVICES = [
  "alexa-appkit.amazon.com",
  "alexa-connectedhome.amazon.com",
  "apigateway.amazonaws.com",
  "bedrock.amazonaws.com",
  "cloudfront.amazonaws.com",
  "codecommit.amazonaws.com",
  "cognito-idp.amazonaws.com",
  "config.amazonaws.com",
  "connect.amazonaws.com",
  "elasticloadbalancing.amazonaws.com",
  "events.amazonaws.com",
  "iot.amazonaws.com",
  "lambda.alarms.cloudwatch.amazonaws.com",
  "lexv2.amazonaws.com",
  "logs.amazonaws.com",
  "s3.amazonaws.com",
  "secretsmanager.amazonaws.com",
  "ses.amazonaws.com",
  "sns.amazonaws.com",
  "vpc-lattice.amazonaws.com",
] as const;
