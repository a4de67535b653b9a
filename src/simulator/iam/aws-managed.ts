import { uniqueId } from "../unique-id.ts";
import type { PolicyState, PolicyVersion } from "./state.ts";

/** The time of versions that are published in a world. */
const PUBLISHED_AT = "2026-01-01T00:00:00.000Z";

interface Published {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly createdAt: string;
  readonly actions: string | readonly string[];
  readonly resource: string | readonly string[];
  readonly sid?: string;
}

/**
 * Some AWS-managed policies, in the default version of early 2026.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const PUBLISHED: readonly Published[] = [
  {
    path: "/service-role/",
    name: "AWSLambdaBasicExecutionRole",
    version: "v1",
    createdAt: "2015-04-09T15:03:43.000Z",
    actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
    resource: "*",
  },
  {
    path: "/service-role/",
    name: "AWSLambdaVPCAccessExecutionRole",
    version: "v3",
    createdAt: "2024-01-05T22:38:26.000Z",
    sid: "AWSLambdaVPCAccessExecutionPermissions",
    actions: [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resource: "*",
  },
  {
    path: "/",
    name: "AWSXRayDaemonWriteAccess",
    version: "v2",
    createdAt: "2024-02-13T21:58:30.000Z",
    sid: "AWSXRayDaemonWriteAccess",
    actions: [
      "xray:PutTraceSegments",
      "xray:PutTelemetryRecords",
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:GetSamplingStatisticSummaries",
    ],
    resource: ["*"],
  },
  {
    path: "/",
    name: "AdministratorAccess",
    version: "v1",
    createdAt: "2015-02-06T18:39:46.000Z",
    actions: "*",
    resource: "*",
  },
  {
    path: "/",
    name: "AmazonS3ReadOnlyAccess",
    version: "v3",
    createdAt: "2023-08-10T21:31:39.000Z",
    actions: ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
    resource: "*",
  },
];

/**
 * By ARN in the partition `aws`. Earlier versions are not included: GetPolicyVersion finds the default version and
 * versions that are published later.
 */
export function awsManagedPolicies(): Record<string, PolicyState> {
  const ids = { idCounter: 0 };
  return Object.fromEntries(
    PUBLISHED.map((each) => toPolicy(each, uniqueId(ids, "ANPA"))).map((policy) => [policy.arn, policy]),
  );
}

function toPolicy(published: Published, id: string): PolicyState {
  const { path, name, version, createdAt } = published;
  return {
    name,
    path,
    id,
    arn: `arn:aws:iam::aws:policy${path}${name}`,
    createdAt,
    updatedAt: createdAt,
    tags: [],
    defaultVersion: version,
    nextVersion: Number(version.slice(1)) + 1,
    versions: [toVersion(published)],
  };
}

function toVersion({ sid, actions, resource, version, createdAt }: Published): PolicyVersion {
  const statement = {
    ...(sid !== undefined && { Sid: sid }),
    Effect: "Allow",
    Action: actions,
    Resource: resource,
  };
  return {
    id: version,
    document: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }, undefined, 4),
    createdAt,
  };
}

/**
 * Publishes a new default version of an AWS-managed policy.
 * @returns the id of the version
 */
export function publishAwsManagedVersion(
  { awsManaged }: { readonly awsManaged: Record<string, PolicyState> },
  name: string,
  document: string,
): string {
  const policy = Object.values(awsManaged).find((each) => each.name === name);
  if (policy === undefined) throw new Error(`there is no AWS managed policy "${name}" in this world`);
  const id = `v${policy.nextVersion}`;
  policy.nextVersion += 1;
  policy.versions = [...policy.versions, { id, document, createdAt: PUBLISHED_AT }];
  policy.defaultVersion = id;
  policy.updatedAt = PUBLISHED_AT;
  return id;
}
