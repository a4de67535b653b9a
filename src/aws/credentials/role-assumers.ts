import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  STSClient,
  type AssumeRoleCommandOutput,
  type STSClientConfig,
} from "@aws-sdk/client-sts";
import { CredentialsError } from "../errors/credentials-error.ts";
import type { ProvidedCredentials, RoleAssumers } from "./provided-credentials.ts";

/** @param config of the installation's STS, without credentials */
export function roleAssumers(config: STSClientConfig): RoleAssumers {
  return {
    roleAssumer: async (source, input) => {
      const client = new STSClient({ ...config, credentials: source });
      return credentialsOf((await client.send(new AssumeRoleCommand(input))).Credentials);
    },
    roleAssumerWithWebIdentity: async (input) => {
      const client = new STSClient(config);
      return credentialsOf((await client.send(new AssumeRoleWithWebIdentityCommand(input))).Credentials);
    },
  };
}

function credentialsOf(answer: AssumeRoleCommandOutput["Credentials"]): ProvidedCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
    throw new CredentialsError("the answer of STS lacks credentials", "check the endpoint of STS");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}
