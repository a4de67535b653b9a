import { isDeepStrictEqual } from "node:util";
import type { Call, Input } from "../../contract.ts";
import { optionalObject, requiredText, textList, optionalJsonText } from "../input.ts";
import type { FunctionVersion } from "../state.ts";
import { createHash } from "node:crypto";
import { invalidParameter } from "../errors.ts";

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

interface Code {
  readonly CodeSha256: string;
  readonly CodeSize: number;
}

/** The signature at the end of a zip's directory: `PK\x05\x06`. At most a comment of 65,535 bytes follows it. */
const END_OF_DIRECTORY = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const LONGEST_TAIL = 22 + 65_535;
/** The offset of the number of entries in this record. */
const ENTRIES_AT = 10;

/**
 * The hash and size of the uploaded code. For code in S3 or in an image only the name is known: the hash is the hash of
 * the name, and the size is 0, as AWS shows it for images.
 * @throws SimulatedError if the bytes are not a zip or an empty zip
 */
function codeOf(code: Input): Code {
  const zipped = optionalJsonText(code, "ZipFile");
  if (zipped !== undefined) return codeOfZip(Buffer.from(zipped, "base64"));
  const names = ["S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri"].map((name) =>
    optionalJsonText(code, name),
  );
  if (names.every((name) => name === undefined))
    throw invalidParameter("Please provide a source for function code.");
  return { CodeSha256: hashOf(Buffer.from(JSON.stringify(names))), CodeSize: 0 };
}

function codeOfZip(bytes: Buffer): Code {
  const tail = bytes.subarray(Math.max(0, bytes.length - LONGEST_TAIL));
  const at = tail.lastIndexOf(END_OF_DIRECTORY);
  if (at < 0 || tail.length < at + 22)
    throw invalidParameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  if (tail.readUInt16LE(at + ENTRIES_AT) === 0)
    throw invalidParameter("Uploaded file must be a non-empty zip");
  return { CodeSha256: hashOf(bytes), CodeSize: bytes.length };
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}
