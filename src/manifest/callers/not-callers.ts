const POLLED =
  "Lambda polls it with the function's role: write the permissions to read it under spec.statements";

function byOwnRole(whose: string): string {
  return `${whose} own role calls the function: give that role lambda:InvokeFunction`;
}

/** Services that no resource policy lets in, with what is needed instead. */
export const NOT_CALLERS: Readonly<Record<string, string>> = {
  sqs: "Lambda polls the queue with the function's role: under grants, write sqs: {queue: NAME, allow: [consume]}",
  kinesis:
    "Lambda polls the stream with the function's role: under grants, write kinesis: {stream: NAME, allow: [read]}",
  dynamodb:
    "Lambda polls the stream with the function's role: under grants, write dynamodb: {table: NAME, allow: [stream]}",
  msk: POLLED,
  kafka: POLLED,
  mq: POLLED,
  documentdb: POLLED,
  scheduler: byOwnRole("the schedule's"),
  eventbridgescheduler: byOwnRole("the schedule's"),
  states: byOwnRole("the state machine's"),
  sfn: byOwnRole("the state machine's"),
  stepfunctions: byOwnRole("the state machine's"),
  pipes: byOwnRole("the pipe's"),
  firehose: byOwnRole("the delivery stream's"),
  appsync: byOwnRole("the data source's"),
  codedeploy: byOwnRole("CodeDeploy's"),
  cloudformation:
    "CloudFormation calls the function of a custom resource with the permissions of the stack: give its role lambda:InvokeFunction",
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
  codepipeline:
    "the pipeline's own role calls the function: give that role lambda:InvokeFunction. The function reports its result with codepipeline:PutJobSuccessResult and codepipeline:PutJobFailureResult on *: write them under spec.statements",
  lambda:
    "the calling function's role needs the permission: under grants of its manifest, write lambda: {function: NAME, allow: [invoke]}; from another account, write account: {id: ID, roles: [ROLE]} here",
};
