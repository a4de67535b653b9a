export const ACCOUNT = "111122223333";
export const HOME = { accountId: ACCOUNT, region: "eu-west-1" };
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;
