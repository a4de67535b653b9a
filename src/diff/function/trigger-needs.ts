import { streamInArn, tableArn } from "../../model/aws/arns/nested-arn.ts";
import { arnParts, functionInArn } from "../../model/aws/arn.ts";
import type { LiveEventSource } from "../../model/live.ts";

/** A use that Lambda makes of the function's role, and the actions that it needs. */
export interface Need {
  readonly what: string;
  /** The line to write in the manifest. */
  readonly hint: string;
  readonly actions: readonly string[];
  /** null: the configuration does not name the resource. */
  readonly resource: string | null;
}

/** A grant as it is written in a manifest. */
export function inGrants(grant: string): string {
  return `grants: - ${grant}`;
}

type TriggerPermission = Pick<Need, "hint" | "actions" | "resource">;
type ByService = Readonly<Record<string, (arn: string) => TriggerPermission>>;

/**
 * By service of the source's ARN: the calls that Lambda makes with the function's role while it polls.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
 */
const SOURCES: ByService = {
  sqs: (arn) => ({
    hint: inGrants(`sqs: {queue: "${arn}", allow: [consume]}`),
    actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
    resource: arn,
  }),
  kinesis: kinesisSource,
  dynamodb: (arn) => ({
    hint: inGrants(`dynamodb: {table: "${tableArn(arn)}", allow: [stream]}`),
    actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    resource: arn,
  }),
  kafka: (arn) => byStatement(["kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"], arn),
  mq: (arn) => byStatement(["mq:DescribeBroker"], arn),
  rds: () => byStatement(["rds:DescribeDBClusters"], null),
};

function kinesisSource(arn: string): TriggerPermission {
  const { stream, consumer } = streamInArn(arn);
  if (consumer !== null) {
    return {
      hint: inGrants(`kinesis: {stream: "${stream}", allow: [read], consumer: ${consumer}}`),
      actions: ["kinesis:SubscribeToShard"],
      resource: arn,
    };
  }
  return {
    hint: inGrants(`kinesis: {stream: "${stream}", allow: [read]}`),
    actions: ["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator"],
    resource: stream,
  };
}

/**
 * By service of the ARN to which Lambda sends with the function's role: destinations and dead-letter queues.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const TARGETS: ByService = {
  sqs: (arn) => ({
    hint: inGrants(`sqs: {queue: "${arn}", allow: [send]}`),
    actions: ["sqs:SendMessage"],
    resource: arn,
  }),
  sns: (arn) => ({
    hint: inGrants(`sns: {topic: "${arn}", allow: [publish]}`),
    actions: ["sns:Publish"],
    resource: arn,
  }),
  lambda: (arn) => ({ hint: inGrants(invokeGrant(arn)), actions: ["lambda:InvokeFunction"], resource: arn }),
  events: (arn) => ({
    hint: inGrants(`events: {bus: "${arn}", allow: [put]}`),
    actions: ["events:PutEvents"],
    resource: arn,
  }),
  s3: (arn) => ({
    hint: inGrants(`s3: {bucket: "${arn}", allow: [write]}`),
    actions: ["s3:PutObject"],
    // The prefix of the keys that Lambda writes.
    resource: `${arn}/aws/lambda/x`,
  }),
};

function invokeGrant(arn: string): string {
  const qualifier = functionInArn(arn)?.qualifier ?? null;
  if (qualifier === null) return `lambda: {function: "${arn}", allow: [invoke]}`;
  const unqualified = arn.slice(0, -`:${qualifier}`.length);
  return `lambda: {function: "${unqualified}", qualifier: "${qualifier}", allow: [invoke]}`;
}

/** No grant of the catalogue allows it. */
function byStatement(actions: readonly string[], resource: string | null): TriggerPermission {
  return { hint: `a statement that allows ${actions.join(" and ")}`, actions, resource };
}

export function eventSourceNeeds({ arn, secrets }: LiveEventSource): readonly Need[] {
  const source = arn === null ? [] : [needOf(SOURCES, `its event source ${arn}`, arn)];
  const signIn = secrets.map((secret) => ({
    what: `the secret of its event source, ${secret}`,
    hint: inGrants(`secrets: {secret: "${secret}", allow: [read]}`),
    actions: ["secretsmanager:GetSecretValue"],
    resource: secret,
  }));
  return [...source, ...signIn];
}

export function destinationNeed(arn: string): Need {
  return sendNeed(`its destination ${arn}`, arn);
}

export function sendNeed(what: string, arn: string): Need {
  return needOf(TARGETS, what, arn);
}

/** No real action has two colons: only a role that allows everything allows this one. */
const NEVER_GIVEN = "not:checked:";

/** If a service is in no table, its needs can't be checked: no permission is known to be enough. */
function needOf(table: ByService, what: string, arn: string): Need {
  const service = arnParts(arn).service;
  const known = Object.hasOwn(table, service) ? table[service] : undefined;
  if (known !== undefined) return { what, ...known(arn) };
  return {
    what: `${what} (not checked: a service that this version does not know)`,
    hint: "functionRole: verify, and set the role where the function is deployed",
    actions: [NEVER_GIVEN],
    resource: null,
  };
}
