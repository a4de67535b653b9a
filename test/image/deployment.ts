import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** What a container gets at a path. */
export interface DeployedMount {
  readonly at: string;
  readonly what: "state" | "backups" | "config" | "secrets" | "audit-key" | "tmp";
  readonly writable: boolean;
  /** Of a file system in memory; null: it is none. */
  readonly sizeBytes: number | null;
}

/** A container as one file of deploy/ describes it. What the file leaves to the image is null. */
export interface Deployment {
  readonly name: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly volumeGroup: number | null } | null;
  /** Replaces entry point and command of the image. */
  readonly args: readonly string[] | null;
  readonly env: readonly string[];
  /** Variables whose values the platform takes from a secret. */
  readonly secretEnv: readonly string[];
  readonly umask: number | null;
  readonly isRootReadOnly: boolean;
  readonly memoryBytes: number | null;
  readonly tasks: number | null;
  readonly mounts: readonly DeployedMount[];
  /** Programs that must succeed in the container, and URLs that must answer. */
  readonly checks: { readonly commands: readonly (readonly string[])[]; readonly urls: readonly string[] };
  readonly stopsWithinMs: number;
}

const DEPLOY = join(import.meta.dirname, "../../deploy");
export const MIB = 1_048_576;
export const read = (file: string): string => readFileSync(join(DEPLOY, file), "utf8");
const WHAT: Readonly<Record<string, DeployedMount["what"]>> = {
  "/var/lib/grantkeeper": "state",
  "/backups": "backups",
  "/etc/grantkeeper": "config",
  "/etc/grantkeeper/grantkeeper.yaml": "config",
  "/run/secrets/grantkeeper": "secrets",
  "/run/secrets/audit-key": "audit-key",
  "/tmp": "tmp",
};

export function mountAt(at: string, writable: boolean, sizeBytes: number | null = null): DeployedMount {
  const what = WHAT[at];
  if (what === undefined) throw new Error(`the tests know nothing of a mount at ${at}`);
  return { at, what, writable, sizeBytes };
}

interface ComposeService {
  readonly entrypoint: readonly string[] | null;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly stop_grace_period: string;
  readonly tmpfs?: readonly string[];
  readonly volumes: readonly { readonly target: string; readonly read_only?: boolean }[];
}

/**
 * @param healthcheck of the image, which the file does not replace
 * @param env of the person who runs `docker compose`
 */
export function composeDeployments(
  healthcheck: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly Deployment[] {
  const file = join(DEPLOY, "compose/compose.yaml");
  const out = execFileSync("docker-compose", ["--file", file, "config", "--format", "json"], {
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const { services } = JSON.parse(out) as {
    readonly services: { readonly grantkeeper: ComposeService; readonly backups: ComposeService };
  };
  return [
    { ...serviceDeployment(services.grantkeeper, healthcheck), name: "compose" },
    { ...serviceDeployment(services.backups, null), name: "compose-backups" },
  ];
}

function serviceDeployment(
  found: ComposeService,
  healthcheck: readonly string[] | null,
): Omit<Deployment, "name"> {
  return {
    user: null,
    args: found.entrypoint,
    env: Object.entries(found.environment ?? {}).flatMap(([name, value]) =>
      value === "" ? [] : `${name}=${value}`,
    ),
    secretEnv: [],
    umask: null,
    isRootReadOnly: found.read_only,
    memoryBytes: Number(found.mem_limit),
    tasks: found.pids_limit,
    mounts: [
      ...found.volumes.map(({ target, read_only }) => mountAt(target, read_only !== true)),
      ...(found.tmpfs ?? []).map((text) => {
        const [at = "", size = ""] = text.split(/:size=|m,/);
        return mountAt(at, true, Number(size) * MIB);
      }),
    ],
    checks: { commands: healthcheck === null ? [] : [healthcheck], urls: [] },
    stopsWithinMs: Number(found.stop_grace_period.replace("s", "")) * 1_000,
  };
}

interface HttpProbe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface PodContainer extends Readonly<
  Partial<Record<"startupProbe" | "livenessProbe" | "readinessProbe", HttpProbe>>
> {
  readonly name: string;
  readonly command?: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly securityContext: { readonly readOnlyRootFilesystem: boolean };
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
}

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<"runAsUser" | "runAsGroup" | "fsGroup", number>>;
  readonly initContainers?: readonly PodContainer[];
  readonly containers: readonly PodContainer[];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit: string } }[];
}

