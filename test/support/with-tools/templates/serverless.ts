import type { Resource, Template } from "../stack.ts";
import { API, functionWith, invokedBy, readsOrders, roleWith } from "./parts.ts";

/**
 * What the Serverless Framework makes of a service `orders` with two functions: one role for both, with a name of its own,
 * and a version of each function, which is kept.
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/iam
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/resources
 */
const ROLE = "IamRoleLambdaExecution";

const former: Template = {
  [ROLE]: roleWith({
    RoleName: "orders-prod-eu-west-1-lambdaRole",
    Policies: [
      {
        PolicyName: "orders-prod-lambda",
        PolicyDocument: {
          ...readsOrders,
          Statement: [
            {
              Effect: "Allow",
              Action: [
                "logs:CreateLogStream",
                "logs:CreateLogGroup",
                "logs:TagResource",
                "logs:PutLogEvents",
              ],
              Resource: ["arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/orders-prod*:*"],
            },
            ...readsOrders.Statement,
          ],
        },
      },
    ],
  }),
};

function stack([api, worker]: readonly [unknown, unknown], digest: string): Template {
  const tags = { STAGE: "prod" };
  return {
    ApiLambdaFunction: functionWith({ name: "orders-prod-api", role: api, tags }),
    WorkerLambdaFunction: functionWith({ name: "orders-prod-worker", role: worker, tags }),
    [`ApiLambdaVersion${digest}`]: version("ApiLambdaFunction"),
    [`WorkerLambdaVersion${digest}`]: version("WorkerLambdaFunction"),
    ApiLambdaPermissionHttpApi: invokedBy("ApiLambdaFunction", "apigateway.amazonaws.com", API),
  };
}

function version(of: string): Resource {
  return {
    Type: "AWS::Lambda::Version",
    DeletionPolicy: "Retain",
    Properties: { FunctionName: { Ref: of } },
  };
}

const shared = { GetAtt: ROLE };
export const SERVERLESS_BEFORE: Template = { ...former, ...stack([shared, shared], "r3pgoTvv1xT4") };

/** `role` of both functions: the framework makes no role. */
export function serverlessSwitched(roles: readonly [string, string]): Template {
  return stack(roles, "Zk81mQw0aBcD");
}

/** And its former role among the `resources`. */
export function serverlessKept(roles: readonly [string, string]): Template {
  return { ...former, ...serverlessSwitched(roles) };
}
