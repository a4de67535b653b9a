import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";

const BINARY = "/usr/bin/prometheus-alertmanager";
export const EXAMPLE = fileURLToPath(new URL("../../../examples/alertmanager.yml", import.meta.url));

/** CI installs Debian's Alertmanager; elsewhere the tests that need it may be skipped. */
export const HAS_ALERTMANAGER = existsSync(BINARY) || process.env["CI"] === "true";

interface RouterConfig {
  readonly receivers: readonly { readonly name: string }[];
}

interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
}

/** Debian's Alertmanager with the routes of the example; every receiver is a webhook at `PATH/NAME`. */
export class AlertmanagerServer {
  readonly url: string;
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #errors = "";

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Does not start it: a test may need one that is down. @param folder a new folder of the test */
  static async prepare(folder: string, webhook: string): Promise<AlertmanagerServer> {
    await mkdir(join(folder, "data"), { recursive: true });
    const example = parse(await readFile(EXAMPLE, "utf8")) as RouterConfig;
    const receivers = example.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${webhook}/${name}`, send_resolved: true }],
    }));
    // The intervals of a resolved alert are those of its group.
    const text = stringify({ ...example, receivers }).replaceAll(
      /group_interval: \w+/g,
      "group_interval: 1s",
    );
    await writeFile(join(folder, "alertmanager.yml"), text);
    execFileSync("amtool", ["check-config", join(folder, "alertmanager.yml")], { stdio: "ignore" });
    return new AlertmanagerServer(folder, await freePort());
  }

  async start(): Promise<void> {
    const child = spawn(
      BINARY,
      [
        `--config.file=${join(this.#folder, "alertmanager.yml")}`,
        `--storage.path=${join(this.#folder, "data")}`,
        `--web.listen-address=${this.url.slice("http://".length)}`,
        "--cluster.listen-address=",
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#process = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    while (!(await isReady(this.url))) {
      if (child.exitCode !== null) throw new Error(`Alertmanager ended: ${this.#errors}`);
      await timer(20);
    }
  }

  /** Immediately, as if the machine was lost: it keeps alerts in memory only. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null) return;
    child.stderr?.destroy();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGKILL")) await ended;
  }

  /** The severities of the alerts that fire now, sorted. */
  async firing(): Promise<readonly string[]> {
    return (await this.#alerts("active=true")).map(({ severity = "" }) => severity).sort();
  }

  /** The alerts that its inhibition rules hide now: `BINDING SEVERITY`, sorted. */
  async inhibited(): Promise<readonly string[]> {
    const alerts = await this.#alerts("active=false&silenced=false&unprocessed=false");
    return alerts.map(({ binding = "", severity = "" }) => `${binding} ${severity}`).sort();
  }

  /** Their labels. */
  async #alerts(query: string): Promise<readonly ShownAlert["labels"][]> {
    const response = await fetch(`${this.url}/api/v2/alerts?${query}`);
    return ((await response.json()) as readonly ShownAlert[]).map(({ labels }) => labels);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false; // Not listening yet.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => {
    server.close(closed);
  });
  return port;
}
