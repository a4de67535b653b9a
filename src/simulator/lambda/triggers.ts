import type { Call, Operation, Output } from "../contract.ts";
import { conflict, notFound } from "./errors.ts";
import { optionalText, requiredText } from "./input.ts";
import { pageOf } from "./paging.ts";
import type { FunctionState, FunctionUrl, LambdaState } from "./state.ts";
import { arnOf, own, functionReferenceOf, unqualifiedReferenceOf } from "./target.ts";

/** Mappings remain after their function is deleted, as in AWS. */
export const listEventSourceMappings: Operation<LambdaState> = (state, input, call) => {
  const source = optionalText(input, "EventSourceArn");
  const functionArn =
    input["FunctionName"] === undefined ? undefined : arnOf(call, functionReferenceOf(input, call));
  const items = state.eventSourceMappings.filter(
    (mapping) =>
      (source === undefined || mapping["EventSourceArn"] === source) &&
      (functionArn === undefined || mapping.FunctionArn === functionArn),
  );
  const page = pageOf({ items, keyOf: ({ UUID: id }) => id, most: 100 }, input);
  return {
    EventSourceMappings: page.items.map((mapping) => ({ ...mapping })),
    ...(page.nextMarker !== undefined && { NextMarker: page.nextMarker }),
  };
};

export const listFunctionEventInvokeConfigs: Operation<LambdaState> = (state, input, call) => {
  const { name } = unqualifiedReferenceOf(input, call);
  const found = own(state.functions, name);
  if (found === undefined) throw notFound("The function doesn't exist.");
  const items = Object.entries(found.eventInvokeConfigs);
  const page = pageOf({ items, keyOf: ([qualifier]) => qualifier, most: 50 }, input);
  return {
    FunctionEventInvokeConfigs: page.items.map(([qualifier, config]) => ({
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
      ...config,
      FunctionArn: arnOf(call, { name, qualifier }),
    })),
    ...(page.nextMarker !== undefined && { NextMarker: page.nextMarker }),
  };
};

export const createFunctionUrlConfig: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  const { name, qualifier = "$LATEST" } = target;
  const found = own(state.functions, name);
  if (found === undefined || (qualifier !== "$LATEST" && own(found.aliases, qualifier) === undefined)) {
    throw notFound("Function does not exist");
  }
  if (own(found.urls, qualifier) !== undefined) {
    throw conflict(
      `Failed to create function url config for [functionArn = ${arnOf(call, target)}]. ` +
        "Error message:  FunctionUrlConfig exists for this Lambda function",
    );
  }
  const url: FunctionUrl = {
    url: `https://${call.newId("").replaceAll("-", "")}.lambda-url.${call.region}.on.aws/`,
    authType: requiredText(input, "AuthType") === "NONE" ? "NONE" : "AWS_IAM",
    invokeMode: optionalText(input, "InvokeMode") === "RESPONSE_STREAM" ? "RESPONSE_STREAM" : "BUFFERED",
    createdAt: new Date(call.nowMs).toISOString(),
  };
  found.urls[qualifier] = url;
  return createdUrl(found, qualifier, call);
};

export const listFunctionUrlConfigs: Operation<LambdaState> = (state, input, call) => {
  const found = own(state.functions, unqualifiedReferenceOf(input, call).name);
  if (found === undefined) throw notFound("Function does not exist");
  const page = pageOf({ items: Object.keys(found.urls), keyOf: (qualifier) => qualifier, most: 50 }, input);
  return {
    FunctionUrlConfigs: page.items.map((qualifier) => shownUrl(found, qualifier, call)),
    ...(page.nextMarker !== undefined && { NextMarker: page.nextMarker }),
  };
};

function createdUrl(found: FunctionState, qualifier: string, call: Call): Output {
  const url = own(found.urls, qualifier);
  if (url === undefined) throw new Error(`function ${found.name} has no URL at ${qualifier}`);
  return {
    FunctionUrl: url.url,
    FunctionArn: arnOf(call, {
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
