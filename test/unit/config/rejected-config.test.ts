import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, NO_FLAGS, SMALLEST } from "./config-file.ts";
import { loadConfig } from "../../../src/config/load-config.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

describe("a rejected configuration", () => {
  test.each([
    {
      text: `${SMALLEST}sweeep: 5m\nhttp: {listn: ":1"}\n`,
      message: ["8:8 http.listn", "7:1 sweeep"],
      because: "at any depth",
    },
    { text: `${SMALLEST}sweeep:\n`, message: ["7:1 sweeep"], because: "without a value too" },
    {
      text: SMALLEST.replace("main\n", "main\n    pth: x\n"),
      message: ["6:5 sources[0].pth"],
      because: "in a list",
    },
  ])("has an unknown field, which is named with line and column: $because", ({ text, message }) => {
    const found = configFile.problems({ text });

    expect(found.map(({ where }) => where.replace(/^.*grantkeeper\.yaml:/, ""))).toEqual(message);
    expect(found.every(({ message }) => /^unknown field "\w+"$/.test(message))).toBe(true);
  });

  test.each([
    { text: `${SMALLEST}mode: enforced\n`, message: 'expected "observe" or "enforce"' },
    {
      text: `${SMALLEST}tokens: [{name: ci, sha256: ${"a".repeat(64)}, scopes: [write], namespaces: ["*"], expires: "2027-01-01T00:00:00Z"}]\n`,
      message: 'expected "read", "reconcile", "suspend" or "approve"',
    },
  ])("has a wrong value and gets the list of valid ones: $message", ({ text, message }) => {
    expect(configFile.problems({ text })).toEqual([
      { where: expect.stringMatching(/grantkeeper\.yaml:7:\d+ /), message },
    ]);
  });

  test.each([
    {
      text: `${SMALLEST}sweeep: 5m\n`,
      message: /unknown field "sweeep"/,
      because: "it has an unknown field",
    },
    {
      text: SMALLEST.replace("prod-1", "Prod_1"),
      message: /\[a-z0-9-\]/,
      because: "the instance can't be used in tags and Sids",
    },
    {
      text: SMALLEST.replace("instance: prod-1", "instance: [a]"),
      message: /^expected a text$/,
      because: "the instance is a list",
    },
    {
      text: `${SMALLEST}webhooks: {gogs: {secretFile: s}}\n`,
      message: /unknown field "gogs"/,
      because: "no sender has this name",
    },
    {
      text: `${SMALLEST}telemetry: {otlp: {endpoint: "otel:4318"}}\n`,
      message: /expected the URL of a collector/,
      because: "the collector has no scheme",
    },
    {
      text: `${SMALLEST}telemetry: {otlp: {endpoint: "https://u:p@otel.example.com"}}\n`,
      message: /belong in a header of the file/,
      because: "the URL has a password",
    },
    {
      text: `${SMALLEST}telemetry: {otlp: {endpoint: "https://otel.example.com?token=x"}}\n`,
      message: /without a query/,
      because: "the URL has a query",
    },
    {
      text: `${SMALLEST}telemetry: {otlp: {endpoint: "https://otel.example.com/v1/traces"}}\n`,
      message: /without \/v1\/traces/,
      because: "the path of the protocol is added by itself",
    },
    {
      text: `${SMALLEST}telemetry: {otlp: {endpoint: "http://otel.example.com", headersFile: h}}\n`,
      message: /expected an https endpoint/,
      because: "a token would be sent in plain text",
    },
    {
      text: `${SMALLEST}audit: {retention: 7d}\n`,
      message: /expected at least 30d/,
      because: "entries are removed while decisions may need them",
    },
    {
      text: `${SMALLEST}audit: {archive: /old}\n`,
      message: /archive belongs to retention/,
      because: "nothing is removed that could be archived",
    },
    {
      text: `${SMALLEST}sweep: soon\n`,
      message: /expected a duration/,
      because: "a duration has no unit",
    },
    {
      text: `${SMALLEST}sweep: 10s\n`,
      message: /at least 1m/,
      because: "the sweep is shorter than AWS allows",
    },
    {
      text: `${SMALLEST}aws: {endpoint: "http://127.0.0.1:1"}\n`,
      message: /refused unless aws.simulator/,
      because: "it has an endpoint but does not declare a simulator",
    },
    {
      text: `${SMALLEST}aws: {propagationWait: 0s}\n`,
      message: /only with aws.simulator: true/,
      because: "the propagation wait on AWS is too short",
    },
    {
      text: `${SMALLEST}aws: {simulator: true, settle: 0s}\n`,
      message: /unknown field "settle": it is now "propagationWait"/,
      because: "it has the old name of propagationWait",
    },
    {
      text: `${SMALLEST}http: {listen: "8085"}\n`,
      message: /HOST:PORT/,
      because: "the listen address has no host",
    },
    {
      text: `${SMALLEST}http: {tls: {certFile: tls.crt}}\n`,
      message: /expected both certFile and keyFile, or none of them/,
      because: "a certificate needs its key",
    },
    {
      text: `${SMALLEST}http: {tls: {listen: "8443"}}\n`,
      message: /HOST:PORT/,
      because: "the address of the listener with TLS has no host",
    },
    {
      text: `${SMALLEST}http: {listen: "127.0.0.1:99999"}\n`,
      message: /HOST:PORT/,
      because: "the port exceeds 65535",
    },
    {
      text: `${SMALLEST}alerts: [{webhook: "ftp://x", secretFile: s}]\n`,
      message: /http or https/,
      because: "the alert route is not a web address",
    },
    {
      text: `${SMALLEST}tokens: [{name: ci, sha256: abc, scopes: [read], namespaces: ["*"], expires: "2027-01-01T00:00:00Z"}]\n`,
      message: /64 hex/,
      because: "a token is not hashed",
    },
    {
      text: `${SMALLEST}tokens: [{name: ci, sha256: ${"a".repeat(64)}, scopes: [read], namespaces: ["*"], expires: "2027-01-01"}]\n`,
      message: /with zone/,
      because: "an expiry has no time zone",
    },
    {
      text: `${SMALLEST}bootstrap: {baseRole: arn:aws:iam::999900001111:user/ann}\n`,
      message: /expected the ARN of a role/,
      because: "a user is not a base role",
    },
    {
      text: `${SMALLEST}bootstrap: {baseRole: "arn:aws:iam::999900001111:role/base", deployers: ["arn:aws:iam::*:role/*"]}\n`,
      message: /two characters at least/,
      because: "every role could change the roles of Grantkeeper",
    },
    {
      text: `${SMALLEST}bootstrap: {baseRole: "arn:aws:iam::999900001111:role/base", functionKeys: {prod: ["arn:aws:kms:eu-west-1:222222222222:alias/orders"]}}\n`,
      message: /not of an alias/,
      because: "IAM policies name keys and never aliases",
    },
    { text: "- a list\n", message: /expected a mapping/, because: "it is not a mapping" },
    { text: "instance: a\ninstance: b\n", message: /duplicate key "instance"/, because: "a key is repeated" },
    { text: "instance: [\n", message: /./, because: "it is not YAML" },
  ])("$because", ({ text, message }) => {
    const found = configFile.problems({ text });

    expect(found.map((problem) => problem.message).join("\n")).toMatch(message);
  });

  test("gets all its problems together, each with its place", () => {
    const found = configFile.problems({
      text: `${SMALLEST.replace("prod-1", "P")}sweep: x\nmode: on\nfoo: 1\n`,
    });

    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(found.every((problem) => problem.where.includes("grantkeeper.yaml"))).toBe(true);
    expect(found.some((problem) => /grantkeeper\.yaml:7:8 sweep/.test(problem.where))).toBe(true);
  });

  test("is missing, and the message names the flag", () => {
    const result = loadConfig({ file: join(configFile.folder, "none.yaml"), env: {}, flags: NO_FLAGS });

    expect(result).toMatchObject({
      kind: "err",
      error: [{ where: join(configFile.folder, "none.yaml"), fix: expect.stringContaining("--config") }],
    });
  });

  test("has two tokens of one name, so that the actor in the record would be ambiguous", () => {
    const token = `{name: ci, sha256: ${"a".repeat(64)}, scopes: [read], namespaces: ["*"], expires: "2027-01-01T00:00:00Z"}`;

    expect(configFile.problems({ text: `${SMALLEST}tokens: [${token}, ${token}]\n` })[0]?.message).toMatch(
      /duplicate token name/,
    );
  });

  test("has a group of approvers with a token that may not approve", () => {
    const token = `{name: ci, sha256: ${"a".repeat(64)}, scopes: [read], namespaces: ["*"], expires: "2027-01-01T00:00:00Z"}`;
    const text = `${SMALLEST}tokens: [${token}]\napprovers: {security: [ci]}\n`;

    expect(configFile.problems({ text })[0]?.message).toBe(
      'token "ci" may approve nothing: add approve to its scopes',
    );
  });

  test("has a group of approvers with an unknown token", () => {
    const [problem] = configFile.problems({ text: `${SMALLEST}approvers: {security: [local, dana]}\n` });

    expect(problem?.where).toMatch(/approvers\.security\[1\]$/);
    expect(problem?.message).toBe('no token is named "dana"');
  });

  test.each([
    { member: "https://idp.example.com#00u1", problem: /^$/, because: "a person of the provider" },
    { member: "https://idp.example.com#", problem: /is not a person/, because: "it names no one" },
    { member: "https://other.example.com#00u1", problem: /is not a person/, because: "of another provider" },
    { member: "Dana <https://idp.example.com#00u1>", problem: /is not a person/, because: "with a name" },
    { member: "https://idp.example.com#dana%20ruiz", problem: /^$/, because: "as the record has it" },
    {
      member: "https://idp.example.com#dana ruiz",
      problem: /expected https:\/\/idp\.example\.com#dana%20ruiz$/,
      because: "the record escapes a space",
    },
    { member: "https://idp.example.com#a#b", problem: /#a%23b$/, because: "the record escapes a hash" },
    { member: "https://idp.example.com#100%", problem: /#100%25$/, because: "the record escapes a percent" },
    { member: "https://idp.example.com#%41", problem: /#%2541$/, because: "the record never escapes an A" },
  ])("has a group of approvers with $member: $because", ({ member, problem }) => {
    const grants = "[{group: all, scopes: [approve], namespaces: ['*']}]";
    const oidc = `{issuer: "https://idp.example.com", clientId: gk, clientSecretFile: s, grants: ${grants}}`;
    const http = `http: {publicUrl: "https://gk.example.com", oidc: ${oidc}}\n`;

    const found = configFile.problems({ text: `${SMALLEST}${http}approvers: {security: ["${member}"]}\n` });

    expect(found.map(({ message }) => message).join()).toMatch(problem);
  });
});
