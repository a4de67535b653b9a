import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CredentialPlaces, instanceMetadata, metadataKeys } from "../../support/network/credential-places.ts";

let places: CredentialPlaces;

beforeAll(async () => {
  places = await CredentialPlaces.start();
});
afterAll(() => places.network.stop());
beforeEach(() => places.begin());
afterEach(() => places.end());

describe("without credentials", () => {
  test("each provider is listed with its reason", async () => {
    places.set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: places.metadataUrl() });

    expect((await places.baseCheck())?.detail).toMatch(
      /CredentialsProviderError: no credentials found \(environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set; profile: Could not resolve credentials using profile: \[default\].*; web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are not set; container: AWS_CONTAINER_CREDENTIALS_FULL_URI is not set; instance: .*\); set AWS_ACCESS_KEY_ID/,
    );
  });

  test.each([
    {
      because: "a profile that does not exist is not replaced by another identity",
      given: () => {
        places.answer = instanceMetadata(() => metadataKeys("IMDS"));
        places.set({ AWS_PROFILE: "missing", AWS_EC2_METADATA_SERVICE_ENDPOINT: places.metadataUrl() });
      },
      detail: /profile: Could not resolve credentials using profile: \[missing\].*; correct the profile/,
    },
    {
      because: "an expired sign-in of IAM Identity Center is named with the command",
      given: () => places.signIn("2020-01-01T00:00:00Z"),
      detail: /profile: .*SSO session.*aws sso login/,
    },
    {
      because: "a program that fails is named, and no other provider is places.asked",
      given: () =>
        places.set({
          AWS_CONFIG_FILE: places.file("profile", "[default]\ncredential_process = /bin/false\n"),
        }),
      detail: /profile: Command failed: \/bin\/false/,
    },
    {
      because: "a token file that is missing is named",
      given: () =>
        places.set({ AWS_WEB_IDENTITY_TOKEN_FILE: "/no/such/token", AWS_ROLE_ARN: "arn:aws:iam::1:role/x" }),
      detail: /web identity: ENOENT.*\/no\/such\/token.*; check AWS_WEB_IDENTITY_TOKEN_FILE/,
    },
    {
      because: "a container that refuses is named",
      given: () => {
        places.answer = () => ({ status: 403, body: "{}" });
        places.set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: places.metadataUrl("/v1/credentials") });
      },
      detail: /container: .*; check the task role of ECS, or the pod identity association/,
    },
    {
      because: "an instance that offers only version 1 of its metadata is not used",
      given: () => {
        places.answer = ({ method, url }) =>
          method === "PUT"
            ? { status: 405, body: "" }
            : { body: url?.endsWith("/") === true ? "r" : metadataKeys("V1") };
        places.set({ AWS_EC2_METADATA_SERVICE_ENDPOINT: places.metadataUrl() });
      },
      detail: /instance: the instance metadata service gave no token \(IMDSv2\)/,
    },
    {
      because: "a web identity behind a proxy that asks for a password names the proxy",
      given: () => {
        places.network.login = { user: "a", password: "b" };
        places.set({
          AWS_WEB_IDENTITY_TOKEN_FILE: places.file("token", "t"),
          AWS_ROLE_ARN: "arn:aws:iam::1:role/x",
        });
      },
      detail: /ProxyPasswordMissing: .*network\.proxy\.loginFile/,
    },
  ])("$because", async ({ given, detail }) => {
    places.set({ AWS_EC2_METADATA_DISABLED: "" });
    given();
    if (process.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] === undefined)
      places.set({ AWS_EC2_METADATA_DISABLED: "true" });

    expect(await places.baseCheck()).toMatchObject({
      outcome: "failed",
      detail: expect.stringMatching(detail),
    });
  });
});
