import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CliError } from "../../../../src/cli/toolbox/cli-error.ts";
import type { SimulatorRequest } from "../../../../src/cli/toolbox/simulation.ts";
import type { Installation } from "../../../../src/cli/toolbox/toolbox.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-local-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("run", () => {
  const controller = (stop: () => void, done: Promise<void>): Partial<Installation> => ({
    startController: async () => ({
      url: "http://127.0.0.1:8085",
      standbyOf: null,
      done,
      stop: async () => stop(),
    }),
  });

  test("prints its address, and shuts down cleanly when it is asked to", async () => {
    const asked = new AbortController();
    const done = Promise.withResolvers<void>();
    const running = cli(["run", "--config", "x"], {
      installation: controller(() => done.resolve(), done.promise),
      signal: asked.signal,
    });
    asked.abort();

    expect(await running).toEqual({
      code: 0,
      out: "",
      err: "grantkeeper 1.2.3: instance test-1, mode enforce, API at http://127.0.0.1:8085\n",
    });
  });

  test("that fails is stopped, and is an error", async () => {
    let stops = 0;
    const done = Promise.reject(new CliError("the record can't be written", "free some space"));
    const { code, err } = await cli(["run", "--config", "x"], {
      installation: controller(() => void (stops += 1), done),
    });

    expect(code).toBe(1);
    expect(err).toContain("error: the record can't be written\nhint:  free some space\n");
    expect(stops).toBe(1);
  });

  test("without an operator's file explains how to name one", async () => {
    expect((await cli(["run"], { env: { GRANTKEEPER_CONFIG: "" } })).err).toBe(
      "error: there is no grantkeeper.yaml here\nhint:  name the operator's file with --config or GRANTKEEPER_CONFIG\n",
    );
  });
});

describe("simulator", () => {
  test("prints the variables to set, and closes when it is interrupted", async () => {
    const asked = new AbortController();
    const requests: SimulatorRequest[] = [];
    let closed = false;
    const startSimulator = async (request: SimulatorRequest) => {
      requests.push(request);
      asked.abort();
      const close = async (): Promise<void> => void (closed = true);
      return {
        endpoint: "http://127.0.0.1:7081",
        accessKey: { id: "AKIA1", secret: "s1" },
        estate: null,
        close,
      };
    };

    const { code, out } = await cli(["simulator", "--dir", "manifests", "--port", "7081"], {
      signal: asked.signal,
      startSimulator,
    });

    expect(code).toBe(0);
    expect(out).toContain("export AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=s1\n");
    expect(out).toContain("export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1\n");
    expect(out).toContain(
      "  aws --region eu-west-1 --endpoint-url http://127.0.0.1:7081 sts get-caller-identity\n",
    );
    expect(
      requests.map(({ host, port, worldFile, desired }) => [host, port, worldFile, desired?.bindings.size]),
    ).toEqual([["127.0.0.1", 7081, null, 20]]);
    expect(closed).toBe(true);
  });

  test("puts the base role into the organization of the operator's file", async () => {
    const asked = new AbortController();
    const organizations: (string | null)[] = [];
    const startSimulator = async ({ organization }: SimulatorRequest) => {
      organizations.push(organization);
      asked.abort();
      return { endpoint: "", accessKey: { id: "", secret: "" }, estate: null, close: async () => undefined };
    };
    const bootstrap = {
      baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
      organization: "o-a1b2c3d4e5",
      organizationalUnits: [],
      deployers: [],
      callAs: "SELF" as const,
      functionKeys: {},
      formerRoles: {},
      sources: [],
    };

    await cli(["simulator", "--dir", "manifests", "--config", "x"], {
      signal: asked.signal,
      startSimulator,
      installation: { config: { ...TEST_CONFIG, bootstrap } },
    });

    expect(organizations).toEqual(["o-a1b2c3d4e5"]);
  });

  test("refuses to seed a world that exists already, instead of ignoring --dir", async () => {
    const world = new URL("../../../../package.json", import.meta.url).pathname;

    expect(await cli(["simulator", "--dir", "manifests", "--world", world])).toEqual({
      code: 1,
      out: "",
      err: `error: ${world}: the world exists already, and --dir fills only a new one\nhint:  leave --dir out, or name a new file\n`,
    });
  });

  test("rejects an invalid port", async () => {
    expect((await cli(["simulator", "--port", "70000"])).err).toContain(
      "hint:  expected a port from 0 to 65535",
    );
  });
});

describe("failures", () => {
  const failing = (error: Error): Partial<Installation> => ({
    startController: async () => {
      throw error;
    },
  });

  test("of adapters keep their message", async () => {
    const error = Object.assign(new Error("the database is of a newer version"), { name: "StoreError" });

    expect((await cli(["run", "--config", "x"], { installation: failing(error) })).err).toBe(
      "error: the database is of a newer version\n",
    );
  });

  test("that are bugs are called internal errors, and show their stack only on request", async () => {
    const plain = await cli(["run", "--config", "x"], {
      installation: failing(new TypeError("x is undefined")),
    });
    const debug = await cli(["run", "--config", "x"], {
      installation: failing(new TypeError("x is undefined")),
      env: { GRANTKEEPER_DEBUG: "1" },
    });

    expect(plain.err).toMatch(
      /^error: unexpected: x is undefined\nhint: {2}this is a fault of grantkeeper: .*\n$/,
    );
    expect(debug.err).toContain("local-commands.test.ts");
    expect(plain.code).toBe(1);
  });

  test("caused by an interrupt are not reported", async () => {
    const asked = new AbortController();
    asked.abort();

    expect(
      await cli(["run", "--config", "x"], {
        installation: failing(asked.signal.reason as Error),
        signal: asked.signal,
      }),
    ).toEqual({
      code: 1,
      out: "",
      err: "error: interrupted\n",
    });
  });
});
