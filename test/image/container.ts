import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** What umoci makes of the settings of an image; the rest of the file stays as it is. */
interface BundleConfig {
  process: {
    user: { uid: number; gid: number };
    args: readonly string[];
    env: string[];
    terminal?: boolean;
    noNewPrivileges?: boolean;
    capabilities?: object;
  };
  root: { path: string; readonly?: boolean };
  mounts: { destination: string; type?: string; source?: string; options?: readonly string[] }[];
  linux: { namespaces: { type: string }[]; seccomp?: object };
}

interface Mount {
  readonly from: string;
  readonly at: string;
  readonly writable: boolean;
}

interface Restrictions {
  readonly env: readonly string[];
  readonly mounts: readonly Mount[];
  readonly calls: readonly string[];
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
    linux.seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      syscalls: [{ names: calls, action: "SCMP_ACT_ALLOW" }],
    };
    linux.namespaces = linux.namespaces.filter(({ type }) => type !== "network" && type !== "cgroup");
    const ours = mounts.map(({ from, at, writable }) => ({
      destination: at,
      type: "bind",
      source: from,
      options: ["bind", writable ? "rw" : "ro", "nosuid", "nodev"],
    }));
    // Without a network of its own the container may not mount these two.
    const kept = this.#config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
    this.#config.mounts = [...kept, ...ours];
    writeFileSync(join(this.folder, "config.json"), JSON.stringify(this.#config));
  }
}

/** One run of a bundle by runc. */
export class Container {
  readonly #name: string;
  readonly #state: string;
  /** When it ended. */
  readonly ended: Promise<Ended>;

  /** @param state a folder for the runtime */
  constructor(bundle: Bundle, state: string, name: string) {
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
