import { z } from "zod";
import { templateText } from "../fields/field.ts";
import { allowAnywhere, grantEntry } from "./entry.ts";

const EVERY = "*";

export const metrics = grantEntry({
  grant: "metrics",
  fields: z.strictObject({
    namespace: templateText({
      what: 'a CloudWatch namespace (not AWS/…), or "*" for all',
      pattern: /^(?:\*|(?!AWS\/)[a-zA-Z0-9_./#:-]{1,255})$/,
      example: "Orders",
    }),
  }),
  verbs: {
    put: { allows: "put metric data of this namespace", leavesOut: null },
    putAll: {
      allows: 'with `namespace: "*"`: put metric data of every namespace',
      leavesOut:
        "it can also write the metrics of other applications, on which alarms and scaling may depend",
    },
  },
  regionalFields: [],
  examples: [{ namespace: "Orders" }, { namespace: EVERY }],
  expand: ({ namespace }) => {
    const actions = ["cloudwatch:PutMetricData"];
    if (namespace === EVERY) return [allowAnywhere("putAll", actions, "PutMetricData takes no resource")];
    const reason = "a metric namespace is no resource: the condition names it";
    const condition = { StringEquals: { "cloudwatch:namespace": namespace } };
    return [{ ...allowAnywhere("put", actions, reason), condition }];
  },
});
