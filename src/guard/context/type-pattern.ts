import { arnParts, type ArnParts } from "../../model/aws/arn.ts";

/** An ARN pattern of AWS's data, `arn:*:dynamodb:*:*:table/*`, and its parts. */
export interface TypePattern {
  readonly arn: string;
  readonly parts: ArnParts;
}

export function typePattern(arn: string): TypePattern {
  return { arn, parts: arnParts(arn) };
}
