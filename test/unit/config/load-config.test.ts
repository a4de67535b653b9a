import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

describe("the smallest configuration", () => {
  test("observes, listens on loopback and limits deletes", () => {
    const config = configFile.loaded({ text: SMALLEST });

    expect(config.mode).toBe("observe");
    expect(config.http).toEqual({
      host: "127.0.0.1",
      port: 8085,
      tls: null,
      publicUrl: null,
      replicaUrl: null,
      trustedProxies: [],
      oidc: null,
    });
    expect(config.limits).toEqual({ deletes: 3, changedCount: 10, changedShare: 0.2 });
    expect(config.source).toMatchObject({
      kind: "git",
      platformPath: "platform",
      tenantPath: "teams",
      intervalMs: 60_000,
    });
    expect(config.aws).toMatchObject({ endpoint: null, simulator: false });
  });

  test("has no listener with TLS; an empty section adds one on loopback, with a certificate of its own", () => {
    const tls = { host: "127.0.0.1", port: 8443, files: null };

    expect(configFile.loaded({ text: `${SMALLEST}http: {tls: {}}\n` }).http).toEqual({
      host: "127.0.0.1",
      port: 8085,
      tls,
      publicUrl: null,
      replicaUrl: null,
      trustedProxies: [],
      oidc: null,
    });
  });

  test("keeps the listener with TLS when a flag names another address for the plain one", () => {
    const text = `${SMALLEST}http: {tls: {listen: "10.0.0.5:443", certFile: tls.crt, keyFile: /etc/tls.key}}\n`;

    expect(configFile.loaded({ text, flags: { listen: "127.0.0.1:9" } }).http).toEqual({
      host: "127.0.0.1",
      port: 9,
      publicUrl: null,
      replicaUrl: null,
      trustedProxies: [],
      oidc: null,
      tls: {
        host: "10.0.0.5",
        port: 443,
        files: { certFile: join(configFile.folder, "tls.crt"), keyFile: "/etc/tls.key" },
      },
    });
  });

  test("declares nothing about Grantkeeper's own roles; without an organization the trust requires none", () => {
    const section = 'bootstrap: {baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base"}\n';

    expect(configFile.loaded({ text: SMALLEST }).bootstrap).toBeNull();
    expect(configFile.loaded({ text: SMALLEST + section }).bootstrap).toEqual({
      baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
      organization: null,
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF",
      functionKeys: {},
      formerRoles: {},
      sources: [],
    });
  });

  test("is deeply frozen", () => {
    const config = configFile.loaded({ text: SMALLEST });

    expect(Object.isFrozen(config.limits)).toBe(true);
    expect(Object.isFrozen(config.source)).toBe(true);
  });

  test('compares folders of the source without "./" and a slash at the end', () => {
    const paths = "    platformPath: ./platform\n    tenantPath: ./lambda/teams/\n";
    const config = configFile.loaded({ text: SMALLEST + paths });

    expect(config.source).toMatchObject({ platformPath: "platform", tenantPath: "lambda/teams" });
  });

  test("resolves paths from the file's own folder", () => {
    expect(configFile.loaded({ text: SMALLEST }).stateDir).toBe(join(configFile.folder, "state"));
  });
});

describe("the precedence of settings", () => {
  test.each([
    { env: {}, flags: {}, stateDir: "state", because: "the file is used alone" },
    {
      env: { GRANTKEEPER_STATE_DIR: "", GRANTKEEPER_LISTEN: "", GRANTKEEPER_MODE: "" },
      flags: {},
      stateDir: "state",
      because: "an empty variable counts as unset",
    },
    {
      env: { GRANTKEEPER_STATE_DIR: "fromEnv" },
      flags: {},
      stateDir: "fromEnv",
      because: "the environment overrides the file",
    },
    {
      env: { GRANTKEEPER_STATE_DIR: "fromEnv" },
      flags: { stateDir: "fromFlag" },
      stateDir: "fromFlag",
      because: "a flag overrides both",
    },
  ])("$because", ({ env, flags, stateDir }) => {
    expect(configFile.loaded({ text: SMALLEST, env, flags }).stateDir).toBe(
      join(configFile.folder, stateDir),
    );
  });

  test("lets --observe lower the mode and no flag raise it", () => {
    expect(configFile.loaded({ text: `${SMALLEST}mode: enforce\n`, flags: { observe: true } }).mode).toBe(
      "observe",
    );
    expect(configFile.loaded({ text: `${SMALLEST}mode: enforce\n` }).mode).toBe("enforce");
  });
});

describe("a configuration for a simulator", () => {
  test("may have shorter waits, and its endpoint is the simulator", () => {
    const config = configFile.loaded({
      text: `${SMALLEST}sweep: 1s\naws: {endpoint: "http://127.0.0.1:7081", simulator: true, propagationWait: 0s, deleteQuiet: 1s, revert: {other: 0s}}\n`,
    });

    expect(config.aws).toMatchObject({
      endpoint: "http://127.0.0.1:7081",
      simulator: true,
      propagationWaitMs: 0,
      deleteQuietMs: 1_000,
      revertOtherMs: 0,
    });
  });
});

test("a collector has its URL without a slash at the end, and a file relative to this one; there is none by default", () => {
  const collected = configFile.loaded({
    text: `${SMALLEST}telemetry: {otlp: {endpoint: "https://otel.example.com/a/", headersFile: h}}\n`,
  });
  expect(collected.otlp).toEqual({
    endpoint: "https://otel.example.com/a",
    headersFile: join(configFile.folder, "h"),
  });
  expect(configFile.loaded({ text: SMALLEST }).otlp).toBeNull();
});

test("an archive of the audit is relative to the file; without retention, every entry is kept", () => {
  const retained = configFile.loaded({ text: `${SMALLEST}audit: {retention: 400d, archive: old}\n` });

  expect(retained.audit).toEqual({
    stdout: false,
    retention: { afterMs: 400 * 86_400_000, archive: join(configFile.folder, "old") },
  });
  expect(configFile.loaded({ text: SMALLEST }).audit).toEqual({ stdout: false, retention: null });
});

test("webhooks name their files relative to the file, by sender", () => {
  const { webhooks } = configFile.loaded({
    text: `${SMALLEST}webhooks: {github: {secretFile: g}, gitlab-token: {secretFile: /run/t}}\n`,
  });

  expect(webhooks).toEqual({ github: join(configFile.folder, "g"), "gitlab-token": "/run/t" });
});
