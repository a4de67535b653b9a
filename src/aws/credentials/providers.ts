import type { Environment } from "../../model/network/environment.ts";
import { fromEnv } from "@aws-sdk/credential-provider-env";
import type { ProvidedCredentials, CredentialParts } from "./provided-credentials.ts";

/** One place where credentials may come from. */
export interface Provider {
  readonly name: string;
  /** Why it is not asked; null: it is configured, and asked. */
  readonly absent: (env: Environment) => string | null;
  readonly load: (parts: CredentialParts) => Promise<ProvidedCredentials>;
  /** The place, for `doctor`. */
  readonly place: (env: Environment, found: ProvidedCredentials) => string;
  /** What to do if it is configured and fails. */
  readonly fix: string;
}

/**
 * In the order of the AWS SDK. The first that is configured is asked, and no other one: credentials of another identity
 * than the configured one would be a surprise. Only the profile `default` may be missing.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "environment",
    absent: (env) => {
      if (isSet(env, "AWS_PROFILE")) return "AWS_PROFILE is set and counts instead";
      return unset(env, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    },
    load: () => fromEnv()(),
    place: () => "the environment (AWS_ACCESS_KEY_ID)",
    fix: "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  },
  {
    name: "profile",
    absent: () => null,
    load: async ({ requestHandler, roles }) => {
      const { fromIni } = await import("@aws-sdk/credential-provider-ini");
      // Files are read again at each renewal: someone may have rotated their keys.
      const clientConfig = { requestHandler, ignoreConfiguredEndpointUrls: true };
      const options = { ignoreCache: true, clientConfig, parentClientConfig: clientConfig, ...roles };
      return fromIni(options)();
    },
    place: (env, found) => `the profile ${profileName(env)}${kindOfProfile(found)}`,
    fix: "correct the profile in ~/.aws/config (or AWS_CONFIG_FILE), or sign in again with aws sso login",
  },
  {
    name: "web identity",
    absent: (env) => unset(env, ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"]),
    load: async ({ roles }) => {
      const { fromTokenFile } = await import("@aws-sdk/credential-provider-web-identity");
      return fromTokenFile(roles)();
    },
    place: (env) => `a web identity (AWS_WEB_IDENTITY_TOKEN_FILE) as ${env["AWS_ROLE_ARN"] ?? ""}`,
    fix: "check AWS_WEB_IDENTITY_TOKEN_FILE, and that the trust policy of AWS_ROLE_ARN allows sts:AssumeRoleWithWebIdentity for the service account",
  },
  {
    name: "container",
    absent: (env) =>
      isSet(env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        ? null
        : unset(env, ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]),
    load: async () => {
      const { fromHttp } = await import("@aws-sdk/credential-provider-http");
      return fromHttp({ logger: NO_LOG })();
    },
    place: containerName,
    fix: "check the task role of ECS, or the pod identity association of the service account and the agent on its node",
  },
  {
    name: "instance",
    absent: (env) => {
      const text = env["AWS_EC2_METADATA_DISABLED"] ?? "";
      return text === "" || text === "false" ? null : "AWS_EC2_METADATA_DISABLED is set";
    },
    load: fromInstance,
    place: () => "the instance (its instance profile, IMDSv2)",
    fix: "attach an instance profile, and allow IMDSv2 with a hop limit of 2 for containers",
  },
];

/** The provider of containers prints to the console by itself otherwise. */
const NO_LOG = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function fromInstance(): Promise<ProvidedCredentials> {
  const { fromInstanceMetadata } = await import("@smithy/credential-provider-imds");
  try {
    // Version 1 would answer to any request that a program on the instance can be tricked into.
    return await fromInstanceMetadata({ ec2MetadataV1Disabled: true })();
  } catch (cause) {
    // The SDK reports only that it may not use version 1 instead.
    const isWithoutToken = cause instanceof Error && cause.name === "InstanceMetadataV1FallbackError";
    if (!isWithoutToken) throw cause;
    throw new Error("the instance metadata service gave no token (IMDSv2)", { cause });
  }
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}

function unset(env: Environment, names: readonly string[]): string | null {
  const missing = names.filter((name) => !isSet(env, name));
  return missing.length === 0
    ? null
    : `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set`;
}

export function profileName(env: Environment): string {
  return env["AWS_PROFILE"] || "default";
}

/** By the features that the SDK notes in the credentials. */
const PROFILE_KINDS = [
  ["CREDENTIALS_PROFILE_SSO", "IAM Identity Center"],
  ["CREDENTIALS_PROFILE_SSO_LEGACY", "IAM Identity Center"],
  ["CREDENTIALS_PROFILE_PROCESS", "credential_process"],
  ["CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN", "web identity"],
  ["CREDENTIALS_PROFILE_SOURCE_PROFILE", "an assumed role"],
  ["CREDENTIALS_PROFILE", "access key"],
] as const;

function kindOfProfile({ $source }: ProvidedCredentials): string {
  const found = PROFILE_KINDS.find(([feature]) => $source?.[feature] !== undefined);
  return found === undefined ? "" : ` (${found[1]})`;
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const EKS_AGENT = /^http:\/\/(169\.254\.170\.23|\[fd00:ec2::23\])\//;

function containerName(env: Environment): string {
  const full = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "";
  if (isSet(env, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) return "the container (ECS task role)";
  return EKS_AGENT.test(full) ? "the container (EKS Pod Identity)" : `the container (${full})`;
}
