import { z } from "zod";
import { listOf, templateText } from "../fields/field.ts";
import { QUALIFIER } from "../fields/names.ts";
import { allow, type GrantEntry } from "./entry.ts";
import { resourceArn, resourceField, type ResourceKind } from "../fields/resource.ts";

const FUNCTION: ResourceKind = {
  what: "a Lambda function",
  service: "lambda",
  scope: "region-and-account",
  prefix: "function:",
  name: "[a-zA-Z0-9-_]{1,64}",
  example: "payments-capture",
};

const fields = z.strictObject({
  function: resourceField(FUNCTION),
  qualifier: templateText(QUALIFIER).optional(),
  allow: listOf(z.enum(["invoke"])),
});

export const lambda: GrantEntry<z.infer<typeof fields>> = {
  grant: "lambda",
  fields,
  verbs: {
    invoke: {
      allows: "invoke the function, or with qualifier that alias or version alone",
      leavesOut: "invoke has no InvokeFunctionUrl",
    },
  },
  regionalFields: ["function"],
  needsRegion: false,
  examples: [
    { function: "payments-capture", qualifier: "live", allow: ["invoke"] },
    { function: "payments-capture", allow: ["invoke"] },
  ],
  expand: (grant, place) => {
    const arn = resourceArn(FUNCTION, grant.function, place);
    const target = grant.qualifier === undefined ? arn : `${arn}:${grant.qualifier}`;
    return [allow("invoke", ["lambda:InvokeFunction"], [target])];
  },
};
