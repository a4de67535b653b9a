interface EventChange {
  readonly [field: string]: unknown;
  /** null: the event has none. */
  readonly detail?: object | null;
}

/**
 * The body of a message: an event of EventBridge in the form of AWS's documentation.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
 */
export function pushEvent(change: EventChange = {}): string {
  const { detail, ...rest } = change;
  const event = {
    version: "0",
    id: "3f7101d2-f1c4-d0a4-6d89-69fc887cc5e4",
    "detail-type": "CodeCommit Repository State Change",
    source: "aws.codecommit",
    account: "111122223333",
    time: "2026-11-28T09:29:58Z",
    region: "eu-central-1",
    resources: ["arn:aws:codecommit:eu-central-1:111122223333:permissions"],
    ...rest,
  };
  if (detail === null) return JSON.stringify(event);
  return JSON.stringify({
    ...event,
    detail: {
      callerUserArn: "arn:aws:iam::111122223333:user/dana",
      commitId: "f485fcc95a795517f279d0a877227e51208b0dfc",
      event: "referenceUpdated",
      oldCommitId: "a399698fbd740af9c78fb2dd7f667656b70646b6",
      referenceFullName: "refs/heads/main",
      referenceName: "main",
      referenceType: "branch",
      repositoryId: "280e6f04-7a9c-4c72-8d8f-947d83e21a96",
      repositoryName: "permissions",
      ...detail,
    },
  });
}
