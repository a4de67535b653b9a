import { CALL_DENIALS_OF_EVENTS } from "../../model/aws/errors/error-codes.ts";
import { ROLES_PATH } from "../../manifest/fields/role-path.ts";
import type { QueueAddress } from "../../model/aws/queue-url.ts";
import { byText } from "../../text/order.ts";
import { forwardsOf, type EventAccount, type EventQueue, type Forward } from "./event-routes.ts";
import { queuePolicy } from "../bootstrap/queue-policy.ts";

/** What is deployed in one account and region. */
export interface EventStack {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly kind: "queue" | "forward";
  /** A template of CloudFormation. */
  readonly template: object;
}

/** What `bootstrap events` prints. */
export interface EventStacks {
  /** In the order in which they are deployed: queues before the rules that forward to their event buses. */
  readonly stacks: readonly EventStack[];
}

interface EventInputs {
  readonly queues: readonly EventQueue[];
  /** The accounts that the queues are for. */
  readonly accounts: readonly EventAccount[];
  readonly baseRole: string;
}

export function eventStacks({ queues, accounts, baseRole }: EventInputs): EventStacks {
  const forwards = forwardsOf(queues, accounts);
  return {
    stacks: [...queues.map((queue) => queueStack(queue, forwards, baseRole)), ...forwards.map(forwardStack)],
  };
}

/** Four days: an outage of the process loses no event. */
const RETENTION_SECONDS = 345_600;
/** The longest that SQS keeps a message. */
const DEAD_SECONDS = 1_209_600;
const RECEIVED_AT_MOST = 5;
const RULE_NAME_LENGTH = 64;
const FORWARD = "-forward";
const DENIED = "-denied";

/** @param end rules of several accounts and regions have the same */
function ruleName({ name }: QueueAddress, ...end: readonly string[]): string {
  const ending = end.join("");
  return `${name.slice(0, RULE_NAME_LENGTH - ending.length)}${ending}`;
}

function busArn({ partition, region, accountId }: QueueAddress): string {
  return `arn:${partition}:events:${region}:${accountId}:event-bus/default`;
}

/**
 * Calls that only read are not delivered to a rule in its usual state, and `readOnly` is optional in a record: a pattern with it
 * could miss a change.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
function pattern(accounts: readonly string[]) {
  return {
    account: [...accounts].sort(byText),
    source: ["aws.iam", "aws.lambda"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventSource: ["iam.amazonaws.com", "lambda.amazonaws.com"] },
  };
}

/**
 * Calls of functions on roles of Grantkeeper that AWS denied, of every service: a wave stops at the first one. Other patterns of a
 * queue and of its forwards have no such calls, as most of them read.
 */
function deniedPattern(accounts: readonly string[], { partition }: Pick<QueueAddress, "partition">) {
  return {
    account: [...accounts].sort(byText),
    source: [{ prefix: "aws." }],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: {
      errorCode: DENIALS,
      // One for all accounts: AWS limits the length of a pattern.
      userIdentity: {
        sessionContext: {
          sessionIssuer: { arn: [{ wildcard: `arn:${partition}:iam::*:role${ROLES_PATH}*` }] },
        },
      },
    },
  };
}

/** Several wildcards in one pattern are too complex for EventBridge. */
const DENIALS = [
  ...CALL_DENIALS_OF_EVENTS.prefixes.map((prefix) => ({ prefix })),
  ...CALL_DENIALS_OF_EVENTS.suffixes.map((suffix) => ({ suffix })),
];

/**
 * Most denied calls are of actions that read, which a rule gets in this state alone.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
 */
const WITH_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

function template(description: string, resources: object) {
  return { AWSTemplateFormatVersion: "2010-09-09", Description: description, Resources: resources };
}

