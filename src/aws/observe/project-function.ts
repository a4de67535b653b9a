import type { AliasConfiguration, FunctionConfiguration } from "@aws-sdk/client-lambda";
import { parseArn, withoutLatest } from "../../model/aws/arn.ts";
import type { FunctionNeeds, LiveAlias, LiveFunction, LiveVersion } from "../../model/live.ts";
import { needed } from "./project-role.ts";
import { byText } from "../../text/order.ts";

/** The facts of a function configuration, without versions, aliases and resource policies. */
export type FunctionFromConfiguration = Omit<
  LiveFunction,
  "triggers" | "versions" | "aliases" | "policies" | "policiesReadMs" | "policiesKept"
>;

export function functionFrom(configuration: FunctionConfiguration, call: string): FunctionFromConfiguration {
  const arn = withoutLatest(needed(configuration.FunctionArn, call, "FunctionArn"));
  return {
    name: needed(configuration.FunctionName, call, "FunctionName"),
    arn: needed(parseArn(arn), call, "an ARN"),
    roleArn: needed(configuration.Role, call, "Role"),
    revisionId: configuration.RevisionId ?? null,
    needs: needsOf(configuration),
    edge: configuration.MasterArn !== undefined && configuration.MasterArn !== "",
  };
}

/** Undefined for `$LATEST`, which is not a published version. */
export function versionFrom(configuration: FunctionConfiguration, call: string): LiveVersion | undefined {
  const version = needed(configuration.Version, call, "Version");
  if (version === "$LATEST") return undefined;
  return { version, roleArn: needed(configuration.Role, call, "Role") };
}

export function aliasFrom(alias: AliasConfiguration): LiveAlias {
  const call = "lambda:ListAliases";
  const main = needed(alias.FunctionVersion, call, "FunctionVersion");
  const others = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {}).sort(byText);
  return {
    name: needed(alias.Name, call, "Name"),
    versions: [main, ...others.filter((each) => each !== main)],
  };
}

function needsOf(configuration: FunctionConfiguration): FunctionNeeds {
  const { VpcConfig, TracingConfig, DeadLetterConfig, FileSystemConfigs, KMSKeyArn, LoggingConfig } =
    configuration;
  return {
    vpc: (VpcConfig?.SubnetIds ?? []).length > 0,
    tracing: TracingConfig?.Mode === "Active",
    deadLetterArn: DeadLetterConfig?.TargetArn ?? null,
    fileSystemArns: (FileSystemConfigs ?? []).flatMap((each) => each.Arn ?? []).sort(byText),
    kmsKeyArn: KMSKeyArn ?? null,
    logGroup: LoggingConfig?.LogGroup ?? null,
  };
}
