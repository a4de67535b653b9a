import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";
import { restoreOverlay } from "../../image/restores.ts";
import { typeErrors, type KubernetesObject } from "../../support/deploy/kubernetes-types.ts";
import { HAS_KUBECTL } from "../../support/kubernetes/kubectl.ts";

const EXAMPLE = join(import.meta.dirname, "../../../deploy/kustomize/example");

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to build the Kustomize example");

interface PodContainer {
  readonly image: string;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string; readonly readOnly?: boolean }[];
}

interface StatefulSet extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly securityContext: object;
        readonly containers: readonly [PodContainer, ...PodContainer[]];
      };
    };
    readonly volumeClaimTemplates: readonly [{ readonly spec: { readonly accessModes: readonly string[] } }];
  };
}

interface NetworkPolicy extends KubernetesObject {
  readonly spec: {
    readonly egress: readonly {
      readonly to?: readonly { readonly ipBlock?: { readonly cidr: string } }[];
      readonly ports: readonly { readonly port: number }[];
    }[];
  };
}

(HAS_KUBECTL ? describe : describe.skip)("the Kustomize example", () => {
  let objects: readonly KubernetesObject[] = [];
  const find = (kind: string): KubernetesObject => {
    const found = objects.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`there is no ${kind}`);
    return found;
  };
  const statefulSet = (): StatefulSet => find("StatefulSet") as StatefulSet;

  beforeAll(() => {
    const text = execFileSync("kubectl", ["kustomize", EXAMPLE], { encoding: "utf8" });
    objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  });

  test("has the types of Kubernetes", () => {
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
      "ConfigMap",
      "Namespace",
      "NetworkPolicy",
      "PersistentVolumeClaim",
      "Service",
      "ServiceAccount",
      "StatefulSet",
    ]);
    expect(typeErrors(objects)).toEqual([]);
  });

  test.each([
    { name: "an unknown field", change: { spec: { replica: 1 } } },
    { name: "a value of another type", change: { spec: { replicas: "1" } } },
  ])("$name would be found", ({ change }) => {
    expect(typeErrors([{ ...find("StatefulSet"), ...change }])).not.toEqual([]);
  });

  test("runs one pod, restricted as its namespace requires, whose image is the overlay's", () => {
    const { spec } = statefulSet();
    const pod = spec.template.spec;

    expect(spec.replicas).toBe(1);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 10_001,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.containers[0].image).toBe("registry.example.com/grantkeeper:0.1.0");
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  test("one pod alone can use the volume, and no other mount but /tmp can be written", () => {
    const { spec } = statefulSet();
    const writable = spec.template.spec.containers[0].volumeMounts.filter(
      ({ readOnly }) => readOnly !== true,
    );

    expect(spec.volumeClaimTemplates[0].spec.accessModes).toEqual(["ReadWriteOncePod"]);
    expect(writable.map(({ mountPath }) => mountPath)).toEqual(["/var/lib/grantkeeper", "/tmp"]);
  });

  test("makes backups on another volume, as restricted as the controller", () => {
    const [controller, backups] = statefulSet().spec.template.spec.containers;
    const writable = backups?.volumeMounts.filter(({ readOnly }) => readOnly !== true);

    expect(backups?.image).toBe(controller.image);
    expect(backups?.securityContext).toEqual(controller.securityContext);
    expect(writable?.map(({ mountPath }) => mountPath)).toEqual(["/var/lib/grantkeeper", "/backups"]);
    expect(find("PersistentVolumeClaim")).toMatchObject({ metadata: { name: "grantkeeper-backups" } });
  });

  test("selects its own pods alone, in the Service and in the NetworkPolicy", () => {
    const labels = { "app.kubernetes.io/name": "grantkeeper" };

    expect(find("StatefulSet")).toMatchObject({ spec: { template: { metadata: { labels } } } });
    expect(find("Service")).toMatchObject({ spec: { selector: labels } });
    expect(find("NetworkPolicy")).toMatchObject({ spec: { podSelector: { matchLabels: labels } } });
  });

  test("reaches the DNS of the cluster and of the node, and not the metadata of the node", () => {
    const { egress } = (find("NetworkPolicy") as NetworkPolicy).spec;
    const dns = egress
      .filter(({ ports }) => ports.some(({ port }) => port === 53))
      .flatMap(({ to = [] }) => to);
    const blocks = egress.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock?.cidr ?? []));

    expect(dns).toEqual([
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } },
      { ipBlock: { cidr: "169.254.20.10/32" } },
    ]);
    expect(blocks).toEqual(["169.254.20.10/32", "169.254.170.23/32", "fd00:ec2::23/128"]);
  });

  test("the service account has its role, and no token of Kubernetes", () => {
    expect(find("ServiceAccount")).toMatchObject({
      automountServiceAccountToken: false,
      metadata: {
        annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::999900001111:role/grantkeeper-base" },
      },
    });
  });

  test("has a component for a restore: no controller, and a pod with its volumes, image and operator's file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "restore-"));
    const text = execFileSync("kubectl", ["kustomize", restoreOverlay(folder)], { encoding: "utf8" });
    await rm(folder, { recursive: true });
    const restoring = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
    const pod = restoring.find(({ kind }) => kind === "Pod");

    expect(typeErrors(restoring)).toEqual([]);
    expect(restoring.find(({ kind }) => kind === "StatefulSet")).toMatchObject({ spec: { replicas: 0 } });
    expect(pod).toMatchObject({
      metadata: { name: "grantkeeper-restore", namespace: "grantkeeper" },
      spec: {
        securityContext: statefulSet().spec.template.spec.securityContext,
        containers: [
          {
            image: "registry.example.com/grantkeeper:0.1.0",
            securityContext: statefulSet().spec.template.spec.containers[0].securityContext,
          },
        ],
        volumes: expect.arrayContaining([
          { name: "state", persistentVolumeClaim: { claimName: "state-grantkeeper-0" } },
          { name: "backups", persistentVolumeClaim: { claimName: "grantkeeper-backups" } },
          { name: "config", configMap: { name: expect.stringMatching(/^grantkeeper-\w+$/) } },
        ]),
      },
    });
  });
});
