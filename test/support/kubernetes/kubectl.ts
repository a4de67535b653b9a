import { execFile, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createAuthority, issueCertificate } from "../../../src/network/certificate/issue.ts";
import { coversHost } from "../../../src/network/certificate/key-pair.ts";
import type { TlsListen } from "../../../src/http/server/tls-listener.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../screens/http-server.ts";

/** In CI the program must be there. */
export const HAS_KUBECTL =
  process.env["CI"] === "true" || spawnSync("kubectl", ["version", "--client"]).status === 0;

export interface KubectlRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line that is running. */
export interface Following {
  /** The next line; null: it has ended. */
  readonly line: () => Promise<string | null>;
  /** Resolves when it has the headers of a watch. */
  readonly watched: Promise<void>;
  /** Its exit code. */
  readonly ended: Promise<number>;
  readonly close: () => Promise<void>;
}

const WITHIN_MS = 20_000;

/** Runs command lines with the text of a kubeconfig, which it keeps in the folder. */
export async function kubectlWith(
  kubeconfig: string,
  folder: string,
): Promise<(...args: readonly string[]) => Promise<KubectlRun>> {
  const file = join(folder, "kubeconfig");
  await writeFile(file, kubeconfig);
  return (...args) => runKubectl(["--kubeconfig", file, ...args], folder);
}

/** A listener with TLS, and the file of its authority, which is written to the folder. */
export function certifiedListener(folder: string): { readonly tls: TlsListen; readonly caFile: string } {
  const validity = { fromMs: Date.now() - 60_000, untilMs: Date.now() + 3_600_000 };
  const authority = createAuthority("test", validity);
  const pair = issueCertificate(authority, ["localhost", "127.0.0.1"], validity);
  const certificate = new X509Certificate(pair.cert);
  const caFile = join(folder, "authority.pem");
  writeFileSync(caFile, authority.cert);
  const identity = { ...pair, covers: (host: string) => coversHost(certificate, host) };
  return { tls: { host: "127.0.0.1", port: 0, identity }, caFile };
}

interface Access {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}

export function kubeconfigText({ url, caFile, token }: Access): string {
  const cluster = { server: url, "certificate-authority": caFile };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "grantkeeper", cluster }],
    users: [{ name: "grantkeeper", user: { token } }],
    contexts: [{ name: "grantkeeper", context: { cluster: "grantkeeper", user: "grantkeeper" } }],
    "current-context": "grantkeeper",
  });
}

/** Until it ends, or is ended after that time. */
function runKubectl(args: readonly string[], folder: string): Promise<KubectlRun> {
  // What `kubectl edit` starts: a person who changes the mode.
  const editor = "sed --in-place s/enforce/observe/";
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, KUBE_EDITOR: editor };
  const { promise, resolve } = Promise.withResolvers<KubectlRun>();
  execFile("kubectl", args, { env, timeout: WITHIN_MS, encoding: "utf8" }, (error, out, err) => {
    const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
    resolve({ code, out, err });
  });
  return promise;
}

/** The real kubectl against the real server with TLS, in a folder of its own. */
export class Kubectl {
  readonly server: TestServer;
  readonly folder: string;
  readonly #url: string;
  readonly #caFile: string;

  private constructor(server: TestServer, folder: string, caFile: string) {
    if (server.tls === null) throw new Error("the server has no listener with TLS");
    this.server = server;
    this.folder = folder;
    this.#url = server.tls.url;
    this.#caFile = caFile;
  }

  static async start(change: Parameters<typeof startTestServer>[0] = {}): Promise<Kubectl> {
    const folder = mkdtempSync(join(tmpdir(), "kubectl-"));
    const { tls, caFile } = certifiedListener(folder);
    const server = await startTestServer({ ...change, options: { tls, ...change.options } });
    const kubectl = new Kubectl(server, folder, caFile);
    // Only after it knows the resources does kubectl show the server's own words.
    await kubectl.run(["api-resources"]);
    return kubectl;
  }

  /** Runs one command line until it ends, or ends it after twenty seconds. */
  run(args: readonly string[], token = LOCAL_TOKEN): Promise<KubectlRun> {
    return runKubectl(["--kubeconfig", this.#config(token), ...args], this.folder);
  }

  /** Runs one command line that goes on until it is closed; its lines come one by one. */
  follow(args: readonly string[], token = LOCAL_TOKEN): Following {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.folder };
    const program = spawn("kubectl", ["-v=6", "--kubeconfig", this.#config(token), ...args], { env });
    const ended = new Promise<number>((resolve) => program.once("close", (code) => resolve(code ?? -1)));
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const log = createInterface({ input: program.stderr });
    const watched = new Promise<void>((resolve) => {
      log.on("line", (line) => {
        if (line.includes("watch=true") && line.includes("200 OK")) resolve();
      });
    });
    return {
      watched,
      line: async () => {
        const { value } = await lines.next();
        return typeof value === "string" ? value : null;
      },
      ended,
      close: async () => {
        program.kill();
        await ended;
      },
    };
  }

  #config(token: string): string {
    const file = join(this.folder, `${token}.kubeconfig`);
    writeFileSync(file, kubeconfigText({ url: this.#url, caFile: this.#caFile, token }));
    return file;
  }

  async close(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, maxRetries: 3 });
  }
}
