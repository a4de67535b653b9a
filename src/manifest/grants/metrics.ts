import { z } from "zod";
import { templateText } from "../fields/field.ts";
import { allowAnywhere, grantEntry } from "./entry.ts";

export const metrics = grantEntry({
  grant: "metrics",
  fields: z.strictObject({
    namespace: templateText({
      what: "a CloudWatch namespace (not AWS/…)",
      pattern: /^(?!AWS\/)[a-zA-Z0-9_./#:-]{1,255}$/,
      example: "Orders",
    }),
  }),
  verbs: { put: { allows: "put metric data of this namespace", leavesOut: null } },
  regionalFields: [],
  examples: [{ namespace: "Orders" }],
  expand: ({ namespace }) => [
    {
      ...allowAnywhere(
        "put",
        ["cloudwatch:PutMetricData"],
        "a metric namespace is no resource: the condition names it",
      ),
      condition: { StringEquals: { "cloudwatch:namespace": namespace } },
    },
  ],
});
