import { type Call, type Operation, type Output, own } from "../contract.ts";
import { conflict, functionNotFound } from "./errors.ts";
import { optionalJsonText, requiredText } from "./input.ts";
import { lambdaListing } from "./paging.ts";
import type { FunctionState, FunctionUrl, LambdaState } from "./state.ts";
import { targetArnText, functionReferenceOf, unqualifiedReferenceOf } from "./target.ts";

/** Mappings remain after their function is deleted, as in AWS. */
export const listEventSourceMappings: Operation<LambdaState> = (state, input, call) => {
  const source = optionalJsonText(input, "EventSourceArn");
  const functionArn =
    input["FunctionName"] === undefined ? undefined : targetArnText(call, functionReferenceOf(input, call));
  const items = state.eventSourceMappings.filter(
    (mapping) =>
      (source === undefined || mapping["EventSourceArn"] === source) &&
      (functionArn === undefined || mapping.FunctionArn === functionArn),
  );
  type Mapping = (typeof items)[number];
  const keyOf = ({ UUID: id }: Mapping): string => id;
  const show = (mapping: Mapping): Output => ({ ...mapping });
  return lambdaListing("EventSourceMappings", { items, keyOf, most: 100, show }, input);
};

export const listFunctionEventInvokeConfigs: Operation<LambdaState> = (state, input, call) => {
  const { name } = unqualifiedReferenceOf(input, call);
  const found = own(state.functions, name);
  if (found === undefined) throw functionNotFound("The function doesn't exist.");
  const items = Object.entries(found.eventInvokeConfigs);
  const show = ([qualifier, config]: (typeof items)[number]): Output => ({
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    ...config,
    FunctionArn: targetArnText(call, { name, qualifier }),
  });
  const paging = { items, keyOf: ([qualifier]: (typeof items)[number]) => qualifier, most: 50, show };
  return lambdaListing("FunctionEventInvokeConfigs", paging, input);
};

export const createFunctionUrlConfig: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  const { name, qualifier = "$LATEST" } = target;
  const found = own(state.functions, name);
  if (found === undefined || (qualifier !== "$LATEST" && own(found.aliases, qualifier) === undefined)) {
    throw functionNotFound("Function does not exist");
  }
  if (own(found.urls, qualifier) !== undefined) {
    throw conflict(
      `Failed to create function url config for [functionArn = ${targetArnText(call, target)}]. ` +
        "Error message:  FunctionUrlConfig exists for this Lambda function",
    );
  }
  const url: FunctionUrl = {
    url: `https://${call.newId("").replaceAll("-", "")}.lambda-url.${call.region}.on.aws/`,
    authType: requiredText(input, "AuthType") === "NONE" ? "NONE" : "AWS_IAM",
    invokeMode: optionalJsonText(input, "InvokeMode") === "RESPONSE_STREAM" ? "RESPONSE_STREAM" : "BUFFERED",
    createdAt: new Date(call.nowMs).toISOString(),
  };
  found.urls[qualifier] = url;
  return createdUrl(found, qualifier, call);
};

export const listFunctionUrlConfigs: Operation<LambdaState> = (state, input, call) => {
  const found = own(state.functions, unqualifiedReferenceOf(input, call).name);
  if (found === undefined) throw functionNotFound("Function does not exist");
  const show = (qualifier: string): Output => shownUrl(found, qualifier, call);
  const paging = { items: Object.keys(found.urls), keyOf: (qualifier: string) => qualifier, most: 50, show };
  return lambdaListing("FunctionUrlConfigs", paging, input);
};

function createdUrl(found: FunctionState, qualifier: string, call: Call): Output {
  const url = own(found.urls, qualifier);
  if (url === undefined) throw new Error(`function ${found.name} has no URL at ${qualifier}`);
  return {
    FunctionUrl: url.url,
    FunctionArn: targetArnText(call, {
      name: found.name,
      qualifier: qualifier === "$LATEST" ? undefined : qualifier,
    }),
    AuthType: url.authType,
    CreationTime: url.createdAt,
    InvokeMode: url.invokeMode,
  };
}

function shownUrl(found: FunctionState, qualifier: string, call: Call): Output {
  const created = createdUrl(found, qualifier, call);
  return { ...created, LastModifiedTime: created["CreationTime"] };
}
