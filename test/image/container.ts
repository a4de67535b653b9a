import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "./deployment.ts";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** What umoci makes of the settings of an image; the rest of the file stays as it is. */
interface BundleConfig {
  process: {
    user: { uid: number; gid: number; additionalGids?: readonly number[]; umask?: number };
    args: readonly string[];
    env: string[];
    terminal?: boolean;
    noNewPrivileges?: boolean;
    capabilities?: object;
  };
  root: { path: string; readonly?: boolean };
  mounts: { destination: string; type?: string; source?: string; options?: readonly string[] }[];
  linux: { namespaces: { type: string }[]; seccomp?: object; resources?: object };
}

export interface Mount {
  /** null: a file system in memory. */
  readonly from: string | null;
  readonly at: string;
  readonly writable: boolean;
  /** Of a file system in memory. */
  readonly sizeBytes?: number | null;
}

interface Restrictions {
  readonly env: readonly string[];
  readonly mounts: readonly Mount[];
  /** null: all. */
  readonly calls: readonly string[] | null;
}

/** A bundle of `umoci unpack`, restricted as the manifests in deploy/ restrict it. */
export class Bundle {
  readonly folder: string;
  readonly #config: BundleConfig;

  constructor(folder: string) {
    this.folder = folder;
    this.#config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as BundleConfig;
  }

  get user(): string {
    const { uid, gid } = this.#config.process.user;
    return `${uid}:${gid}`;
  }

  /**
   * No capability, a file system that cannot be written, and no system call other than these. It shares the network of
   * this machine, where the simulator is.
   */
  restrict({ env, mounts, calls }: Restrictions): void {
    const { process, root, linux } = this.#config;
    process.terminal = false;
    process.noNewPrivileges = true;
    process.capabilities = {};
    process.env.push(...env);
    root.readonly = true;
    if (calls !== null)
      linux.seccomp = {
        defaultAction: "SCMP_ACT_ERRNO",
        syscalls: [{ names: calls, action: "SCMP_ACT_ALLOW" }],
      };
    linux.namespaces = linux.namespaces.filter(({ type }) => type !== "network" && type !== "cgroup");
    const ours = mounts.map(mountOf);
    // Without a network of its own the container may not mount these two.
    const kept = this.#config.mounts.filter(
      ({ type, destination }) =>
        type !== "sysfs" && type !== "cgroup" && !mounts.some(({ at }) => at === destination),
    );
    this.#config.mounts = [...kept, ...ours];
    this.#write();
  }

  /** As a job of a pipeline: another program, which may also write to /tmp. */
  runAs(args: readonly string[], restrictions: Restrictions): void {
    this.restrict(restrictions);
    this.#config.process.args = args;
    const tmp = mountOf({ from: null, at: "/tmp", writable: true });
    this.#config.mounts = [tmp, ...this.#config.mounts.filter(({ destination }) => destination !== "/tmp")];
    this.#write();
  }

  /** As a file of deploy/ describes the container. */
  deploy(deployment: Deployment, restrictions: Restrictions): void {
    const { process, root, linux } = this.#config;
    const { user, umask, args, env, isRootReadOnly, memoryBytes, tasks } = deployment;
    this.restrict({ ...restrictions, env: [...env, ...restrictions.env] });
    root.readonly = isRootReadOnly;
    // The capabilities of Docker that a program of root needs to give a file away.
    if (user?.uid === 0) process.capabilities = rootCapabilities();
    if (umask !== null) process.user.umask = umask;
    if (user !== null) {
      const { uid, gid, volumeGroup } = user;
      process.user = {
        ...process.user,
        uid,
        gid,
        ...(volumeGroup !== null && { additionalGids: [volumeGroup] }),
      };
    }
    if (args !== null) process.args = args;
    linux.resources = {
      ...linux.resources,
      ...(memoryBytes !== null && { memory: { limit: memoryBytes } }),
      ...(tasks !== null && { pids: { limit: tasks } }),
    };
    this.#write();
  }

  #write(): void {
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(this.#config));
  }
}

function rootCapabilities(): object {
  const own = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"];
  return { bounding: own, effective: own, permitted: own };
}

function mountOf({ from, at, writable, sizeBytes = null }: Mount): BundleConfig["mounts"][number] {
  const options = [writable ? "rw" : "ro", "nosuid", "nodev"];
  if (from !== null) return { destination: at, type: "bind", source: from, options: ["bind", ...options] };
  const size = sizeBytes === null ? [] : [`size=${sizeBytes}`];
  return { destination: at, type: "tmpfs", source: "tmpfs", options: [...options, "mode=1777", ...size] };
}

/** One run of a bundle by runc. */
export class Container {
  readonly #name: string;
  readonly #state: string;
  /** When it ended. */
  readonly ended: Promise<Ended>;

  /** @param state a folder for the runtime */
  constructor(bundle: Pick<Bundle, "folder">, state: string, name: string) {
    this.#name = name;
    this.#state = state;
    const child = spawn("runc", ["--root", state, "run", "--bundle", bundle.folder, name]);
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stdin.end();
    this.ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
  }

  /** Runs a program in the container, as `docker exec` and an `exec` probe do. */
  exec(...command: readonly string[]): Promise<Ended> {
    const child = spawn("runc", ["--root", this.#state, "exec", this.#name, ...command]);
    let out = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stdin.end();
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
  }

  signal(name: "TERM" | "KILL"): void {
    spawnSync("runc", ["--root", this.#state, "kill", this.#name, name]);
  }

  /** The limits that the kernel enforces. */
  limits(): { readonly memoryBytes: number; readonly tasks: number } {
    const args = ["--root", this.#state, "events", "--stats", this.#name];
    const { data } = JSON.parse(execFileSync("runc", args, { encoding: "utf8" })) as {
      readonly data: {
        readonly memory: { readonly usage: { readonly limit: number } };
        readonly pids: { readonly limit?: number };
      };
    };
    return { memoryBytes: data.memory.usage.limit, tasks: data.pids.limit ?? 0 };
  }

  /** Name and state of each process in the container, without those of this question. */
  async processes(): Promise<
    readonly { readonly id: string; readonly name: string; readonly state: string }[]
  > {
    const { out } = await this.exec("sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null");
    return out
      .split("\n")
      .map((line) => /^(\d+) \((.*)\) (\S)/.exec(line))
      .flatMap((found) =>
        found === null ? [] : [{ id: found[1] ?? "", name: found[2] ?? "", state: found[3] ?? "" }],
      )
      .filter(({ name }) => name !== "cat");
  }
}
