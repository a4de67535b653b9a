import { type ArnParts, arnParts } from "../arn.ts";

const FIELDS = 6;

/** The fields of an ARN, of a pattern of ARNs, or of the beginning of one; the sixth may contain colons. */
export function arnFields(text: string): readonly string[] {
  const fields = text.split(":");
  return fields.length <= FIELDS
    ? fields
    : [...fields.slice(0, FIELDS - 1), fields.slice(FIELDS - 1).join(":")];
}

/** IAM completes a short ARN with stars: `arn:aws:sqs` is `arn:aws:sqs:*:*:*`. */
export function completedFields(pattern: string): readonly string[] {
  const fields = arnFields(pattern);
  return fields.length === FIELDS ? fields : [...fields, "*", "*", "*", "*", "*"].slice(0, FIELDS);
}

/** How many fields a text lacks; 0 for an ARN. */
export function missingFields(text: string): number {
  return FIELDS - arnFields(text).length;
}

/** The same for a text with policy variables, whose colons separate no fields. */
export function fieldsWithVariables(text: string): readonly string[] {
  return text.split(/:(?![^{}]*\})/);
}

/** The same ARN with other parts. */
export function withArnParts(arn: string, changed: Partial<ArnParts>): string {
  const { partition, service, region, accountId, resource } = { ...arnParts(arn), ...changed };
  return ["arn", partition, service, region, accountId, resource].join(":");
}

/** The ARNs in a text, such as the JSON of a policy. */
export function arnsIn(text: string): readonly ArnParts[] {
  return [...text.matchAll(/\barn:aws[a-z-]*:[^\s"\\]*/g)].map(([arn]) => arnParts(arn));
}
