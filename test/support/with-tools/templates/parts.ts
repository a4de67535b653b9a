import type { Resource, Template } from "../stack.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders";
const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
export const BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

export const readsOrders = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"],
      Resource: [TABLE, `${TABLE}/index/*`],
    },
  ],
};

/** `Policies`, `ManagedPolicyArns` or `RoleName` as the tool sets them. */
export function roleWith(properties: Resource["Properties"]): Resource {
  return { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: TRUST, ...properties } };
}

interface FunctionParts {
  readonly name: string;
  readonly role: unknown;
  readonly tags?: Readonly<Record<string, string>>;
}

export function functionWith({ name, role, tags = {} }: FunctionParts): Resource {
  const code = { Handler: "index.handler", Runtime: "nodejs24.x" };
  return {
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName: name, Role: role, Tags: tags, ...code },
  };
}

/** The alias `live` on a version, whose logical id changes when a new one is published. */
export function liveAlias(functionId: string, versionId: string, retain?: "Retain"): Template {
  const FunctionName = { Ref: functionId };
  return {
    [versionId]: {
      Type: "AWS::Lambda::Version",
      ...(retain !== undefined && { DeletionPolicy: retain }),
      Properties: { FunctionName },
    },
    [`${functionId}Aliaslive`]: {
      Type: "AWS::Lambda::Alias",
      Properties: { FunctionName, Name: "live", FunctionVersion: { Ref: versionId } },
    },
  };
}

/** @param of the logical id of the function or of its alias */
export function invokedBy(of: string, Principal: string, SourceArn: string): Resource {
  const Properties = { Action: "lambda:InvokeFunction", FunctionName: { Ref: of }, Principal, SourceArn };
  return { Type: "AWS::Lambda::Permission", Properties };
}

export const API = "arn:aws:execute-api:eu-west-1:222222222222:a1b2c3d4e5/*/GET/orders";
export const TOPIC = "arn:aws:sns:eu-west-1:222222222222:placed";
export const RULE = "arn:aws:events:eu-west-1:222222222222:rule/orders-nightly";
