import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { parse, parseAllDocuments, type ScalarTag } from "yaml";
import { loadConfig } from "../../../src/config/load-config.ts";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import { typeErrors, type KubernetesObject } from "../../support/deploy/kubernetes-types.ts";
import { HAS_KUBECTL } from "../../support/kubernetes/kubectl.ts";
import { templateErrors } from "../../support/screens/bootstrap.ts";

const DEPLOY = join(import.meta.dirname, "../../../deploy");
const OVERLAY = join(DEPLOY, "kustomize/example-replicas");

interface PodContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: object;
}

interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [PodContainer, ...PodContainer[]];
        readonly initContainers: readonly [PodContainer, ...PodContainer[]];
        readonly volumes: readonly { readonly name: string; readonly secret?: object }[];
      };
    };
  };
}

(HAS_KUBECTL ? describe : describe.skip)("the Kustomize example with three replicas", () => {
  let objects: readonly KubernetesObject[] = [];
  const find = (kind: string): KubernetesObject => {
    const found = objects.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`there is no ${kind}`);
    return found;
  };
  const pod = () => (find("StatefulSet") as StatefulSet).spec.template.spec;

  beforeAll(() => {
    const text = execFileSync("kubectl", ["kustomize", OVERLAY], { encoding: "utf8" });
    objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  });

  test("has the types of Kubernetes, and no volume or container for backups", () => {
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
      "ConfigMap",
      "Namespace",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "Service",
      "ServiceAccount",
      "StatefulSet",
    ]);
    expect(typeErrors(objects)).toEqual([]);
    expect(pod().containers.map(({ name }) => name)).toEqual(["grantkeeper"]);
    expect(pod().volumes.map(({ name }) => name)).not.toContain("backups");
  });

  test("runs each of three replicas on a node of its own, and lets one at a time be evicted", () => {
    const labels = { "app.kubernetes.io/name": "grantkeeper" };

    expect(find("StatefulSet")).toMatchObject({
      spec: {
        replicas: 3,
        updateStrategy: { type: "RollingUpdate" },
        template: {
          metadata: { labels },
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } },
                ],
              },
            },
          },
        },
      },
    });
    expect(find("PodDisruptionBudget")).toMatchObject({
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    });
  });

  test("a standby counts as ready for an update, and knows its own address for the other replicas", () => {
    const [controller] = pod().containers;
    const names = controller.env.map(({ name }) => name);

    expect(controller).toMatchObject({
      readinessProbe: { httpGet: { path: "/readyz?standbyok=true", port: "http" } },
      livenessProbe: { httpGet: { path: "/healthz" } },
      env: expect.arrayContaining([
        { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
        { name: "GRANTKEEPER_REPLICA_URL", value: "http://$(POD_IP):8085" },
      ]),
    });
    // A variable refers only to those before it.
    expect(names.indexOf("POD_IP")).toBeLessThan(names.indexOf("GRANTKEEPER_REPLICA_URL"));
  });

  test("the replicas reach each other and port 5432, and keep the rules of the base", () => {
    const replicas = { podSelector: { matchLabels: { "app.kubernetes.io/name": "grantkeeper" } } };
    const client = { podSelector: { matchLabels: { "grantkeeper.dev/client": "true" } } };

    expect(find("NetworkPolicy")).toMatchObject({
      spec: {
        ingress: [
          { from: expect.arrayContaining([client]), ports: [{ port: "http" }] },
          { from: [replicas], ports: [{ port: "http" }] },
        ],
        egress: expect.arrayContaining([
          { to: [replicas], ports: [{ port: 8085, protocol: "TCP" }] },
          { ports: [{ port: 5432, protocol: "TCP" }] },
          { ports: expect.arrayContaining([{ port: 443, protocol: "TCP" }]) },
        ]),
      },
    });
  });

  test("the container for the audit key is restricted as the controller, and waits for a Secret that must exist", () => {
    const [before] = pod().initContainers;
    const [controller] = pod().containers;

    expect(before.image).toBe(controller.image);
    expect(before.securityContext).toEqual(controller.securityContext);
    expect(pod().volumes.find(({ name }) => name === "audit-key")?.secret).toEqual({
      secretName: "grantkeeper-audit-key",
      defaultMode: 0o440,
    });
  });

  describe("its container for the audit key", () => {
    let folder = "";
    const key = (name: string): string => join(folder, "secret", name);
    const state = (name: string): string => join(folder, "state", name);
    const run = () => {
      const [, ...args] = pod().initContainers[0].command ?? [];
      const script = args.map((text) => text.replaceAll("/run/secrets/audit-key", join(folder, "secret")));
      const env = { ...process.env, GRANTKEEPER_STATE_DIR: join(folder, "state") };
      return spawnSync("sh", script, { env, encoding: "utf8" });
    };

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "replica-"));
      mkdirSync(join(folder, "secret"));
      writeFileSync(key("audit-key.pem"), "private\n", { mode: 0o440 });
      writeFileSync(key("audit-key.pub.pem"), "public\n");
    });

    afterEach(() => rm(folder, { recursive: true }));

    test("copies both files where the controller reads them, the private one for its owner alone, also the second time", () => {
      const codes = [run().status, run().status];

      expect(codes).toEqual([0, 0]);
      expect(statSync(join(folder, "state")).mode & 0o777).toBe(0o700);
      expect(statSync(state("audit-key.pem")).mode & 0o777).toBe(0o600);
      expect(readFileSync(state("audit-key.pem"), "utf8")).toBe("private\n");
      expect(readFileSync(state("audit-key.pub.pem"), "utf8")).toBe("public\n");
    });

    test("fails if the Secret has one of the files alone", async () => {
      await rm(key("audit-key.pub.pem"));

      expect(run().status).not.toBe(0);
    });
  });
});

