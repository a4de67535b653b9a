import { BaseCredentials } from "../../../src/aws/credentials/base-credentials.ts";
import { roleAssumers } from "../../../src/aws/credentials/role-assumers.ts";
import { PROCESS } from "../../support/network/process.ts";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CredentialPlaces, metadataKeys } from "../../support/network/credential-places.ts";

let places: CredentialPlaces;

beforeAll(async () => {
  places = await CredentialPlaces.start();
});
afterAll(() => places.network.stop());
beforeEach(() => places.begin());
afterEach(() => places.end());

describe("credentials that expire", () => {
  test("are renewed before, kept while a renewal fails, and named when they have expired", async () => {
    let nowMs = Date.now();
    let id = "FIRST";
    const warnings: string[] = [];
    places.answer = () =>
      id === "DOWN"
        ? { status: 500, body: "" }
        : { body: metadataKeys(id, new Date(nowMs + 600_000).toISOString()) };
    places.set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: places.metadataUrl("/v1/credentials") });
    const renewed: number[] = [];
    const base = new BaseCredentials({
      env: process.env,
      requestHandler: {},
      roles: roleAssumers({}),
      clock: { nowMs: () => nowMs },
      telemetry: {
        ...PROCESS.telemetry,
        warn: (text) => warnings.push(text),
        gauge: (_metric, value) => renewed.push(value),
      },
    });
    const key = async () => (await base.get()).credentials.accessKeyId;

    expect([await key(), await key()]).toEqual(["FIRST", "FIRST"]);
    id = "SECOND";
    expect(await key()).toBe("FIRST");
    nowMs += 301_000;
    expect(await key()).toBe("SECOND");

    id = "DOWN";
    nowMs += 301_000;
    expect([await key(), warnings]).toEqual(["SECOND", ["the base credentials cannot be renewed"]]);
    const { length } = places.asked;
    expect([await key(), places.asked.length]).toEqual(["SECOND", length]);
    expect(renewed).toEqual([1, 1, 0]);

    nowMs += 301_000;
    await expect(key()).rejects.toMatchObject({ name: "CredentialsProviderError", fix: expect.any(String) });
  });

  test("are found once for calls at the same time", async () => {
    places.answer = () => ({ body: metadataKeys("ONE") });
    places.set({ AWS_CONTAINER_CREDENTIALS_FULL_URI: places.metadataUrl("/v1/credentials") });
    const base = new BaseCredentials({
      ...PROCESS,
      env: process.env,
      requestHandler: {},
      roles: roleAssumers({}),
    });

    await Promise.all([base.get(), base.get(), base.get()]);

    expect(places.asked).toHaveLength(1);
  });
});
