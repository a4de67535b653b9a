export const ACCOUNT = "111122223333";
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;

export const document = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
export const allow = (fields: object = {}): object => ({
  Effect: "Allow",
  Action: "sqs:SendMessage",
  Resource: QUEUE,
  ...fields,
});
