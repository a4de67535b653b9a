import { PROCESS } from "../../../test/support/network/process.ts";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListAccountsCommand } from "@aws-sdk/client-organizations";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { Clients, PUBLIC_AWS, type AwsNetwork } from "../../../src/aws/requests/clients.ts";
import { parsePartition, parseRegion } from "../../../src/model/aws/ids.ts";
import { PARTITIONS } from "../../../src/model/aws/partitions.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";
import { must } from "../aws/aws-world.ts";

const credentials = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" };

let network: PrivateNetwork;

beforeAll(async () => {
  network = await PrivateNetwork.start({ hosts: ["unused.example.com"] });
  network.refusal = 403;
});

beforeEach(() => {
  network.tunnels.length = 0;
});

afterAll(() => network.stop());

interface Called {
  readonly hosts: readonly string[];
  readonly errors: readonly string[];
}

function clientsOf(change: Partial<AwsNetwork> = {}): Clients {
  const routes = proxyRoutes(network.settings(), {});
  const options = { baseCredentials: credentials, ...PROCESS, fetchTimeoutMs: 5_000 };
  return new Clients({ network: { ...PUBLIC_AWS, routes, ...change }, ...options });
}

/** The hosts to which STS, IAM and Lambda connect, as the proxy sees them; it refuses the tunnels. */
async function call(partition: string, region: string, change: Partial<AwsNetwork> = {}): Promise<Called> {
  const clients = clientsOf(change);
  const at = must(parsePartition(partition));
  const calls = [
    () => clients.sts(at).send(new GetCallerIdentityCommand({})),
    () => clients.iam(at, credentials, "never").send(new GetRoleCommand({ RoleName: "x" })),
    () => clients.lambda(must(parseRegion(region)), credentials, "never").send(new ListFunctionsCommand({})),
  ];
  const errors: string[] = [];
  for (const each of calls) {
    try {
      await each();
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error));
    }
  }
  clients.close();
  return { hosts: network.tunnels.map((host) => host.replace(/:443$/, "")), errors };
}

describe("the hosts of each partition", () => {
  const ROWS = [
    [
      "aws",
      "eu-central-1",
      "sts.us-east-1.amazonaws.com iam.amazonaws.com lambda.eu-central-1.amazonaws.com",
    ],
    [
      "aws-cn",
      "cn-northwest-1",
      "sts.cn-north-1.amazonaws.com.cn iam.cn-north-1.amazonaws.com.cn lambda.cn-northwest-1.amazonaws.com.cn",
    ],
    [
      "aws-us-gov",
      "us-gov-east-1",
      "sts.us-gov-west-1.amazonaws.com iam.us-gov.amazonaws.com lambda.us-gov-east-1.amazonaws.com",
    ],
    [
      "aws-eusc",
      "eusc-de-east-1",
      "sts.eusc-de-east-1.amazonaws.eu iam.eusc-de-east-1.amazonaws.eu lambda.eusc-de-east-1.amazonaws.eu",
    ],
    [
      "aws-iso",
      "us-iso-west-1",
      "sts.us-iso-east-1.c2s.ic.gov iam.us-iso-east-1.c2s.ic.gov lambda.us-iso-west-1.c2s.ic.gov",
    ],
    [
      "aws-iso-b",
      "us-isob-east-1",
      "sts.us-isob-east-1.sc2s.sgov.gov iam.us-isob-east-1.sc2s.sgov.gov lambda.us-isob-east-1.sc2s.sgov.gov",
    ],
    [
      "aws-iso-e",
      "eu-isoe-west-1",
      "sts.eu-isoe-west-1.cloud.adc-e.uk iam.eu-isoe-west-1.cloud.adc-e.uk lambda.eu-isoe-west-1.cloud.adc-e.uk",
    ],
    [
      "aws-iso-f",
      "us-isof-east-1",
      "sts.us-isof-south-1.csp.hci.ic.gov iam.us-isof-south-1.csp.hci.ic.gov lambda.us-isof-east-1.csp.hci.ic.gov",
    ],
  ] as const;

  test.each(ROWS)("%s", async (partition, region, hosts) => {
    expect((await call(partition, region)).hosts).toEqual(hosts.split(" "));
  });

  test.each([
    ["aws", "organizations.us-east-1.amazonaws.com"],
    ["aws-cn", "organizations.cn-northwest-1.amazonaws.com.cn"],
    ["aws-us-gov", "organizations.us-gov-west-1.amazonaws.com"],
  ])("are those of Organizations in %s", async (partition, host) => {
    const clients = clientsOf();
    const client = await clients.organizations(must(parsePartition(partition)), credentials, "never");
    await expect(client.send(new ListAccountsCommand({}))).rejects.toThrow("does not allow the connection");
    clients.close();

    expect(network.tunnels).toEqual([`${host}:443`]);
  });

  test("are known for every partition", () => {
    expect(ROWS.map(([partition]) => partition).toSorted()).toEqual([...PARTITIONS].toSorted());
  });

  test("ignore the settings of the environment", async () => {
    const settings = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_REGION: "eu-west-3",
      AWS_USE_FIPS_ENDPOINT: "true",
    };
    Object.assign(process.env, settings);
    try {
      expect((await call("aws", "eu-west-1")).hosts).toEqual([
        "sts.us-east-1.amazonaws.com",
        "iam.amazonaws.com",
        "lambda.eu-west-1.amazonaws.com",
      ]);
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name];
    }
  });
});

