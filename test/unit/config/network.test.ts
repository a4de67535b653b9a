import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const NONE = { kind: "none" } as const;

function proxyOf(network: string, env: Readonly<Record<string, string>> = {}) {
  return configFile.loaded({ text: `${SMALLEST}${network}`, env }).network.proxy;
}

describe("the proxy", () => {
  test("is none if neither the file nor a variable names one", () => {
    expect(proxyOf("", { NO_PROXY: "example.com" })).toBeNull();
    expect(proxyOf("", { HTTPS_PROXY: "" })).toBeNull();
  });

  test("of the file serves http and https, and counts before every variable", () => {
    const text = "network: {proxy: {url: 'http://proxy:3128/', loginFile: login, noProxy: [example.com]}}\n";
    const server = {
      url: "http://proxy:3128",
      login: { kind: "file", file: join(configFile.folder, "login") },
    };

    expect(proxyOf(text, { HTTPS_PROXY: "http://other:1", NO_PROXY: "example.org" })).toEqual({
      http: server,
      https: server,
      noProxy: ["example.com"],
    });
  });

  test("is none with null, also if a variable names one", () => {
    expect(proxyOf("network: {proxy: null}\n", { HTTPS_PROXY: "socks5://other:1" })).toBeNull();
  });

  test("of the environment is read from each variable, lower case first", () => {
    const env = {
      https_proxy: "http://secure:3128",
      HTTPS_PROXY: "http://other:1",
      HTTP_PROXY: "plain:8080",
      NO_PROXY: "example.com, .internal 10.0.0.0/8",
    };

    expect(proxyOf("", env)).toEqual({
      https: { url: "http://secure:3128", login: NONE },
      http: { url: "http://plain:8080", login: NONE },
      noProxy: ["example.com", ".internal", "10.0.0.0/8"],
    });
  });

  test("keeps the login of a variable out of the configuration and of its digest", () => {
    const proxy = proxyOf("", { https_proxy: "http://ann:secret@proxy:3128" });

    expect(proxy?.https).toEqual({
      url: "http://proxy:3128",
      login: { kind: "variable", name: "https_proxy" },
    });
    expect(JSON.stringify(proxy)).not.toContain("secret");
  });

  test.each([
    { value: "socks5://ann:secret@proxy:1080", because: "another protocol" },
    { value: "http://ann:secret@proxy:3128/path", because: "a path" },
    { value: "http://", because: "no host" },
  ])("of a variable with $because is a problem that names the variable without its password", ({ value }) => {
    const [problem, ...more] = configFile.problems({ text: SMALLEST, env: { HTTPS_PROXY: value } });

    expect(more).toEqual([]);
    expect(problem).toMatchObject({ where: "HTTPS_PROXY", fix: expect.stringContaining("network.proxy") });
    expect(problem?.message).not.toContain("secret");
  });
});

