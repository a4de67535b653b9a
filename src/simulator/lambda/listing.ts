import type { Call, Operation, Output } from "../contract.ts";
import { listing, type Paging, versionKey } from "./paging.ts";
import { listedVersion, versionOf } from "./functions/shown.ts";
import type { FunctionState, LambdaState } from "./state.ts";
import { arnOf, functionAt, unqualifiedReferenceOf } from "./target.ts";

export const listFunctions: Operation<LambdaState> = (state, input, call) => {
  const functions = Object.values(state.functions);
  const entries =
    input["FunctionVersion"] === "ALL"
      ? everyVersion(functions, call)
      : functions.map((one) => entryOf(one, "$LATEST", call));
  return listing("Functions", pagingOf(entries), input);
};

interface Entry {
  readonly key: string;
  readonly listed: Output;
}

function pagingOf(items: readonly Entry[]): Paging<Entry> {
  return { items, keyOf: ({ key }) => key, most: 50, show: ({ listed }) => listed };
}

function everyVersion(functions: readonly FunctionState[], call: Call): readonly Entry[] {
  return functions.flatMap((one) =>
    Object.keys(one.versions).map((version) => qualifiedEntryOf(one, version, call)),
  );
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
  const entries = everyVersion([functionAt(state, target, call)], call);
  return listing("Versions", pagingOf(entries), input);
};
