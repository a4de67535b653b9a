import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse, type ScalarTag } from "yaml";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import { imageSettings } from "../../../tools/image/dockerfile.ts";
import { templateErrors } from "../../support/screens/bootstrap.ts";

const ROOT = join(import.meta.dirname, "../../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const has = (program: string, ...args: readonly string[]): boolean =>
  process.env["CI"] === "true" || spawnSync(program, args).status === 0;
const IMAGE = imageSettings(read("Dockerfile"));
const UNIT = "deploy/systemd/grantkeeper.service";
const COMPOSE = "deploy/compose/compose.yaml";

(has("systemd-analyze", "--version") ? describe : describe.skip)("the systemd unit", () => {
  test("is valid", async () => {
    const folder = await mkdtemp(join(tmpdir(), "unit-"));
    // systemd checks that the program exists, which is not installed here.
    const file = join(folder, "grantkeeper.service");
    writeFileSync(file, read(UNIT).replace("ExecStart=grantkeeper run", "ExecStart=true"));

    const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], {
      encoding: "utf8",
    });
    await rm(folder, { recursive: true });

    expect({ status, stderr: stderr.split("\n").filter((line) => line.includes("grantkeeper")) }).toEqual({
      status: 0,
      stderr: [],
    });
  });

  test("is exposed to at most 1.5 of 10, as systemd rates it", () => {
    const args = ["security", "--offline=true", "--threshold=15", join(ROOT, UNIT)];

    expect(spawnSync("systemd-analyze", args).status).toBe(0);
  });
});

(has("docker-compose", "version") ? describe : describe.skip)("the compose file", () => {
  test("is valid, and as restricted as the image allows", () => {
    const args = ["--file", join(ROOT, COMPOSE), "config", "--format", "json"];
    const out = execFileSync("docker-compose", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { services } = JSON.parse(out) as { readonly services: Readonly<Record<string, object>> };

    expect(Object.keys(services).toSorted()).toEqual(["backups", "grantkeeper"]);
    for (const service of Object.values(services))
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        stop_grace_period: "30s",
      });
  });
});

const ROLE = "arn:aws:iam::999900001111:role/any";
/** A value for each function of CloudFormation, since the schemas describe the results. */
const FUNCTIONS: readonly ScalarTag[] = [
  { tag: "!Sub", resolve: (text) => text.replace("${AWS::Partition}", "aws") },
  { tag: "!GetAtt", resolve: () => ROLE },
  { tag: "!Ref", resolve: (text) => (text === "Subnets" ? ["subnet-0a1b2c3d"] : ROLE) },
];

interface Container {
  readonly Name: string;
  readonly User: string;
  readonly ReadonlyRootFilesystem?: boolean;
  readonly HealthCheck?: { readonly Command: readonly string[] };
  readonly MountPoints: readonly {
    readonly SourceVolume: string;
    readonly ContainerPath: string;
    readonly ReadOnly?: boolean;
  }[];
}

describe("the template of ECS", () => {
  const template = parse(read("deploy/ecs/template.yaml"), {
    customTags: [...FUNCTIONS],
  }) as CloudFormationTemplate;

  test("has the resource types of CloudFormation", async () => {
    expect(await templateErrors(template)).toEqual([]);
  });

  test("runs the controller as the image's user on a root that cannot be written, with its health check", () => {
    const { ContainerDefinitions } = (template.Resources["Task"]?.Properties ?? {}) as {
      readonly ContainerDefinitions: readonly Container[];
    };
    const controller = ContainerDefinitions.find(({ Name }) => Name === "grantkeeper");

    expect(controller).toMatchObject({
      User: IMAGE.User,
      ReadonlyRootFilesystem: true,
      HealthCheck: { Command: IMAGE.Healthcheck["Test"] },
      LinuxParameters: { Capabilities: { Drop: ["ALL"] } },
    });
  });

  test("keeps the state on a volume that outlives the task, on the instance that has it", () => {
    const { Volumes, ContainerDefinitions } = (template.Resources["Task"]?.Properties ?? {}) as {
      readonly Volumes: readonly {
        readonly Name: string;
        readonly Host?: { readonly SourcePath?: string };
      }[];
      readonly ContainerDefinitions: readonly Container[];
    };
    const controller = ContainerDefinitions.find(({ Name }) => Name === "grantkeeper");
    const state = controller?.MountPoints.find(({ ContainerPath }) =>
      IMAGE.Env.includes(`GRANTKEEPER_STATE_DIR=${ContainerPath}`),
    );

    // A volume without a path of the host is deleted with its task.
    expect(Volumes.find(({ Name }) => Name === state?.SourceVolume)?.Host?.SourcePath).toMatch(/^\//);
    expect(state?.ReadOnly ?? false).toBe(false);
    expect(Volumes.find(({ Name }) => Name === "backups")?.Host?.SourcePath).toMatch(/^\//);
    expect(template.Resources["Task"]?.Properties).toMatchObject({ RequiresCompatibilities: ["EC2"] });
    expect(template.Resources["Service"]?.Properties).toMatchObject({
      PlacementConstraints: [{ Type: "memberOf", Expression: "attribute:grantkeeper.state == yes" }],
    });
  });

  test("ends the old task before it starts the new one", () => {
    expect(template.Resources["Service"]?.Properties).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MaximumPercent: 100, MinimumHealthyPercent: 0 },
    });
  });
});

test("the operator's file of the Kustomize example is valid, and starts in observe", () => {
  const file = join(ROOT, "deploy/kustomize/example/grantkeeper.yaml");
  const loaded = loadConfig({ file, env: {}, flags: { observe: false, stateDir: null, listen: null } });

  expect(loaded).toMatchObject({ kind: "ok", value: { mode: "observe" } });
});