test("the operator's file of the example with replicas is valid, names a database and the network of the pods, and starts in observe", () => {
  const env = { GRANTKEEPER_REPLICA_URL: "http://10.42.0.7:8085" };
  const file = join(OVERLAY, "grantkeeper.yaml");
  const loaded = loadConfig({ file, env, flags: { observe: false, stateDir: null, listen: null } });

  expect(loaded).toMatchObject({
    kind: "ok",
    value: {
      mode: "observe",
      database: { tls: { kind: "verify-full" } },
      http: { replicaUrl: "http://10.42.0.7:8085", trustedProxies: ["10.42.0.0/16"] },
    },
  });
});

test("both examples run the same image", () => {
  const imagesOf = (overlay: string): unknown =>
    (parse(readFileSync(join(DEPLOY, "kustomize", overlay, "kustomization.yaml"), "utf8")) as object)[
      "images" as never
    ];

  expect(imagesOf("example-replicas")).toEqual(imagesOf("example"));
});

const ROLE = "arn:aws:iam::999900001111:role/any";
/** A value for each function of CloudFormation, since the schemas describe the results. */
const FUNCTIONS: readonly ScalarTag[] = [
  { tag: "!Sub", resolve: (text) => text.replace("${AWS::Partition}", "aws") },
  { tag: "!GetAtt", resolve: () => ROLE },
  { tag: "!Ref", resolve: (text) => (text === "Subnets" ? ["subnet-0a1b2c3d"] : `ref:${text}`) },
];

describe("the template of ECS with three replicas", () => {
  const template = parse(readFileSync(join(DEPLOY, "ecs/replicas.yaml"), "utf8"), {
    customTags: [...FUNCTIONS],
  }) as CloudFormationTemplate;

  test("has the resource types of CloudFormation", async () => {
    expect(await templateErrors(template)).toEqual([]);
  });

  test("replaces one replica after the other, each on an instance of its own", () => {
    expect(template.Resources["Service"]?.Properties).toMatchObject({
      DesiredCount: 3,
      // The number that stays is rounded up: two of three. With more than 66 % it would be all of them.
      DeploymentConfiguration: { MaximumPercent: 100, MinimumHealthyPercent: 60 },
      PlacementConstraints: expect.arrayContaining([{ Type: "distinctInstance" }]),
      NetworkConfiguration: {
        AwsvpcConfiguration: { SecurityGroups: ["ref:SecurityGroup", "ref:ReplicaGroup"] },
      },
    });
  });

  test("the replicas reach each other and the database, and the load balancer reaches them", () => {
    expect(template.Resources["SecurityGroup"]?.Properties).toMatchObject({
      SecurityGroupIngress: [
        { FromPort: 8085, SourceSecurityGroupId: "ref:LoadBalancerSecurityGroup" },
        { FromPort: 8085, SourceSecurityGroupId: "ref:ReplicaGroup" },
      ],
      SecurityGroupEgress: expect.arrayContaining([
        expect.objectContaining({ FromPort: 5432, DestinationSecurityGroupId: "ref:DatabaseSecurityGroup" }),
        expect.objectContaining({ FromPort: 8085, DestinationSecurityGroupId: "ref:ReplicaGroup" }),
      ]),
    });
  });

  test("may read every secret that its first container gets", () => {
    const { ContainerDefinitions } = (template.Resources["Task"]?.Properties ?? {}) as {
      readonly ContainerDefinitions: readonly {
        readonly Secrets?: readonly { readonly ValueFrom: string }[];
      }[];
    };
    const { Policies } = (template.Resources["ExecutionRole"]?.Properties ?? {}) as {
      readonly Policies: readonly [
        { readonly PolicyDocument: { readonly Statement: readonly [{ readonly Resource: unknown }] } },
      ];
    };

    expect(ContainerDefinitions[0]?.Secrets?.map(({ ValueFrom }) => ValueFrom)).toEqual(
      Policies[0].PolicyDocument.Statement[0].Resource,
    );
  });
});
