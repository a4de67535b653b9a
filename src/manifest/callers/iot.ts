import { z } from "zod";
import { pushIssue, templateText, type TextSyntax } from "../fields/field.ts";
import { invoke, invokeFor, sourceArn, callerEntry } from "./entry.ts";

const RULE: TextSyntax = {
  what: "an IoT rule's name",
  pattern: /^[a-zA-Z0-9_]{1,128}$/,
  example: "door_opened",
};

const AUTHORIZER: TextSyntax = {
  what: "a custom authorizer's name",
  pattern: /^[\w=,@-]{1,128}$/,
  example: "device-tokens",
};

const TEMPLATE: TextSyntax = {
  what: "a provisioning template's name",
  pattern: /^[\w-]{1,36}$/,
  example: "fleet",
};

const fields = z
  .strictObject({
    rule: templateText(RULE).optional(),
    authorizer: templateText(AUTHORIZER).optional(),
    provisioningTemplate: templateText(TEMPLATE).optional(),
  })
  .check((context) => {
    if (Object.keys(context.value).length === 1) return;
    pushIssue(context, [], {
      message: "iot takes one of rule, authorizer and provisioningTemplate",
      fix: "write one of them, and an entry for each further caller",
    });
  });

/**
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/lambda-rule-action.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/custom-auth-authorize.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html
 */
export const iot = callerEntry({
  caller: "iot",
  allows: "a topic rule, a custom authorizer, or the hook of a provisioning template of AWS IoT",
  fields,
  examples: [{ rule: "door_opened" }, { authorizer: "device-tokens" }, { provisioningTemplate: "fleet" }],
  expand: ({ rule, authorizer, provisioningTemplate }, place) => {
    const service = "iot.amazonaws.com";
    // The page of authorizers documents no account, which its ARN has.
    if (authorizer !== undefined)
      return [invoke(service, { SourceArn: sourceArn("iot", `authorizer/${authorizer}`, place) })];
    const named = rule === undefined ? `provisioningtemplate/${provisioningTemplate}` : `rule/${rule}`;
    return [invokeFor(service, sourceArn("iot", named, place))];
  },
});