function queueStack(
  { address, accounts }: EventQueue,
  forwards: readonly Forward[],
  baseRole: string,
): EventStack {
  const { arn, accountId, region, name } = address;
  const [rule, deniedRule] = [ruleName(address), ruleName(address, DENIED)] as const;
  const policy = queuePolicy(arn, { rules: [rule, deniedRule], baseRole });
  const targets = [{ Id: "queue", Arn: { "Fn::GetAtt": ["Queue", "Arn"] } }];
  return {
    kind: "queue",
    accountId,
    region,
    name,
    template: template(`Change events for Grantkeeper (${name})`, {
      ...queueResources(name, policy),
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: rule,
          EventPattern: pattern(accounts),
          Targets: targets,
        },
      },
      DeniedRule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: deniedRule,
          EventPattern: deniedPattern(accounts, address),
          State: WITH_READS,
          Targets: targets,
        },
      },
      ...busPolicies(address, forwards),
    }),
  };
}

function queueResources(name: string, policy: readonly object[]) {
  const deadLetters = { "Fn::GetAtt": ["DeadLetters", "Arn"] };
  return {
    DeadLetters: {
      Type: "AWS::SQS::Queue",
      Properties: {
        QueueName: `${name.slice(0, 75)}-dead`,
        MessageRetentionPeriod: DEAD_SECONDS,
        SqsManagedSseEnabled: true,
      },
    },
    Queue: {
      Type: "AWS::SQS::Queue",
      Properties: {
        QueueName: name,
        MessageRetentionPeriod: RETENTION_SECONDS,
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: RECEIVED_AT_MOST },
      },
    },
    QueuePolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: {
        Queues: [{ Ref: "Queue" }],
        PolicyDocument: { Version: "2012-10-17", Statement: policy },
      },
    },
  };
}

/**
 * One for each other account that forwards: only its rules may send. Rules of the same account need the role of their target
 * alone.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-restrict-rule.html
 */
function busPolicies(address: QueueAddress, forwards: readonly Forward[]) {
  const others = forwards.filter(
    ({ to, accountId }) => to.arn === address.arn && accountId !== address.accountId,
  );
  const { partition } = address;
  const policies = [...Map.groupBy(others, ({ accountId }) => accountId)].map(([accountId, ofAccount]) => {
    const names = [ruleName(address, FORWARD), ruleName(address, DENIED, FORWARD)];
    const rules = ofAccount.flatMap(({ region }) =>
      names.map((name) => `arn:${partition}:events:${region}:${accountId}:rule/${name}`),
    );
    const statementId = `${address.name.slice(0, 51)}-${accountId}`;
    const policy = {
      Type: "AWS::Events::EventBusPolicy",
      Properties: {
        EventBusName: "default",
        StatementId: statementId,
        Statement: {
          Sid: statementId,
          Effect: "Allow",
          Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
          Action: "events:PutEvents",
          Resource: busArn(address),
          Condition: { ArnEquals: { "aws:SourceArn": rules } },
        },
      },
    };
    return [`BusPolicy${accountId}`, policy] as const;
  });
  return Object.fromEntries(policies);
}

function forwardStack({ accountId, region, to }: Forward): EventStack {
  const name = ruleName(to, FORWARD);
  const bus = busArn(to);
  const targets = [{ Id: "bus", Arn: bus, RoleArn: { "Fn::GetAtt": ["Role", "Arn"] } }];
  return {
    kind: "forward",
    accountId,
    region,
    name,
    template: template(`Forwards change events to Grantkeeper's queue ${to.name} in ${to.region}`, {
      Role: { Type: "AWS::IAM::Role", Properties: forwardRole(accountId, bus) },
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: name,
          EventPattern: pattern([accountId]),
          Targets: targets,
        },
      },
      DeniedRule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: ruleName(to, DENIED, FORWARD),
          EventPattern: deniedPattern([accountId], to),
          State: WITH_READS,
          Targets: targets,
        },
      },
    }),
  };
}

/** CloudFormation names it: stacks of several regions are in one account. */
function forwardRole(accountId: string, bus: string) {
  const trust = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "aws:SourceAccount": accountId } },
  };
  const send = { Effect: "Allow", Action: "events:PutEvents", Resource: bus };
  return {
    AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [trust] },
    Policies: [{ PolicyName: "forward", PolicyDocument: { Version: "2012-10-17", Statement: [send] } }],
  };
}
