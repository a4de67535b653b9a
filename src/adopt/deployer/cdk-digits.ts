/**
 * The eight hexadecimal digits at the end of the CDK's logical ids: `ApiHandler5E7490E8`.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
 */
export const CDK_DIGITS = /(?<=[A-Za-z])[0-9A-F]{8}$/;
