import { SSM_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Call, type Operation, type Output, own } from "../contract.ts";
import type { ParametersByName, ParameterState } from "./state.ts";

/** All parameters of the world have the time of seeded objects. */
const UPDATED_AT = "2026-01-01T00:00:00.000Z";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const getParameters: Operation<ParametersByName> = (parameters, input, call) => {
  const names = [...new Set(input["Names"] as readonly string[])].sort();
  const isDecrypted = input["WithDecryption"] === true;
  const found = names.flatMap((name) => {
    const state = own(parameters, name);
    return state === undefined ? [] : [shownParameter(name, { state, isDecrypted }, call)];
  });
  return {
    Parameters: found,
    InvalidParameters: names.filter((name) => own(parameters, name) === undefined),
  };
};

interface ShownParameter {
  readonly state: ParameterState;
  readonly isDecrypted: boolean;
}

function shownParameter(
  name: string,
  { state: { type, value }, isDecrypted }: ShownParameter,
  { partition, region, accountId }: Call,
): Output {
  const isHidden = type === "SecureString" && !isDecrypted;
  return {
    Name: name,
    Type: type,
    Value: isHidden ? Buffer.from(`encrypted:${value}`).toString("base64") : value,
    Version: 1,
    LastModifiedDate: UPDATED_AT,
    ARN: `arn:${partition}:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`,
    DataType: "text",
  };
}

export const ssmOperations: Readonly<Record<string, Operation<ParametersByName>>> = bounded(
  SSM_BOUNDS,
  { GetParameters: getParameters },
  "ValidationException",
);
