export const A = "222222222222";

export function stating(resource: unknown, more = '"Action": "sqs:SendMessage"'): string {
  return `  statements: [{reason: test, statement: {"Effect": "Allow", ${more}, "Resource": ${JSON.stringify(resource)}}}]`;
}
