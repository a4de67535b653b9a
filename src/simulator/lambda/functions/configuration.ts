import { isDeepStrictEqual } from "node:util";
import type { Call, Input } from "../../contract.ts";
import { codeOf } from "./code.ts";
import { optionalObject, requiredText, textList } from "../input.ts";
import type { FunctionVersion } from "../state.ts";

/** Members that an answer repeats unchanged. */
const REPEATED = [
  "Runtime Handler Description Timeout MemorySize Environment KMSKeyArn DeadLetterConfig TracingConfig",
  "FileSystemConfigs EphemeralStorage Architectures PackageType DurableConfig",
].flatMap((line) => line.split(" "));

/** `$LATEST` of a new function. */
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
    ...settingsOf(input),
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

/** `$LATEST` after UpdateFunctionConfiguration. */
export function updatedVersion(version: FunctionVersion, input: Input, call: Call): FunctionVersion {
  return withoutCleared({
    ...version,
    ...settingsOf(input),
    LoggingConfig: {
      ...optionalObject(version, "LoggingConfig"),
      ...optionalObject(input, "LoggingConfig"),
    },
    ...(input["Role"] !== undefined && { Role: requiredText(input, "Role") }),
    RevisionId: call.newId(""),
    LastModified: lambdaTime(call.nowMs),
  });
}

/** `$LATEST` after UpdateFunctionCode. The code is in the input itself, not in a member of it. */
export function recodedVersion(version: FunctionVersion, input: Input, call: Call): FunctionVersion {
  return {
    ...version,
    ...codeOf(input),
    ...(input["Architectures"] !== undefined && { Architectures: textList(input, "Architectures") }),
    RevisionId: call.newId(""),
    LastModified: lambdaTime(call.nowMs),
  };
}

/** The settings of the input, in the form of the answers. */
function settingsOf(input: Input): Record<string, unknown> {
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

/** Without subnets the function is not in a VPC, which AWS shows as empty lists. */
function attachedVpc(vpc: Input): Record<string, unknown> {
  const subnets = textList(vpc, "SubnetIds");
  return {
    SubnetIds: subnets,
    SecurityGroupIds: textList(vpc, "SecurityGroupIds"),
    VpcId: subnets.length > 0 ? "vpc-0123456789abcdef0" : "",
    Ipv6AllowedForDualStack: vpc["Ipv6AllowedForDualStack"] ?? false,
  };
}

/** An empty key or dead-letter target removes the setting. */
function withoutCleared(version: FunctionVersion): FunctionVersion {
  const { KMSKeyArn: key, DeadLetterConfig: deadLetter, ...rest } = version;
  return {
    ...rest,
    ...(key !== undefined && key !== "" && { KMSKeyArn: key }),
    ...(!isDeepStrictEqual(deadLetter ?? {}, {}) &&
      !isDeepStrictEqual(deadLetter, { TargetArn: "" }) && { DeadLetterConfig: deadLetter }),
  };
}

/** Whether `latest` has the same content as `published`, so that publishing would create no new version. */
export function isSameContent(latest: FunctionVersion, published: FunctionVersion): boolean {
  return isDeepStrictEqual(contentOf(latest), contentOf(published));
}

function contentOf(version: FunctionVersion): Record<string, unknown> {
  return { ...version, Version: "", RevisionId: "", LastModified: "" };
}

/** A time in Lambda's form of ISO 8601. */
function lambdaTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace("Z", "+0000");
}
