import { spawn, type ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL refuses to run as root; this user owns nothing. */
const UNPRIVILEGED = 65_534;
const USER = "grantkeeper";
/** Creates the folder `data` of an empty server, in a shell that has PostgreSQL's programs in `$programs`. */
const EMPTY = `"$programs/initdb" -D data -U ${USER} -A trust -E UTF8 --locale=C --no-sync`;
/**
 * Creates the data and runs the server until the standard input closes, which it also does when the process that started it is
 * killed; then nothing of the server is left. A server that is still starting ignores QUIT, and ends by TERM.
 */
const untilClosed = (create: string): string => `
folder=$1 programs=$2
shift 2
cd "$folder"
${create} >create.log 2>&1 || {
  cat create.log >&2
  cd /
  rm -rf "$folder"
  exit 1
}
"$programs/postgres" -D "$folder/data" "$@" &
read -r _
kill -QUIT $!
kill -TERM $!
wait
cd /
rm -rf "$folder"
`;

/** The folder with PostgreSQL's programs of the newest installed version; null: it is not installed. */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN)
    .map((name) => join(DEBIAN, name, "bin"))
    .filter((bin) => existsSync(join(bin, "initdb")));
  return versions.sort().at(-1) ?? null;
}

/** A PostgreSQL server with data of its own, on a socket in a temporary folder. It ends with this process. */
export class PostgresServer {
  readonly folder: string;
  readonly #server: ChildProcess;

  private constructor(folder: string, server: ChildProcess) {
    this.folder = folder;
    this.#server = server;
  }

  /**
   * @param settings of the server, such as `listen_addresses=127.0.0.1`
   * @param create a command of the shell that creates the folder `data`
   */
  static async start(settings: readonly string[] = [], create: string = EMPTY): Promise<PostgresServer> {
    const programs = postgresPrograms();
    if (programs === null) throw new Error("PostgreSQL is not installed");
    const folder = mkdtempSync(join(tmpdir(), "pg-"));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, UNPRIVILEGED, UNPRIVILEGED);
    const all = ["listen_addresses=", `unix_socket_directories=${folder}`, "jit=off", ...settings];
    const args = all.flatMap((setting) => ["-c", setting]);
    const child = spawn("sh", ["-c", untilClosed(create), "sh", folder, programs, ...args], {
      ...(isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}),
      cwd: folder,
      stdio: ["pipe", "ignore", "pipe"],
      // A signal to the group of this process does not end the shell before it has removed the folder.
      detached: true,
    });
    const server = new PostgresServer(folder, child);
    await server.#ready();
    return server;
  }

  url(database: string, user = USER): string {
    return `postgresql://${user}@/${database}?host=${encodeURIComponent(this.folder)}`;
  }

  /** Ends the server immediately, as a power failure does. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.ref();
    this.#server.stdin?.end();
    await ended;
  }

  /** Its log shows when it accepts connections. */
  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      let log = "";
      const { stderr } = this.#server;
      stderr?.setEncoding("utf8");
      stderr?.on("data", (text: string) => {
        log += text;
        if (!/ready to accept (?:read-only )?connections/.test(log)) return;
        // It must not keep this process.
        stderr?.removeAllListeners("data").resume();
        for (const kept of [this.#server.stdin, stderr]) if (kept instanceof Socket) kept.unref();
        this.#server.unref();
        resolve();
      });
      this.#server.once("exit", () => reject(new Error(`PostgreSQL ended: ${log}`)));
    });
  }
}
