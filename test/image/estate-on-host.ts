import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startGitServer, type GitServer } from "../../demo/git-server.ts";
import { portNear } from "../../demo/ports.ts";
import { startSimulator, type Simulator } from "../../src/simulator/simulator.ts";
import type { AccessKey } from "../../src/simulator/world.ts";
import { makeRepository } from "../support/git/git-repository.ts";
import { INSTANCE } from "../support/installation/compose.ts";
import { estate, estateWorld, functions, READ_ORDERS } from "../support/installation/estate.ts";
import { SIGNED_FILES, signedSources } from "./signed-sources.ts";

/** What a controller in a container needs from outside, on this machine: AWS, Git, its file and its state. */
export interface HostEstate {
  readonly env: readonly string[];
  readonly configDir: string;
  readonly stateDir: string;
  readonly url: string;
  /** From now on Git gets no answer: a fetch never ends. */
  readonly stallGit: () => void;
  readonly close: () => Promise<void>;
}

const PORT = 18_085;

/** A controller whose repository is one without signatures, which may stall. @param more sections of its operator's file */
export async function startHostEstate(root: string, owner: number, more = ""): Promise<HostEstate> {
  const files = estate(functions(["orders-api"], READ_ORDERS));
  const { world, base } = estateWorld(files);
  await (await makeRepository(root, "permissions.git")).commit(files);
  const simulator = await startSimulator({ world });
  const gitServer = await startGitServer({ root, login: null });
  const door = await startStallable(gitServer.url);
  const sources = `[{name: permissions, git: {url: "${door.url}/permissions.git", branch: main}, interval: 1s}]`;
  return {
    ...(await prepared(join(root, "first"), owner, { simulator, sources, more })),
    env: environmentOf(base),
    stallGit: door.stall,
    close: () => closeAll(simulator, gitServer, door.server),
  };
}

/** A controller with every kind of source and signature, and the signer that it has to show for each source. */
export async function startSignedEstate(
  root: string,
  owner: number,
): Promise<Omit<HostEstate, "stallGit"> & { readonly signers: Readonly<Record<string, string>> }> {
  const { world, base } = estateWorld(SIGNED_FILES);
  const simulator = await startSimulator({ world });
  const folder = join(root, "second");
  const { yaml, signers, close } = await signedSources(root, join(folder, "config"));
  return {
    ...(await prepared(folder, owner, { simulator, sources: yaml, more: "" })),
    env: environmentOf(base),
    signers,
    close: async () => {
      await close();
      await simulator.close();
    },
  };
}

function environmentOf(base: AccessKey): readonly string[] {
  return [`AWS_ACCESS_KEY_ID=${base.id}`, `AWS_SECRET_ACCESS_KEY=${base.secret}`];
}

/** The folders of a container, which belong to its user. */
async function prepared(
  folder: string,
  owner: number,
  { simulator, sources, more }: Record<"sources" | "more", string> & { readonly simulator: Simulator },
): Promise<Pick<HostEstate, "configDir" | "stateDir" | "url">> {
  const [configDir, stateDir] = [join(folder, "config"), join(folder, "state")];
  mkdirSync(configDir, { recursive: true });
  mkdirSync(stateDir, { mode: 0o700 });
  const port = await portNear(PORT);
  writeFileSync(join(configDir, "grantkeeper.yaml"), operatorFile(simulator, sources, port) + more);
  execFileSync("chown", ["--recursive", `${owner}:${owner}`, folder]);
  return { configDir, stateDir, url: `http://127.0.0.1:${port}` };
}

function operatorFile({ endpoint }: Simulator, sources: string, port: number): string {
  return `instance: ${INSTANCE}
stateDir: /elsewhere # the image sets GRANTKEEPER_STATE_DIR
mode: enforce
sources: ${sources}
http: {listen: "127.0.0.1:${port}"}
aws: {endpoint: "${endpoint}", simulator: true, propagationWait: 1s}
`;
}

async function closeAll(simulator: Simulator, gitServer: GitServer, server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  await gitServer.close();
  await simulator.close();
}

/** Passes requests on until it stalls. */
async function startStallable(
  to: string,
): Promise<{ readonly url: string; readonly server: Server; readonly stall: () => void }> {
  let stalled = false;
  const server = createServer((incoming, answer) => {
    if (stalled) return;
    const { method, headers } = incoming;
    const onward = request(`${to}${incoming.url ?? "/"}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, stall: () => void (stalled = true) };
}