export function kustomizeDeployments(overlay = "example"): readonly Deployment[] {
  const { spec } = kustomizeObject(join(DEPLOY, "kustomize", overlay), "StatefulSet") as {
    readonly spec: { readonly template: { readonly spec: PodSpec } };
  };
  return podDeployments(spec.template.spec);
}

/** @param overlay that has the component for a restore */
export function kustomizeRestore(overlay: string): readonly Deployment[] {
  return podDeployments((kustomizeObject(overlay, "Pod") as { readonly spec: PodSpec }).spec);
}

function kustomizeObject(overlay: string, kind: string): unknown {
  const text = execFileSync("kubectl", ["kustomize", overlay], { encoding: "utf8" });
  const objects = parseAllDocuments(text).map((one) => one.toJS() as { readonly kind: string });
  return objects.find((one) => one.kind === kind);
}

function podDeployments(pod: PodSpec): readonly Deployment[] {
  const { initContainers = [], containers } = pod;
  return [...initContainers, ...containers].map((container) => podDeployment(container, pod));
}

function podDeployment(container: PodContainer, pod: PodSpec): Deployment {
  const { terminationGracePeriodSeconds, securityContext, volumes } = pod;
  const { startupProbe, livenessProbe, readinessProbe, ports = [] } = container;
  const probes = [startupProbe, livenessProbe, readinessProbe].filter((probe) => probe !== undefined);
  const portOf = (name: string) => ports.find((one) => one.name === name)?.containerPort;
  const sizeOf = (name: string): number | null => {
    const limit = volumes.find((one) => one.name === name)?.emptyDir?.sizeLimit;
    return limit === undefined ? null : Number(limit.replace("Mi", "")) * MIB;
  };
  return {
    name: container.name === "grantkeeper" ? "kustomize" : `kustomize-${container.name}`,
    user: {
      uid: securityContext.runAsUser,
      gid: securityContext.runAsGroup,
      volumeGroup: securityContext.fsGroup,
    },
    args: container.command ?? null,
    // Values of the pod itself, such as its address, have no text here.
    env: container.env.flatMap(({ name, value }) => (value === undefined ? [] : `${name}=${value}`)),
    secretEnv: [],
    umask: null,
    isRootReadOnly: container.securityContext.readOnlyRootFilesystem,
    memoryBytes: quantityBytes(container.resources.limits.memory),
    tasks: null,
    mounts: container.volumeMounts.map(({ name, mountPath, readOnly }) =>
      mountAt(mountPath, readOnly !== true, sizeOf(name)),
    ),
    checks: {
      commands: [],
      urls: probes.map(({ httpGet }) => `http://127.0.0.1:${portOf(httpGet.port) ?? 0}${httpGet.path}`),
    },
    stopsWithinMs: terminationGracePeriodSeconds * 1_000,
  };
}

function quantityBytes(text: string): number {
  return Number(text.replace(/[GM]i$/, "")) * MIB * (text.endsWith("Gi") ? 1_024 : 1);
}

/** The user that systemd chooses for DynamicUser=yes is one of this range, which the image does not know. */
const DYNAMIC_USER = 61_184;

/** The service of the unit, as far as a container can be restricted like it. */
export function unitDeployment(): Deployment {
  const unit = read("systemd/grantkeeper.service");
  const valuesOf = (name: string): readonly string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
  const valueOf = (name: string): string => {
    const [value] = valuesOf(name);
    if (value === undefined) throw new Error(`the unit has no ${name}`);
    return value;
  };
  const isYes = (name: string): boolean => valueOf(name) === "yes";
  if (!isYes("DynamicUser") || !isYes("NoNewPrivileges") || valueOf("CapabilityBoundingSet") !== "")
    throw new Error("the unit has more privileges than the container of this test");
  return {
    name: "systemd",
    user: { uid: DYNAMIC_USER, gid: DYNAMIC_USER, volumeGroup: null },
    args: valueOf("ExecStart").split(" "),
    env: valuesOf("Environment"),
    secretEnv: [],
    umask: Number.parseInt(valueOf("UMask"), 8),
    isRootReadOnly: valueOf("ProtectSystem") === "strict",
    memoryBytes: Number(valueOf("MemoryMax").replace("G", "")) * 1_024 * MIB,
    tasks: Number(valueOf("TasksMax")),
    mounts: [
      mountAt(`/var/lib/${valueOf("StateDirectory")}`, true),
      mountAt("/etc/grantkeeper", false),
      ...(isYes("PrivateTmp") ? [mountAt("/tmp", true, 64 * MIB)] : []),
    ],
    checks: { commands: [], urls: [] },
    stopsWithinMs: Number(valueOf("TimeoutStopSec").replace("s", "")) * 1_000,
  };
}
