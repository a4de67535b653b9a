import type { Call, Operation, Output } from "../contract.ts";
import { pageOf, versionKey } from "./paging.ts";
import { listedVersion, versionOf } from "./functions/shown.ts";
import type { FunctionState, LambdaState } from "./state.ts";
import { arnOf, functionAt, unqualifiedReferenceOf } from "./target.ts";

export const listFunctions: Operation<LambdaState> = (state, input, call) => {
  const functions = Object.values(state.functions);
  const page =
    input["FunctionVersion"] === "ALL"
      ? pageOf(everyVersion(functions, call), input)
      : pageOf(
          { items: functions.map((one) => entryOf(one, "$LATEST", call)), keyOf: ({ key }) => key, most: 50 },
          input,
        );
  return {
    Functions: page.items.map(({ listed }) => listed),
    ...(page.nextMarker !== undefined && { NextMarker: page.nextMarker }),
  };
};

interface Entry {
  readonly key: string;
  readonly listed: Output;
}

function everyVersion(functions: readonly FunctionState[], call: Call): Parameters<typeof pageOf<Entry>>[0] {
  const items = functions.flatMap((one) =>
    Object.keys(one.versions).map((version) => qualifiedEntryOf(one, version, call)),
  );
  return { items, keyOf: ({ key }) => key, most: 50 };
}

function entryOf(found: FunctionState, version: string, call: Call): Entry {
  const arn = arnOf(call, { name: found.name, qualifier: undefined });
  return { key: found.name, listed: listedVersion(versionOf(found, version, call.nowMs), arn) };
}

/** Lists of versions show qualified ARNs, also `:$LATEST`. */
function qualifiedEntryOf(found: FunctionState, version: string, call: Call): Entry {
  const arn = arnOf(call, { name: found.name, qualifier: version });
  const key = `${found.name}:${versionKey(version)}`;
  return { key, listed: listedVersion(versionOf(found, version, call.nowMs), arn) };
}

export const listVersionsByFunction: Operation<LambdaState> = (state, input, call) => {
  const target = unqualifiedReferenceOf(input, call);
  const page = pageOf(everyVersion([functionAt(state, target, call)], call), input);
  return {
    Versions: page.items.map(({ listed }) => listed),
    ...(page.nextMarker !== undefined && { NextMarker: page.nextMarker }),
  };
};
