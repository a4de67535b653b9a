import { structuredText } from "../../cli/screen/print.ts";
import type { Problem } from "../../cli/toolbox/cli-error.ts";
import { counted } from "../../text/phrases.ts";
import type { CloudFormationTemplate } from "./cloudformation.ts";

/**
 * Bytes of a template in a request, and of one in a stack set. A longer one is read from a bucket.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
export const INLINE_TEMPLATE_BYTES = 51_200;
/** The same for a template in a bucket: 1 MB. */
const BUCKET_TEMPLATE_BYTES = 1_000_000;
const MOST_RESOURCES = 500;
/** The stack sets of one administrator account; AWS raises the limit on request. */
export const STACK_SET_QUOTA = 1_000;

interface TemplateSize {
  readonly bytes: number;
  readonly resources: number;
}

export function templateSize(template: CloudFormationTemplate): TemplateSize {
  return {
    bytes: Buffer.byteLength(structuredText(template, "json")),
    resources: Object.keys(template.Resources).length,
  };
}

/** What CloudFormation refuses of a template in a bucket; null: nothing. */
export function templateLimit(template: CloudFormationTemplate): string | null {
  const { bytes, resources } = templateSize(template);
  if (bytes <= BUCKET_TEMPLATE_BYTES && resources <= MOST_RESOURCES) return null;
  return `${bytes} bytes and ${counted(resources, "resource")}; CloudFormation allows ${BUCKET_TEMPLATE_BYTES} and ${MOST_RESOURCES}`;
}

/** Whether one template with the content of these can hold as much again. */
export function isHalfFull(sizes: readonly TemplateSize[]): boolean {
  const sum = (of: (size: TemplateSize) => number): number =>
    sizes.reduce((total, size) => total + of(size), 0);
  return (
    2 * sum(({ bytes }) => bytes) <= BUCKET_TEMPLATE_BYTES &&
    2 * sum(({ resources }) => resources) <= MOST_RESOURCES
  );
}

/** The error of templates with too many stack sets. */
export function tooManyStackSets(what: string, limit: string, stacks: number): Problem {
  return {
    place: null,
    code: "Invalid",
    message: `${what} has ${limit}`,
    fix: `divide the stack sets between several stacks: --out FOLDER --stacks ${stacks}; or write a template for each account: --out FOLDER --format cloudformation`,
  };
}