describe("network and endpoints", () => {
  test("are read, with paths relative to the file", () => {
    const text = `${SMALLEST}network: {caFile: ca.pem}
aws:
  stsRegion: eu-central-1
  endpoints:
    iam: https://iam.internal.example.com
    sts: https://vpce-1-a.sts.eu-central-1.vpce.amazonaws.com
    lambda: {eu-central-1: "https://vpce-1-a.lambda.eu-central-1.vpce.amazonaws.com", eu-west-1: "http://localhost:9"}
`;

    expect(configFile.loaded({ text })).toMatchObject({
      network: { caFile: join(configFile.folder, "ca.pem") },
      aws: {
        stsRegion: "eu-central-1",
        endpoints: {
          iam: { "*": "https://iam.internal.example.com" },
          sts: { "eu-central-1": "https://vpce-1-a.sts.eu-central-1.vpce.amazonaws.com" },
          lambda: { "eu-west-1": "http://localhost:9" },
        },
      },
    });
  });

  test.each([
    {
      because: "one URL is for the partition of its host name",
      text: "iam: 'https://iam.cn-north-1.amazonaws.com.cn'",
      read: { iam: { "aws-cn": "https://iam.cn-north-1.amazonaws.com.cn" } },
    },
    {
      because: "a host name without a region is for every partition, as it was",
      text: "{iam: 'https://iam.amazonaws.com', sts: 'https://sts.example.com'}",
      read: { iam: { "*": "https://iam.amazonaws.com" }, sts: { "*": "https://sts.example.com" } },
    },
    {
      because: "a URL for each partition, and for each region of STS",
      text: "{iam: {aws: 'https://a.example.com', aws-cn: 'https://c.example.com'}, organizations: {aws-cn: 'https://o.example.com'}, sts: {eu-west-1: 'https://s.example.com'}}",
      read: {
        iam: { aws: "https://a.example.com", "aws-cn": "https://c.example.com" },
        organizations: { "aws-cn": "https://o.example.com" },
        sts: { "eu-west-1": "https://s.example.com" },
      },
    },
  ])("$because", ({ text, read }) => {
    const endpoints = text.startsWith("{") ? text : `{${text}}`;

    const none = {
      iam: {},
      sts: {},
      organizations: {},
      lambda: {},
      tagging: {},
      cloudformation: {},
      ssm: {},
      cloudtrail: {},
      events: {},
    };
    const { aws } = configFile.loaded({ text: `${SMALLEST}aws: {endpoints: ${endpoints}}\n` });
    expect(aws.endpoints).toEqual({ ...none, ...read });
  });

  test.each([
    {
      text: "network: {proxy: {url: 'http://ann:secret@proxy:3128'}}",
      at: "network.proxy.url",
      message: /belong in a file that loginFile names/,
    },
    {
      text: "network: {proxy: {url: 'proxy:3128'}}",
      at: "network.proxy.url",
      message: /expected the http or https URL of a proxy/,
    },
    {
      text: "network: {proxy: {url: 'http://proxy', noProxy: ['10.0.0.0/40']}}",
      at: "network.proxy.noProxy[0]",
      message: /expected a host name/,
    },
    {
      text: "aws: {endpoints: {iam: 'http://iam.example.com'}}",
      at: "aws.endpoints.iam",
      message: /http is allowed only to this machine/,
    },
    {
      text: "aws: {endpoints: {iam: 'https://iam.eu-west-1.amazonaws.com'}}",
      at: "aws.endpoints.iam",
      message: /is the endpoint of IAM in eu-west-1, not in us-east-1/,
    },
    {
      text: "aws: {endpoints: {lambda: {eu-west-1: 'https://vpce-1.ec2.eu-west-1.vpce.amazonaws.com'}}}",
      at: "aws.endpoints.lambda.eu-west-1",
      message: /is not an endpoint of Lambda/,
    },
    {
      text: "aws: {endpoints: {lambda: {eu-west-1: 'https://vpce-1.lambda.eu-west-2.vpce.amazonaws.com'}}}",
      at: "aws.endpoints.lambda.eu-west-1",
      message: /of Lambda in eu-west-2, not in eu-west-1/,
    },
    {
      text: "aws: {endpoints: {lambda: {mars-1: 'https://x.example.com'}}}",
      at: "aws.endpoints.lambda.mars-1",
      message: /expected a region of AWS/,
    },
    {
      text: "aws: {endpoints: {sts: 'https://sts.eu-west-1.amazonaws.com'}}",
      at: "aws.endpoints.sts",
      message: /of STS in eu-west-1/,
    },
    {
      text: "aws: {stsRegion: eu-west-2, endpoints: {sts: 'https://sts.eu-west-1.amazonaws.com'}}",
      at: "aws.endpoints.sts",
      message: /in eu-west-1, not in eu-west-2/,
    },
    {
      text: "aws: {endpoints: {iam: {aws-mars: 'https://x.example.com'}}}",
      at: "aws.endpoints.iam.aws-mars",
      message: /expected a partition of AWS: aws, aws-cn/,
    },
    {
      text: "aws: {endpoints: {iam: {aws: 'http://iam.example.com'}}}",
      at: "aws.endpoints.iam.aws",
      message: /http is allowed only to this machine/,
    },
    {
      text: "aws: {endpoints: {iam: 7}}",
      at: "aws.endpoints.iam",
      message: /expected a URL, or a mapping of each partition to its URL/,
    },
    {
      text: "aws: {endpoints: {iam: {aws-cn: 'https://iam.us-east-1.amazonaws.com'}}}",
      at: "aws.endpoints.iam.aws-cn",
      message: /is the endpoint of IAM in us-east-1, not in cn-north-1/,
    },
    {
      text: "aws: {endpoints: {organizations: {aws-cn: 'https://organizations.cn-north-1.amazonaws.com.cn'}}}",
      at: "aws.endpoints.organizations.aws-cn",
      message: /of Organizations in cn-north-1, not in cn-northwest-1/,
    },
    {
      text: "aws: {endpoints: {sts: {eu-west-1: 'https://sts.eu-west-2.amazonaws.com'}}}",
      at: "aws.endpoints.sts.eu-west-1",
      message: /of STS in eu-west-2, not in eu-west-1/,
    },
    {
      text: "aws: {stsRegion: eu-west-2, endpoints: {sts: {eu-west-1: 'https://sts.example.com'}}}",
      at: "aws.endpoints.sts.eu-west-1",
      message: /no call goes to this endpoint: STS is called in eu-west-2/,
    },
    {
      text: "aws: {endpoints: {sts: {us-east-1: 'https://a.example.com', eu-west-1: 'https://b.example.com'}}}",
      at: "aws.endpoints.sts.eu-west-1",
      message: /STS is called in us-east-1/,
    },
    { text: "aws: {stsRegion: nowhere-1}", at: "aws.stsRegion", message: /expected a region of AWS/ },
    {
      text: "aws: {fips: true, stsRegion: eu-west-1}",
      at: "aws.stsRegion",
      message: /STS has no FIPS endpoint in eu-west-1; it has one in us-east-1, us-east-2, us-gov-east-1/,
    },
    {
      text: "aws: {endpoint: 'http://127.0.0.1:1'}",
      at: "aws.endpoint",
      message: /refused unless aws.simulator is true/,
    },
  ])("with $text name the field and what is expected", ({ text, at, message }) => {
    const [problem, ...more] = configFile.problems({ text: `${SMALLEST}${text}\n` });

    expect(more).toEqual([]);
    expect(problem?.where.endsWith(` ${at}`)).toBe(true);
    expect(problem?.message).toMatch(message);
  });
});
