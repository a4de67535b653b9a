/**
 * The tags that CloudFormation sets on each resource of a stack: the stack, and the resource in its template.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
export const STACK_TAG = "aws:cloudformation:stack-name";
export const LOGICAL_ID_TAG = "aws:cloudformation:logical-id";

/**
 * The eight hexadecimal digits at the end of the CDK's logical ids: `ApiHandler5E7490E8`.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
 */
export const CDK_DIGITS = /(?<=[A-Za-z])[0-9A-F]{8}$/;
