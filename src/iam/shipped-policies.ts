import { arnParts, hasArnParts, isPolicyArn } from "../model/aws/arn.ts";

/** Documents of AWS-managed policies as they were on one day: what is judged where no account was read. */
export interface ShippedPolicies {
  /** `2026-08-26` */
  readonly snapshotDate: string;
  /** The document's JSON; undefined for a policy that the snapshot does not have. */
  textOf(arn: string): string | undefined;
  /** The ARN that is spelled most like one that the snapshot does not have. */
  nearestTo(arn: string): string | undefined;
}

/** The ARN of a policy that AWS writes, in any partition. */
export function isAwsManagedPolicy(arn: string): boolean {
  return hasArnParts(arn) && isPolicyArn(arn) && arnParts(arn).accountId === "aws";
}
