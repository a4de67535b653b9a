import type { Environment } from "../../model/network/environment.ts";
import type { AssumeRoleCommandInput, AssumeRoleWithWebIdentityCommandInput } from "@aws-sdk/client-sts";

/** Credentials as the SDK takes and returns them. */
export interface ProvidedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  /** The SDK's features that were used to get them. */
  readonly $source?: Readonly<Record<string, string>>;
}

/** What the providers need to make calls of their own. */
export interface CredentialParts {
  readonly env: Environment;
  readonly requestHandler: object;
  readonly roles: RoleAssumers;
}

export interface FoundCredentials {
  readonly credentials: ProvidedCredentials;
  /** Where they come from, for people. */
  readonly place: string;
}

/** How a profile or a web identity gets the credentials of its role: at the same STS, in the same way, as every other call. */
export interface RoleAssumers {
  readonly roleAssumer: (
    source: ProvidedCredentials,
    input: AssumeRoleCommandInput,
  ) => Promise<ProvidedCredentials>;
  readonly roleAssumerWithWebIdentity: (
    input: AssumeRoleWithWebIdentityCommandInput,
  ) => Promise<ProvidedCredentials>;
}
