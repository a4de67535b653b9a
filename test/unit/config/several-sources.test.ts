import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const ORDERS = `  - namespace: orders
    path: ./deploy/permissions/
    git: {url: https://git.example.com/orders.git, branch: main}
`;

const withSource = (text: string): string => `${SMALLEST}${text}`;

describe("a source with a namespace", () => {
  test("is named after it, and has a path and secrets of its own", () => {
    const hooks = "    webhooks: {github: {secretFile: hook}}\n    interval: 5m\n";

    const { source, namespaceSources } = configFile.loaded({ text: withSource(ORDERS + hooks) });

    expect(source.name).toBe("main");
    expect(namespaceSources).toMatchObject([
      {
        name: "orders",
        namespace: "orders",
        manifestPath: "deploy/permissions",
        intervalMs: 300_000,
        webhooks: { github: join(configFile.folder, "hook") },
        url: "https://git.example.com/orders.git",
      },
    ]);
  });

  test("may be in the repository of another one, next to its folder", () => {
    const text = withSource(
      ORDERS.replace("orders.git", "p.git") +
        ORDERS.replace("namespace: orders", "namespace: payments")
          .replace("orders.git", "p.git")
          .replace("deploy/", "deploy/payments/"),
    );

    expect(configFile.loaded({ text }).namespaceSources.map(({ namespace }) => namespace)).toEqual([
      "orders",
      "payments",
    ]);
  });

  test.each([
    {
      text: ORDERS.replace("    path: ./deploy/permissions/\n", ""),
      message: "a source of one namespace has path",
      because: "every file of the repository would be a manifest",
    },
    {
      text: `${ORDERS}    tenantPath: teams\n`,
      message: "neither platformPath nor tenantPath",
      because: "it has no teams",
    },
    {
      text: `${ORDERS}    name: orders-api\n`,
      message: "expected either name (the platform source) or namespace",
      because: "two names would be mistaken for each other",
    },
    {
      text: ORDERS.replace("namespace: orders", "namespace: platform"),
      message: "platform is not a namespace of a team",
      because: "the platform has its own source",
    },
    {
      text: ORDERS.replace("namespace: orders", "namespace: Orders"),
      message: "expected lower-case letters, digits and dashes",
      because: "a namespace has no capital letters",
    },
    {
      text: ORDERS + ORDERS.replace("orders.git", "other.git"),
      message: 'duplicate source "orders"',
      because: "a namespace has one source",
    },
    {
      text: ORDERS.replace("namespace: orders", "namespace: main"),
      message: 'duplicate source "main"',
      because: "the record knows a source by its name",
    },
    {
      text: ORDERS.replace("namespace: orders", "name: second").replace(
        "    path: ./deploy/permissions/\n",
        "",
      ),
      message: '"main" is the platform source already',
      because: "one source declares what counts for all",
    },
    {
      text: ORDERS.replace("orders.git", "p.git").replace("./deploy/permissions/", "teams/orders"),
      message: 'source "main" reads the same folder, or one above or below it',
      because: "a manifest belongs to one namespace",
    },
    {
      text:
        ORDERS +
        ORDERS.replace("namespace: orders", "namespace: payments")
          .replace("orders.git", "orders")
          .replace("/permissions/", ""),
      message: 'source "orders" reads the same folder, or one above or below it',
      because: "the same repository may be written in two ways",
    },
    {
      text: ORDERS.replace(
        "branch: main",
        "branch: main, githubApp: {appId: 1, installationId: 2, privateKeyFile: k, apiUrl: 'http://h'}",
      ),
      message: "expected an https URL: the App's tokens must not be readable on the way",
      because: "each source has its own credentials",
    },
  ])("is refused: $because", ({ text, message }) => {
    expect(configFile.problems({ text: withSource(text) }).map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

test("the platform source has no path of its own", () => {
  const [problem] = configFile.problems({ text: `${SMALLEST}    path: teams\n` });

  expect(problem?.message).toContain("path and webhooks belong to a source of one namespace");
});

test("a list without the platform source is refused", () => {
  const text = `instance: a\nstateDir: s\nsources:\n${ORDERS}`;

  expect(configFile.problems({ text }).map(({ message }) => message)).toEqual([
    "expected the platform source: the one that has a name, and no namespace",
  ]);
});
