import type { Brand } from "../values/brand.ts";

/**
 * The ARN of a CloudFormation stack. A stack that is deleted and created again under its name gets another one.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html StackId
 */
export type StackId = Brand<string, "StackId">;

export function parseStackId(text: string): StackId | undefined {
  return /^arn:[a-z-]+:cloudformation:[a-z0-9-]+:\d{12}:stack\/[a-zA-Z][a-zA-Z0-9-]{0,127}\/[\w-]+$/.test(
    text,
  )
    ? (text as StackId)
    : undefined;
}

/** Its last part, which alone differs between stacks of one name in an account and region. */
export function shortStackId(id: StackId): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
