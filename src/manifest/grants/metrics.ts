import { z } from "zod";
import { templateText } from "../fields/field.ts";
import { allowAnywhere, type GrantEntry } from "./entry.ts";

const fields = z.strictObject({
  namespace: templateText({
    what: "a CloudWatch namespace (not AWS/…)",
    pattern: /^(?!AWS\/)[a-zA-Z0-9_./#:-]{1,255}$/,
    example: "Orders",
  }),
});

export const metrics: GrantEntry<z.infer<typeof fields>> = {
  grant: "metrics",
  fields,
  verbs: { put: { allows: "put metric data of this namespace", leavesOut: null } },
  regionalFields: [],
  needsRegion: false,
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
};
