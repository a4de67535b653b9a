import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { examineOidc } from "../../../../src/compose/api/oidc.ts";
import { examineSecrets } from "../../../../src/compose/secrets.ts";
import type { Config } from "../../../../src/config/config.ts";
import { TestProvider } from "../../../support/sign-in/provider.ts";
import { ConfigFile, SMALLEST } from "../../../unit/config/config-file.ts";

let provider: TestProvider;
let configFile: ConfigFile;
beforeEach(async () => {
  configFile = new ConfigFile();
  provider = await TestProvider.start(() => "http://localhost:8085/auth/callback");
});
afterEach(async () => {
  await provider.close();
  configFile.remove();
});

function config(): Config {
  const oidc = `{issuer: "${provider.issuer}", clientId: gk, clientSecretFile: secret, grants: [{group: ops, scopes: [read], namespaces: ["*"]}]}`;
  return configFile.loaded({
    text: `${SMALLEST}http: {publicUrl: "http://localhost:8085", oidc: ${oidc}}\nnetwork: {proxy: null}\n`,
  });
}

describe("doctor", () => {
  test("names the provider if its discovery document can be read", async () => {
    writeFileSync(join(configFile.folder, "secret"), "s\n");

    expect(await examineOidc(config())).toMatchObject([
      {
        what: "http.oidc",
        outcome: "passed",
        detail: `the provider ${provider.issuer} answers; its token endpoint is ${provider.issuer}/token`,
      },
    ]);
    expect(examineSecrets(config())).toMatchObject([{ what: "http.oidc", outcome: "passed" }]);
  });

  test("reports a provider that does not answer", async () => {
    writeFileSync(join(configFile.folder, "secret"), "s\n");
    const before = config();
    await provider.close();

    expect(await examineOidc(before)).toMatchObject([
      {
        outcome: "failed",
        detail: expect.stringContaining(`the provider ${provider.issuer} cannot be used`),
      },
    ]);
    provider = await TestProvider.start(() => "http://localhost:8085/auth/callback");
  });

  test.each([
    { text: null, detail: "ENOENT" },
    { text: "\n", detail: "is empty" },
  ])("reports a secret that cannot be used: $detail", async ({ text, detail }) => {
    if (text !== null) writeFileSync(join(configFile.folder, "secret"), text);

    expect(await examineOidc(config())).toMatchObject([
      { outcome: "failed", detail: expect.stringContaining(detail) },
    ]);
    expect(examineSecrets(config())).toMatchObject([
      { outcome: "failed", detail: expect.stringContaining(detail) },
    ]);
  });

  test("has nothing to check without a provider", async () => {
    expect(await examineOidc(configFile.loaded({ text: SMALLEST }))).toEqual([]);
  });
});
