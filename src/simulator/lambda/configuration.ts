import { isDeepStrictEqual } from "node:util";
import type { Call, Input } from "../contract.ts";
import { codeOf } from "./code.ts";
import { optionalObject, requiredText, textList } from "./input.ts";
import type { FunctionVersion } from "./state.ts";

/** Members that an answer repeats as they were given. */
const REPEATED = [
  "Runtime Handler Description Timeout MemorySize Environment KMSKeyArn DeadLetterConfig TracingConfig",
  "FileSystemConfigs EphemeralStorage Architectures PackageType DurableConfig",
].flatMap((line) => line.split(" "));

/** `$LATEST` of a function that is created. */
export function createdVersion(input: Input, call: Call): FunctionVersion {
  const name = requiredText(input, "FunctionName");
  return withoutCleared({
    Description: "",
    Timeout: 3,
    MemorySize: 128,
    PackageType: "Zip",
    Architectures: ["x86_64"],
    EphemeralStorage: { Size: 512 },
    TracingConfig: { Mode: "PassThrough" },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    ...codeOf(optionalObject(input, "Code") ?? {}),
    ...given(input),
    LoggingConfig: {
      LogFormat: "Text",
      LogGroup: `/aws/lambda/${name}`,
      ...optionalObject(input, "LoggingConfig"),
    },
    FunctionName: name,
    Version: "$LATEST",
    Role: requiredText(input, "Role"),
    RevisionId: call.newId(""),
    LastModified: lambdaTime(call.nowMs),
  });
}

/** What UpdateFunctionConfiguration makes of `$LATEST`. */
export function updatedVersion(version: FunctionVersion, input: Input, call: Call): FunctionVersion {
  return withoutCleared({
    ...version,
    ...given(input),
    LoggingConfig: {
      ...optionalObject(version, "LoggingConfig"),
      ...optionalObject(input, "LoggingConfig"),
    },
    ...(input["Role"] !== undefined && { Role: requiredText(input, "Role") }),
    RevisionId: call.newId(""),
    LastModified: lambdaTime(call.nowMs),
  });
}

/** What UpdateFunctionCode makes of `$LATEST`. Its code is in the input itself, not in a member of it. */
export function recodedVersion(version: FunctionVersion, input: Input, call: Call): FunctionVersion {
  return {
    ...version,
    ...codeOf(input),
    ...(input["Architectures"] !== undefined && { Architectures: textList(input, "Architectures") }),
    RevisionId: call.newId(""),
    LastModified: lambdaTime(call.nowMs),
  };
}

/** In the form of the answers. */
function given(input: Input): Record<string, unknown> {
  const repeated = REPEATED.filter((member) => input[member] !== undefined).map((member) => [
    member,
    input[member],
  ]);
  const vpc = optionalObject(input, "VpcConfig");
  const image = optionalObject(input, "ImageConfig");
  const snapStart = optionalObject(input, "SnapStart");
  const layers = textList(input, "Layers");
  return {
    ...Object.fromEntries(repeated),
    ...(vpc !== undefined && { VpcConfig: attachedVpc(vpc) }),
    ...(image !== undefined && { ImageConfigResponse: { ImageConfig: image } }),
    ...(snapStart !== undefined && { SnapStart: { ...snapStart, OptimizationStatus: "Off" } }),
    ...(input["Layers"] !== undefined && { Layers: layers.map((arn) => ({ Arn: arn, CodeSize: 1_024 })) }),
  };
}

/** No subnets: the function is in no VPC, which AWS shows as empty lists. */
function attachedVpc(vpc: Input): Record<string, unknown> {
  const subnets = textList(vpc, "SubnetIds");
  return {
    SubnetIds: subnets,
    SecurityGroupIds: textList(vpc, "SecurityGroupIds"),
    VpcId: subnets.length > 0 ? "vpc-0123456789abcdef0" : "",
    Ipv6AllowedForDualStack: vpc["Ipv6AllowedForDualStack"] ?? false,
  };
}

/** An empty key or dead-letter target takes the setting away. */
function withoutCleared(version: FunctionVersion): FunctionVersion {
  const { KMSKeyArn: key, DeadLetterConfig: deadLetter, ...rest } = version;
  return {
    ...rest,
    ...(key !== undefined && key !== "" && { KMSKeyArn: key }),
    ...(!isDeepStrictEqual(deadLetter ?? {}, {}) &&
      !isDeepStrictEqual(deadLetter, { TargetArn: "" }) && { DeadLetterConfig: deadLetter }),
  };
}

/** Whether publishing `latest` would make a version that differs from `published`. */
export function isSameContent(latest: FunctionVersion, published: FunctionVersion): boolean {
  return isDeepStrictEqual(contentOf(latest), contentOf(published));
}

function contentOf(version: FunctionVersion): Record<string, unknown> {
  return { ...version, Version: "", RevisionId: "", LastModified: "" };
}

/** Lambda's own form of ISO 8601. */
function lambdaTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace("Z", "+0000");
}
