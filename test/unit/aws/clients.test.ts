import { PROCESS } from "../../../test/support/network/process.ts";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Clients, PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { parsePartition, parseRegion } from "../../../src/model/aws/ids.ts";
import { must } from "../../wire/aws/aws-world.ts";

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" };
const AWS = must(parsePartition("aws"));
const CHINA = must(parsePartition("aws-cn"));
const REGION = must(parseRegion("eu-west-1"));

const clients = new Clients({
  network: PUBLIC_AWS,
  baseCredentials: credentials,
  ...PROCESS,
  fetchTimeoutMs: 1_000,
});
afterEach(() => {
  delete process.env["AWS_ENDPOINT_URL"];
  clients.close();
});

interface Stoppable {
  readonly middlewareStack: {
    add(
      middleware: () => (args: { request: unknown }) => Promise<never>,
      options: { readonly step: "build"; readonly priority: "low" },
    ): void;
  };
}

/** The URL to which a client would send its call; the call is stopped before. */
async function hostOf(client: Stoppable, send: () => Promise<unknown>): Promise<string> {
  let host = "";
  const stop = () => (args: { request: unknown }) => {
    host = (args.request as { readonly hostname: string }).hostname;
    return Promise.reject(new Error("stopped"));
  };
  client.middlewareStack.add(stop, { step: "build", priority: "low" });
  await expect(send()).rejects.toThrow("stopped");
  return host;
}

describe("the client factory", () => {
  test("calls AWS and ignores endpoints in the environment", async () => {
    process.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9";
    const sts = clients.sts(AWS);
    const iam = clients.iam(AWS, credentials, "reads");
    const lambda = clients.lambda(REGION, credentials, "never");

    expect([
      await hostOf(sts, () => sts.send(new GetCallerIdentityCommand({}))),
      await hostOf(iam, () => iam.send(new GetRoleCommand({ RoleName: "x" }))),
      await hostOf(lambda, () => lambda.send(new ListFunctionsCommand({}))),
    ]).toEqual(["sts.us-east-1.amazonaws.com", "iam.amazonaws.com", "lambda.eu-west-1.amazonaws.com"]);
  });

  test("keeps partitions apart", async () => {
    const iam = clients.iam(CHINA, credentials, "reads");

    expect(await hostOf(iam, () => iam.send(new GetRoleCommand({ RoleName: "x" })))).toBe(
      "iam.cn-north-1.amazonaws.com.cn",
    );
    expect(clients.sts(CHINA)).not.toBe(clients.sts(AWS));
    expect(clients.sts(AWS)).toBe(clients.sts(AWS));
  });

  test("repeats reads and never a write", async () => {
    expect(await clients.iam(AWS, credentials, "reads").config.maxAttempts()).toBe(3);
    expect(await clients.iam(AWS, credentials, "never").config.maxAttempts()).toBe(1);
    expect(await clients.lambda(REGION, credentials, "never").config.maxAttempts()).toBe(1);
  });
});
