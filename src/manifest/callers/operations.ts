import { z } from "zod";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";
import { templateText } from "../fields/field.ts";
import { SECRET, secretArn } from "../grants/secrets.ts";
import { invoke, invokeFor, sourceArn, type CallerEntry } from "./entry.ts";

// Services that call a function as a part of operating an account.

const secretFields = z.strictObject({ secret: resourceField(SECRET) });

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html */
export const secrets: CallerEntry<z.infer<typeof secretFields>> = {
  caller: "secrets",
  allows: "the rotation of one secret",
  fields: secretFields,
  qualifier: "alias-or-version",
  examples: [{ secret: "payments/psp-key" }],
  expand: ({ secret }, place) => [invokeFor("secretsmanager.amazonaws.com", secretArn(secret, place))],
};

const configFields = z.strictObject({
  rule: templateText({
    what: "the id of an AWS Config rule (not its name)",
    pattern: /^config-rule-[a-z0-9]{6,32}$/,
    example: "config-rule-a1b2c3",
  }).optional(),
});

/**
 * AWS Config creates a rule only if it may already call the function, and the id of the rule is made then: without `rule`,
 * the statement names the account alone.
 * @see https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_nodejs.html
 */
export const config: CallerEntry<z.infer<typeof configFields>> = {
  caller: "config",
  allows: "the rules of AWS Config in this account, or with `rule` one of them",
  fields: configFields,
  qualifier: "alias-or-version",
  examples: [{}, { rule: "config-rule-a1b2c3" }],
  expand: ({ rule }, place) => [
    rule === undefined
      ? invoke("config.amazonaws.com", { SourceAccount: place.accountId })
      : invokeFor("config.amazonaws.com", sourceArn("config", `config-rule/${rule}`, place)),
  ],
};

const ALARM: ResourceKind = {
  what: "a CloudWatch alarm",
  service: "cloudwatch",
  scope: "region-and-account",
  prefix: "alarm:",
  name: "[\\w .,()#/+=@-]{1,255}",
  example: "orders-errors",
};
const alarmFields = z.strictObject({ alarm: resourceField(ALARM) });

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html */
export const cloudwatch: CallerEntry<z.infer<typeof alarmFields>> = {
  caller: "cloudwatch",
  allows: "the action of a CloudWatch alarm",
  fields: alarmFields,
  qualifier: "alias-or-version",
  examples: [{ alarm: "orders-errors" }],
  expand: ({ alarm }, place) => [
    invokeFor("lambda.alarms.cloudwatch.amazonaws.com", resourceArn(ALARM, alarm, place)),
  ],
};

const sesFields = z.strictObject({
  ruleSet: templateText({ what: "a receipt rule set's name", pattern: /^[\w-]{1,64}$/, example: "inbound" }),
  rule: templateText({ what: "a receipt rule's name", pattern: /^[\w-]{1,64}$/, example: "support" }),
});

/** @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-permissions.html */
export const ses: CallerEntry<z.infer<typeof sesFields>> = {
  caller: "ses",
  allows: "a receipt rule of SES, for incoming e-mail",
  fields: sesFields,
  qualifier: "alias-or-version",
  examples: [{ ruleSet: "inbound", rule: "support" }],
  expand: ({ ruleSet, rule }, place) => [
    invokeFor(
      "ses.amazonaws.com",
      sourceArn("ses", `receipt-rule-set/${ruleSet}:receipt-rule/${rule}`, place),
    ),
  ],
};

const REPOSITORY: ResourceKind = {
  what: "a CodeCommit repository",
  service: "codecommit",
  scope: "region-and-account",
  prefix: "",
  name: "[\\w.-]{1,100}",
  example: "orders",
};
const repositoryFields = z.strictObject({ repository: resourceField(REPOSITORY) });

/** @see https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-notify-lambda-cc.html */
export const codecommit: CallerEntry<z.infer<typeof repositoryFields>> = {
  caller: "codecommit",
  allows: "the triggers of a CodeCommit repository",
  fields: repositoryFields,
  qualifier: "alias-or-version",
  examples: [{ repository: "orders" }],
  expand: ({ repository }, place) => [
    invokeFor("codecommit.amazonaws.com", resourceArn(REPOSITORY, repository, place)),
  ],
};
