import type { Call, Input } from "../contract.ts";
import { isServicePrincipal } from "../grammar/principal.ts";
import { invalidParameter } from "./errors.ts";
import { optionalJsonText, requiredText } from "./input.ts";

export type StoredStatement = Readonly<Record<string, unknown>>;

/** The statement that AddPermission composes, its principal as stored: roles and users by unique id. */
export function composedStatement(input: Input, resource: string, call: Call): StoredStatement {
  checkConditions(input);
  const condition = conditionOf(input);
  return {
    Sid: requiredText(input, "StatementId"),
    Effect: "Allow",
    Principal: storedPrincipal(requiredText(input, "Principal"), call),
    Action: requiredText(input, "Action"),
    Resource: resource,
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function checkConditions(input: Input): void {
  const action = input["Action"];
  if (input["FunctionUrlAuthType"] !== undefined && action !== "lambda:InvokeFunctionUrl") {
    throw invalidParameter("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action");
  }
  if (input["InvokedViaFunctionUrl"] !== undefined && action !== "lambda:InvokeFunction") {
    throw invalidParameter("InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action");
  }
}

const IAM_PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:role|user)\/.+)$/;

function storedPrincipal(principal: string, call: Call): unknown {
  if (principal === "*") return "*";
  if (isServicePrincipal(principal)) return { Service: principal };
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:${call.partition}:iam::${principal}:root` };
  const id = IAM_PRINCIPAL.test(principal) ? call.iam.principalId(principal) : undefined;
  if (id === undefined) throw invalidPrincipal();
  return { AWS: id };
}

export function invalidPrincipal(): Error {
  return invalidParameter("The provided principal was invalid. Please check the principal and try again.");
}

/** The keys have AWS's spelling, with its mixed case. */
function conditionOf(input: Input): Readonly<Record<string, unknown>> {
  const equals = Object.fromEntries(
    Object.entries({
      "AWS:SourceAccount": optionalJsonText(input, "SourceAccount"),
      "lambda:FunctionUrlAuthType": optionalJsonText(input, "FunctionUrlAuthType"),
      "lambda:EventSourceToken": optionalJsonText(input, "EventSourceToken"),
      "aws:PrincipalOrgID": optionalJsonText(input, "PrincipalOrgID"),
    }).filter(([, value]) => value !== undefined),
  );
  const sourceArn = optionalJsonText(input, "SourceArn");
  return {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(sourceArn !== undefined && { ArnLike: { "AWS:SourceArn": sourceArn } }),
    ...(input["InvokedViaFunctionUrl"] === true && { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
  };
}
