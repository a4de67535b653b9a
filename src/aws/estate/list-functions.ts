import { ListFunctionsCommand, type FunctionConfiguration } from "@aws-sdk/client-lambda";
import { known, type EstatePart, type FunctionCode } from "../../adopt/estate/estate.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { LiveVersion } from "../../model/live.ts";
import { functionFrom, versionFrom, type FunctionFromConfiguration } from "../observe/project-function.ts";
import { needed } from "../observe/project-role.ts";
import type { AccountReader } from "../observe/reader.ts";

/** A function with its published versions. */
export interface EveryVersion {
  readonly found: FunctionFromConfiguration;
  readonly code: EstatePart<FunctionCode>;
  readonly versions: readonly LiveVersion[];
}

/** An entry of the listing: $LATEST is the function itself, any other version is one that was published. */
type FunctionListEntry =
  | {
      readonly kind: "latest";
      readonly found: FunctionFromConfiguration;
      readonly code: EstatePart<FunctionCode>;
    }
  | { readonly kind: "published"; readonly name: string; readonly version: LiveVersion };

const CALL = "lambda:ListFunctions";

/** Every function of a region with its published versions, 50 versions on each page. @throws AwsError */
export async function listEveryVersion(
  reader: AccountReader,
  region: Region,
): Promise<readonly EveryVersion[]> {
  const entries = await reader.listLambda(CALL, ListFunctionsCommand, {
    region,
    input: { MaxItems: 50, FunctionVersion: "ALL" as const },
    items: ({ Functions }) => needed(Functions, CALL, "Functions").map(entryOf),
  });
  const published = Map.groupBy(
    entries.filter((entry) => entry.kind === "published"),
    ({ name }) => name,
  );
  return entries.flatMap((entry) => {
    if (entry.kind === "published") return [];
    const { found, code } = entry;
    return [{ found, code, versions: (published.get(found.name) ?? []).map(({ version }) => version) }];
  });
}

/** Projected as soon as its page arrives: the environment of a function is not kept. */
function entryOf(configuration: FunctionConfiguration): FunctionListEntry {
  const version = versionFrom(configuration, CALL);
  if (version !== undefined)
    return { kind: "published", name: needed(configuration.FunctionName, CALL, "FunctionName"), version };
  return { kind: "latest", found: functionFrom(configuration, CALL), code: codeOf(configuration) };
}

/** A container image has no runtime. */
function codeOf({ PackageType, Runtime }: FunctionConfiguration): EstatePart<FunctionCode> {
  if (PackageType === "Image") return known({ kind: "container-image" });
  if (Runtime !== undefined) return known({ kind: "zip", runtime: Runtime });
  return { kind: "unknown", call: CALL, why: "failed", reason: "the answer lacks Runtime" };
}
