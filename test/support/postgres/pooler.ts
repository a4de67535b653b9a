import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../demo/wait.ts";

const PROGRAM = "/usr/sbin/pgbouncer";
const PORT = 6_432;
const UNPRIVILEGED = 65_534;

/** Debian's package pgbouncer. Without it the tests of it are skipped, except in CI, where they fail. */
export const HAS_PGBOUNCER =
  process.env["CI"] === "true" || spawnSync(PROGRAM, ["--version"], { stdio: "ignore" }).status === 0;

/** PgBouncer in transaction mode, on a socket in a temporary folder. */
export class Pooler {
  readonly folder: string;
  readonly port = PORT;
  readonly #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.#child = child;
  }

  /** @param server the folder of the socket of PostgreSQL @param settings lines of its configuration */
  static async start(server: string, settings: readonly string[]): Promise<Pooler> {
    const folder = mkdtempSync(join(tmpdir(), "pooler-"));
    chmodSync(folder, 0o777);
    const file = join(folder, "pgbouncer.ini");
    const lines = [
      "[databases]",
      `* = host=${server} user=grantkeeper`,
      "[pgbouncer]",
      "listen_addr =",
      `listen_port = ${PORT}`,
      `unix_socket_dir = ${folder}`,
      "auth_type = any",
      "pool_mode = transaction",
      ...settings,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    const isRoot = process.getuid?.() === 0;
    const child = spawn(PROGRAM, ["--quiet", file], {
      ...(isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}),
      stdio: "ignore",
    });
    const pooler = new Pooler(folder, child);
    const socket = join(folder, `.s.PGSQL.${PORT}`);
    await until("the pooler listens", () => (existsSync(socket) ? true : undefined), { withinMs: 60_000 });
    return pooler;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}
