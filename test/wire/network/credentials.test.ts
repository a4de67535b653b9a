import { chmodSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  CredentialPlaces,
  IN_AN_HOUR,
  instanceMetadata,
  metadataKeys,
} from "../../support/network/credential-places.ts";

let places: CredentialPlaces;

beforeAll(async () => {
  places = await CredentialPlaces.start();
});
afterAll(() => places.network.stop());
beforeEach(() => places.begin());
afterEach(() => places.end());

describe("doctor names the identity of the process, and where it comes from", () => {
  const PROFILE = "[profile p]\n";
  test.each([
    {
      provider: "the environment",
      given: () => places.set({ AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "x" }),
      detail: "role/ENV from the environment (AWS_ACCESS_KEY_ID)",
    },
    {
      provider: "a profile with an access key",
      given: () =>
        places.set({
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: places.file(
            "profile",
            `${PROFILE}aws_access_key_id = STATIC\naws_secret_access_key = x\n`,
          ),
        }),
      detail: "role/STATIC from the profile p (access key)",
    },
    {
      provider: "a profile before the environment",
      given: () =>
        places.set({
          AWS_ACCESS_KEY_ID: "ENV",
          AWS_SECRET_ACCESS_KEY: "x",
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: places.file(
            "profile",
            `${PROFILE}aws_access_key_id = STATIC\naws_secret_access_key = x\n`,
          ),
        }),
      detail: "role/STATIC from the profile p (access key)",
    },
    {
      provider: "credential_process",
      given: () => {
        const program = places.file(
          "keys.sh",
          `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"PROCESS","SecretAccessKey":"x"}'\n`,
        );
        chmodSync(program, 0o700);
        places.set({
          AWS_PROFILE: "p",
          AWS_CONFIG_FILE: places.file("profile", `${PROFILE}credential_process = ${program}\n`),
        });
      },
      detail: "role/PROCESS from the profile p (credential_process)",
    },
    {
      provider: "IAM Identity Center",
      given: () => places.signIn(IN_AN_HOUR()),
      detail: "role/SSO-sso-token from the profile p (IAM Identity Center)",
    },
    {
      provider: "a role of a profile",
      given: () => {
        const source = "[profile source]\naws_access_key_id = SOURCE\naws_secret_access_key = x\n";
        const role = `${PROFILE}role_arn = arn:aws:iam::999900001111:role/r\nsource_profile = source\n`;
        places.set({ AWS_PROFILE: "p", AWS_CONFIG_FILE: places.file("profile", source + role) });
      },
      detail: "role/ASSUMED-BY-SOURCE from the profile p (an assumed role)",
    },
    {
      provider: "a web identity (IRSA)",
      given: () =>
        places.set({
          AWS_WEB_IDENTITY_TOKEN_FILE: places.file("token", "service-account"),
          AWS_ROLE_ARN: "arn:aws:iam::999900001111:role/irsa",
        }),
      detail:
        "role/WEB-service-account from a web identity (AWS_WEB_IDENTITY_TOKEN_FILE) as arn:aws:iam::999900001111:role/irsa",
    },
    {
      provider: "a container (ECS)",
      given: () => {
        places.answer = ({ headers }) => ({ body: metadataKeys(`ECS-${headers.authorization}`) });
        places.set({
          AWS_CONTAINER_CREDENTIALS_FULL_URI: places.metadataUrl("/v2/x"),
          AWS_CONTAINER_AUTHORIZATION_TOKEN: "t",
        });
      },
      detail: "role/ECS-t from the container (http://127.0.0.1:",
    },
    {
      provider: "EKS Pod Identity, with the token of its file",
      given: () => {
        places.answer = ({ headers }) => ({ body: metadataKeys(`POD-${headers.authorization}`) });
        places.set({
          AWS_CONTAINER_CREDENTIALS_FULL_URI: places.metadataUrl("/v1/credentials"),
          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: places.file("pod-token", "pod"),
        });
      },
      detail: "role/POD-pod from the container",
    },
    {
      provider: "an instance (IMDSv2)",
      given: () => {
        places.answer = instanceMetadata(() => metadataKeys("IMDS"));
        places.set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: places.metadataUrl() });
      },
      detail: "role/IMDS from the instance (its instance profile, IMDSv2)",
    },
  ])("$provider", async ({ given, detail }) => {
    given();

    const check = await places.baseCheck();

    expect(check).toMatchObject({ identity: "base", outcome: "passed" });
    expect(check?.detail).toContain(`arn:aws:iam::999900001111:${detail}`);
    // Metadata is places.asked directly, everything else through the proxy.
    expect(places.network.tunnels.filter((host) => host.startsWith("127."))).toEqual([]);
  });
});
