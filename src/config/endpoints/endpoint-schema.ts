import { z } from "zod";
import { PARTITIONS, partitionOfRegion } from "../../model/aws/partitions.ts";
import { textWithout } from "../field-forms.ts";
import { awsUrlProblem } from "../urls.ts";

export const region = z
  .string()
  .refine((text) => partitionOfRegion(text) !== undefined, "expected a region of AWS, such as eu-central-1");
const partition = z
  .string()
  .refine((text) => PARTITIONS.includes(text), `expected a partition of AWS: ${PARTITIONS.join(", ")}`);

function urlOrBy<Urls extends z.ZodType>(place: "partition" | "region", urls: Urls) {
  return z.union([awsUrl, urls], { error: `expected a URL, or a mapping of each ${place} to its URL` });
}
const awsUrl = textWithout(awsUrlProblem);

/** `aws.endpoints` */
export const endpointSchema = z.strictObject({
  iam: urlOrBy("partition", z.record(partition, awsUrl)).optional(),
  sts: urlOrBy("region", z.record(region, awsUrl)).optional(),
  organizations: urlOrBy("partition", z.record(partition, awsUrl)).optional(),
  lambda: z.record(region, awsUrl).default({}),
  tagging: z.record(region, awsUrl).default({}),
  cloudformation: z.record(region, awsUrl).default({}),
  ssm: z.record(region, awsUrl).default({}),
  cloudtrail: z.record(region, awsUrl).default({}),
  events: z.record(region, awsUrl).default({}),
});
