import { allow, allowAnywhere, type Expansion } from "./entry.ts";
import { regionOf, type GrantPlace } from "../fields/resource.ts";

// The permissions of `spec.logs`, `spec.tracing` and `spec.vpc`.

export function ownLogs(
  logs: { readonly group: string; readonly create: boolean },
  place: GrantPlace,
): readonly Expansion[] {
  const { partition, accountId } = place;
  const group = `arn:${partition}:logs:${regionOf(place)}:${accountId}:log-group:${logs.group}`;
  return [allow("own", logs.create ? WRITE_AND_CREATE : WRITE, [group, `${group}:*`])];
}

const WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"];
const WRITE_AND_CREATE = ["logs:CreateLogGroup", ...WRITE];

/** The log groups of every function of a service, as the Serverless Framework lets each of them write. */
export interface PrefixLogs {
  /** `/aws/lambda/SERVICE-STAGE` */
  readonly groupPrefix: string;
  readonly create: boolean;
  /** With `create` only: the function may tag the groups too. */
  readonly tag: boolean;
}

/**
 * The two statements of the framework, action for action: an import proves that nothing changes. Its version 1.60 lists
 * CreateLogStream alone, 2.72 also CreateLogGroup, and 3.28, 4 and osls also TagResource.
 * @see https://github.com/serverless/serverless/blob/main/packages/serverless/lib/plugins/aws/package/lib/merge-iam-templates.js
 */
export function prefixLogs(
  { groupPrefix, create, tag }: PrefixLogs,
  place: GrantPlace,
): readonly Expansion[] {
  const { partition, accountId } = place;
  const groups = `arn:${partition}:logs:${regionOf(place)}:${accountId}:log-group:${groupPrefix}*`;
  const created = create ? ["logs:CreateLogGroup", "logs:CreateLogStream"] : ["logs:CreateLogStream"];
  const verb = create ? (tag ? "createAndTag" : "create") : "createStreams";
  return [
    allow(verb, tag ? [...created, "logs:TagResource"] : created, [`${groups}:*`]),
    allow("write", ["logs:PutLogEvents"], [`${groups}:*:*`]),
  ];
}

export function tracing(): readonly Expansion[] {
  return [allowAnywhere("send", SEND, "X-Ray's sending actions take no resource")];
}

const SEND = [
  "xray:GetSamplingRules",
  "xray:GetSamplingStatisticSummaries",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

const NETWORK = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Lambda itself creates the network interfaces with the function's role; the code must not.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
 */
export function vpc(functionArn: string): readonly Expansion[] {
  const onlyCode = { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };
  return [
    allowAnywhere(
      "attach",
      NETWORK,
      "Lambda's network interfaces have no names beforehand; the code itself is denied",
    ),
    {
      verb: "attach",
      effect: "Deny",
      actions: NETWORK,
      resources: ["*"],
      condition: onlyCode,
      wildcardReason: "denies the code what only the service needs",
    },
  ];
}
