import type { Call } from "../contract.ts";
import type { IamState } from "../iam/state.ts";
import type { LambdaState } from "../lambda/state.ts";

/** The resources of a call's account and region. */
export interface TaggingScope {
  readonly iam: IamState;
  readonly lambda: LambdaState;
  /** Of services that are not simulated. */
  readonly others: TagsByArn;
}

/** The tags of resources by ARN, as plain JSON. */
export type TagsByArn = Record<string, Readonly<Record<string, string>>>;

export interface TaggedResource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The region in which the Tagging API shows the resources of global services, by partition. */
const HOME_REGION: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-northwest-1",
  "aws-us-gov": "us-gov-west-1",
};

/**
 * Resources that have tags or had some before. Of IAM: customer-managed policies and instance profiles. Roles and users
 * are not among the supported resources.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
 */
export function taggedResources(
  { iam, lambda, others }: TaggingScope,
  call: Call,
): readonly TaggedResource[] {
  const { partition, region, accountId } = call;
  const functions = Object.values(lambda.functions)
    .filter(({ tags, wasTagged }) => wasTagged === true || Object.keys(tags).length > 0)
    .map(({ name, tags }) => ({
      arn: `arn:${partition}:lambda:${region}:${accountId}:function:${name}`,
      tags,
    }));
  const ofOthers = Object.entries(others).map(([arn, tags]) => ({ arn, tags }));
  if (region !== HOME_REGION[partition]) return [...functions, ...ofOthers];
  const ofIam = [...Object.values(iam.policies), ...Object.values(iam.instanceProfiles)]
    .filter(({ tags }) => tags.length > 0)
    .map(({ arn, tags }) => ({ arn, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) }));
  return [...functions, ...ofOthers, ...ofIam];
}
