import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";

const SSHD = "/usr/sbin/sshd";

/** CI installs OpenSSH's server; elsewhere the tests that need it may be skipped. */
export const HAS_SSHD = existsSync(SSHD) || process.env["CI"] === "true";

/** OpenSSH's server on this machine, which serves one folder of repositories to one key. */
export class SshServer {
  readonly folder: string;
  readonly port: number;
  readonly #process: ChildProcess;
  #errors = "";

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.#process = spawn(SSHD, ["-D", "-e", ...configuration(folder)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
  }

  /** @param folder a new folder of the test */
  static async start(folder: string): Promise<SshServer> {
    for (const name of ["host", "other-host", "client", "other-client", "posing-client"])
      makeKey(join(folder, name));
    makeKey(join(folder, "locked"), "passphrase");
    const port = await freePort();
    await writeFile(join(folder, "authorized_keys"), await authorizedKeys(folder));
    await writeFile(join(folder, "sshd_config"), settings(folder, port));
    await writeFile(join(folder, "known_hosts"), await hostLine(folder, port, "host"));
    await writeFile(join(folder, "changed_hosts"), await hostLine(folder, port, "other-host"));
    await writeFile(join(folder, "unknown_hosts"), await hostLine(folder, port + 1, "host"));
    // Needed by a server that runs as root, which otherwise only the system's service makes.
    if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
    const server = new SshServer(folder, port);
    await server.#listening();
    return server;
  }

  url(path: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.port}${path}`;
  }

  async end(): Promise<void> {
    // A session that still ends holds the pipe open.
    this.#process.stderr?.destroy();
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    if (this.#process.exitCode === null && this.#process.kill()) await ended;
  }

  async #listening(): Promise<void> {
    while (!this.#errors.includes("Server listening")) {
      if (this.#process.exitCode !== null) throw new Error(`sshd ended: ${this.#errors}`);
      await timer(5);
    }
  }
}

/** Newer servers refuse a client for a while after a few failed connections, which tests make on purpose. */
function configuration(folder: string): readonly string[] {
  const file = ["-f", join(folder, "sshd_config")];
  const lenient = [...file, "-o", "PerSourcePenalties=no"];
  return spawnSync(SSHD, ["-t", ...lenient]).status === 0 ? lenient : file;
}

function makeKey(file: string, passphrase = ""): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f", file]);
}

/** With the key `posing-client` the server prints what the file `pose` has, and ends. */
async function authorizedKeys(folder: string): Promise<string> {
  const command = `command="cat ${join(folder, "pose")} >&2; exit 1" `;
  const [key, posing] = await Promise.all(
    ["client", "posing-client"].map((name) => readFile(join(folder, `${name}.pub`), "utf8")),
  );
  return `${key}${command}${posing}`;
}

async function hostLine(folder: string, port: number, name: string): Promise<string> {
  return `[127.0.0.1]:${port} ${await readFile(join(folder, `${name}.pub`), "utf8")}`;
}

function settings(folder: string, port: number): string {
  return `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(folder, "host")}
AuthorizedKeysFile ${join(folder, "authorized_keys")}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
