import { z } from "zod";
import { listOf, templateText } from "../fields/field.ts";
import { QUALIFIER } from "../fields/names.ts";
import { allow, type Expansion, grantEntry, under } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const FUNCTION: ResourceKind = {
  what: "a Lambda function",
  service: "lambda",
  prefix: "function:",
  name: "[a-zA-Z0-9-_]{1,64}",
  example: "payments-capture",
};

const fields = z.strictObject({
  function: resourceField(FUNCTION),
  qualifier: templateText({
    ...QUALIFIER,
    what: 'an alias, a version, or "*" for every qualifier (not $LATEST: that is the unqualified function)',
    pattern: /^(?:\*|[a-zA-Z0-9-_]{1,128})$/,
  }).optional(),
  allow: listOf(z.enum(["invoke", "invokeUrl"])),
});

type Verb = z.infer<typeof fields>["allow"][number];

export const lambda = grantEntry({
  grant: "lambda",
  fields,
  verbs: {
    invoke: {
      allows: 'invoke the function, or with qualifier that alias or version alone (`"*"`: every qualifier)',
      leavesOut: "invoke has no InvokeFunctionUrl. To call its URL: allow: [invokeUrl]",
    },
    invokeUrl: {
      allows: "call the function's URL, or with qualifier the URL of that alias",
      leavesOut: "invokeUrl has no direct invocation",
    },
  },
  // invokeUrl has it only for calls through the URL.
  exact: { notOf: { invokeUrl: ["InvokeFunction"] } },
  regionalFields: ["function"],
  examples: [
    { function: "payments-capture", qualifier: "live", allow: ["invoke"] },
    { function: "payments-capture", allow: ["invoke"] },
    { function: "payments-capture", qualifier: "*", allow: ["invoke"] },
    { function: "payments-capture", qualifier: "live", allow: ["invokeUrl"] },
  ],
  expand: (grant, place) => {
    const arn = resourceArn(FUNCTION, grant.function, place);
    const target = grant.qualifier === undefined ? arn : `${arn}:${grant.qualifier}`;
    return grant.allow.flatMap((verb) => EXPAND[verb](target));
  },
});

/** Since October 2025 a URL needs both actions. @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const EXPAND: Readonly<Record<Verb, (target: string) => readonly Expansion[]>> = {
  invoke: (target) => [allow("invoke", ["lambda:InvokeFunction"], [target])],
  invokeUrl: (target) => [
    allow("invokeUrl", ["lambda:InvokeFunctionUrl"], [target]),
    under(
      { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      allow("invokeUrl", ["lambda:InvokeFunction"], [target]),
    ),
  ],
};
