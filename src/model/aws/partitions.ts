/**
 * AWS's partitions, and the pattern of their region names. A resource in one partition cannot name, reach or assume
 * anything in another. The patterns are those of the AWS SDK's own endpoint rules.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
const REGIONS_BY_PARTITION: ReadonlyMap<string, RegExp> = new Map([
  ["aws", /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d{1,2}$/],
  ["aws-cn", /^cn-[a-z]+-\d{1,2}$/],
  ["aws-eusc", /^eusc-de-[a-z]+-\d{1,2}$/],
  ["aws-iso", /^us-iso-[a-z]+-\d{1,2}$/],
  ["aws-iso-b", /^us-isob-[a-z]+-\d{1,2}$/],
  ["aws-iso-e", /^eu-isoe-[a-z]+-\d{1,2}$/],
  ["aws-iso-f", /^us-isof-[a-z]+-\d{1,2}$/],
  ["aws-us-gov", /^us-gov-[a-z]+-\d{1,2}$/],
]);

/** Sorted. */
export const PARTITIONS: readonly string[] = [...REGIONS_BY_PARTITION.keys()];

/** The partition of a region by its name; undefined if no partition has such a name. */
export function partitionOfRegion(region: string): string | undefined {
  return PARTITIONS.find((partition) => REGIONS_BY_PARTITION.get(partition)?.test(region) === true);
}