describe("endpoints of the configuration", () => {
  test("of Organizations are signed for its region, which in China is another one than that of IAM", async () => {
    const signatures: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      signatures.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const organizations = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const clients = clientsOf({
      endpoints: { ...PUBLIC_AWS.endpoints, organizations: { "aws-cn": organizations } },
    });
    const client = await clients.organizations(must(parsePartition("aws-cn")), credentials, "never");

    await client.send(new ListAccountsCommand({}));

    clients.close();
    server.close();
    expect(signatures).toEqual([expect.stringContaining("/cn-northwest-1/organizations/aws4_request")]);
  });

  test("replace the public ones of their service and region only", async () => {
    const endpoints = {
      ...PUBLIC_AWS.endpoints,
      iam: { "*": "https://iam.internal.example.com" },
      lambda: { "eu-west-1": "https://vpce-1.lambda.eu-west-1.vpce.amazonaws.com:8443" },
    };

    expect((await call("aws", "eu-west-1", { endpoints })).hosts).toEqual([
      "sts.us-east-1.amazonaws.com",
      "iam.internal.example.com",
      "vpce-1.lambda.eu-west-1.vpce.amazonaws.com:8443",
    ]);
    network.tunnels.length = 0;
    expect((await call("aws", "eu-west-2", { endpoints })).hosts[2]).toBe("lambda.eu-west-2.amazonaws.com");
  });

  test("serve the partition that they name, and STS in the region of its only endpoint there", async () => {
    const endpoints = {
      ...PUBLIC_AWS.endpoints,
      iam: { aws: "https://iam.aws.example.com", "aws-cn": "https://iam.cn.example.com" },
      sts: { "eu-central-1": "https://sts.de.example.com", "cn-northwest-1": "https://sts.cn.example.com" },
    };

    expect((await call("aws", "eu-west-1", { endpoints })).hosts.slice(0, 2)).toEqual([
      "sts.de.example.com",
      "iam.aws.example.com",
    ]);
    network.tunnels.length = 0;
    expect((await call("aws-cn", "cn-north-1", { endpoints })).hosts.slice(0, 2)).toEqual([
      "sts.cn.example.com",
      "iam.cn.example.com",
    ]);
    network.tunnels.length = 0;
    expect((await call("aws-us-gov", "us-gov-west-1", { endpoints })).hosts.slice(0, 2)).toEqual([
      "sts.us-gov-west-1.amazonaws.com",
      "iam.us-gov.amazonaws.com",
    ]);
  });

  test("call STS in the configured region of its own partition only", async () => {
    const stsRegion = must(parseRegion("eu-central-1"));

    expect((await call("aws", "eu-west-1", { stsRegion })).hosts[0]).toBe("sts.eu-central-1.amazonaws.com");
    network.tunnels.length = 0;
    expect((await call("aws-cn", "cn-north-1", { stsRegion })).hosts[0]).toBe(
      "sts.cn-north-1.amazonaws.com.cn",
    );
  });
});

describe("FIPS endpoints", () => {
  test.each([
    [
      "aws",
      "us-west-2",
      "sts-fips.us-east-1.amazonaws.com iam-fips.amazonaws.com lambda-fips.us-west-2.amazonaws.com",
    ],
    [
      "aws-us-gov",
      "us-gov-west-1",
      "sts.us-gov-west-1.amazonaws.com iam.us-gov.amazonaws.com lambda-fips.us-gov-west-1.amazonaws.com",
    ],
  ])("are called where AWS has them: %s %s", async (partition, region, hosts) => {
    expect((await call(partition, region, { fips: true })).hosts).toEqual(hosts.split(" "));
  });

  test("are an error where AWS has none, with the regions that have one", async () => {
    const { hosts, errors } = await call("aws-cn", "cn-north-1", { fips: true });

    expect(hosts).toEqual([]);
    expect(errors).toEqual([
      expect.stringContaining("STS has no FIPS endpoint in cn-north-1; it has one in us-east-1"),
      expect.stringContaining("IAM has no FIPS endpoint in cn-north-1"),
      expect.stringContaining("Lambda has no FIPS endpoint in cn-north-1"),
    ]);
    expect((await call("aws", "eu-central-1", { fips: true })).errors[2]).toContain(
      "Lambda has no FIPS endpoint in eu-central-1",
    );
  });

  test("do not apply to an endpoint of the configuration", async () => {
    const endpoints = {
      ...PUBLIC_AWS.endpoints,
      lambda: { "eu-central-1": "https://lambda.internal.example.com" },
    };

    expect((await call("aws", "eu-central-1", { fips: true, endpoints })).hosts[2]).toBe(
      "lambda.internal.example.com",
    );
  });
});
