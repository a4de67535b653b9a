import { z } from "zod";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";
import { templateText } from "../fields/field.ts";
import { SECRET, secretArn } from "../grants/secrets.ts";
import { invoke, invokeFor, sourceArn, callerEntry } from "./entry.ts";

// Services that call a function as a part of operating an account.

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html */
export const secrets = callerEntry({
  caller: "secrets",
  allows: "the rotation of one secret",
  fields: z.strictObject({ secret: resourceField(SECRET) }),
  examples: [{ secret: "payments/psp-key" }],
  expand: ({ secret }, place) => [invokeFor("secretsmanager.amazonaws.com", secretArn(secret, place))],
});

/**
 * AWS Config creates a rule only if it may already call the function, and the id of the rule is made then: without `rule`,
 * the statement names the account alone.
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_nodejs.html
 */
export const config = callerEntry({
  caller: "config",
  allows: "the rules of AWS Config in this account, or with `rule` one of them",
  fields: z.strictObject({
    rule: templateText({
      what: "the id of an AWS Config rule (not its name)",
      pattern: /^config-rule-[a-z0-9]{6,32}$/,
      example: "config-rule-a1b2c3",
    }).optional(),
  }),
  examples: [{}, { rule: "config-rule-a1b2c3" }],
  expand: ({ rule }, place) => [
    rule === undefined
      ? invoke("config.amazonaws.com", { SourceAccount: place.accountId })
      : invokeFor("config.amazonaws.com", sourceArn("config", `config-rule/${rule}`, place)),
  ],
});

const ALARM: ResourceKind = {
  what: "a CloudWatch alarm",
  service: "cloudwatch",
  prefix: "alarm:",
  name: "[\\w .,()#/+=@-]{1,255}",
  example: "orders-errors",
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
export const cloudwatch = callerEntry({
  caller: "cloudwatch",
  allows: "the action of a CloudWatch alarm",
  fields: z.strictObject({ alarm: resourceField(ALARM) }),
  examples: [{ alarm: "orders-errors" }],
  expand: ({ alarm }, place) => [
    invokeFor("lambda.alarms.cloudwatch.amazonaws.com", resourceArn(ALARM, alarm, place)),
  ],
});

/** @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html */
export const ses = callerEntry({
  caller: "ses",
  allows: "a receipt rule of SES, for incoming e-mail",
  fields: z.strictObject({
    ruleSet: templateText({
      what: "a receipt rule set's name",
      pattern: /^[\w-]{1,64}$/,
      example: "inbound",
    }),
    rule: templateText({ what: "a receipt rule's name", pattern: /^[\w-]{1,64}$/, example: "support" }),
  }),
  examples: [{ ruleSet: "inbound", rule: "support" }],
  expand: ({ ruleSet, rule }, place) => [
    invokeFor(
      "ses.amazonaws.com",
      sourceArn("ses", `receipt-rule-set/${ruleSet}:receipt-rule/${rule}`, place),
    ),
  ],
});

const REPOSITORY: ResourceKind = {
  what: "a CodeCommit repository",
  service: "codecommit",
  prefix: "",
  name: "[\\w.-]{1,100}",
  example: "orders",
};

/** @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-notify-lambda-cc.html */
export const codecommit = callerEntry({
  caller: "codecommit",
  allows: "the triggers of a CodeCommit repository",
  fields: z.strictObject({ repository: resourceField(REPOSITORY) }),
  examples: [{ repository: "orders" }],
  expand: ({ repository }, place) => [
    invokeFor("codecommit.amazonaws.com", resourceArn(REPOSITORY, repository, place)),
  ],
});
