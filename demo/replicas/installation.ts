import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AccountId } from "../../src/model/aws/ids.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { desiredOf, readFiles } from "../manifests.ts";
import { INSTANCE } from "../operator-file.ts";
import { portNear } from "../ports.ts";
import { ROOT } from "../root.ts";
import { type Closing, serveRepository } from "../stage.ts";
import { demoWorld } from "../world.ts";
import { PostgresServer } from "./postgres-server.ts";
import { ReplicaProcess } from "./replica-process.ts";

/** Replicas over one database, one Git server and one simulated AWS. */
export interface ReplicaInstallation {
  readonly replicas: readonly ReplicaProcess[];
  readonly databaseUrl: string;
  readonly folder: string;
  /** Their names, by id. */
  readonly accounts: ReadonlyMap<AccountId, string>;
}

interface ReplicaFile {
  readonly databaseUrl: string;
  readonly repositoryUrl: string;
  readonly endpoint: string;
  readonly port: number;
}

/** Starts everything; `closing` closes opened resources, even if this throws. @param firstPort 0: the system chooses the ports */
export async function openReplicas(
  count: number,
  firstPort: number,
  closing: Closing,
): Promise<ReplicaInstallation> {
  const folder = await mkdtemp(join(tmpdir(), "grantkeeper-replicas-"));
  closing.add(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const postgres = await PostgresServer.start();
  closing.add(() => postgres.stop());
  const databaseUrl = postgres.url("postgres");
  const files = readFiles(join(ROOT, "manifests"));
  const desired = desiredOf(files, INSTANCE);
  const { world, base } = demoWorld(desired);
  const simulator = await startSimulator({ world });
  closing.add(() => simulator.close());
  const { url: repositoryUrl } = await serveRepository(folder, files, 0, closing);
  const keys = auditKeys();
  const replicas: ReplicaProcess[] = [];
  for (let number = 1; number <= count; number += 1) {
    const own = join(folder, `replica-${number}`);
    await mkdir(join(own, "state"), { recursive: true, mode: 0o700 });
    for (const [name, pem] of Object.entries(keys))
      await writeFile(join(own, "state", name), pem, { mode: 0o600 });
    const port = await portNear(firstPort === 0 ? 0 : firstPort + number - 1);
    const config = join(own, "grantkeeper.yaml");
    await writeFile(config, operatorFile({ databaseUrl, repositoryUrl, endpoint: simulator.endpoint, port }));
    const replica = new ReplicaProcess({
      number,
      url: `http://127.0.0.1:${port}`,
      config,
      log: join(own, "log"),
      credentials: { AWS_ACCESS_KEY_ID: base.id, AWS_SECRET_ACCESS_KEY: base.secret },
    });
    closing.add(() => replica.close());
    replicas.push(replica);
  }
  const accounts = new Map([...desired.accounts.values()].map(({ id, name }) => [id, name]));
  return { replicas, databaseUrl, folder, accounts };
}

/** All replicas sign the record with one key. */
function auditKeys(): Readonly<Record<string, string>> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    "audit-key.pem": privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    "audit-key.pub.pem": publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

function operatorFile({ databaseUrl, repositoryUrl, endpoint, port }: ReplicaFile): string {
  return `instance: ${INSTANCE}
stateDir: ./state
state: {database: {url: "${databaseUrl}"}}
replicas: {shareAccounts: true}
mode: enforce
sources: [{name: permissions, git: {url: "${repositoryUrl}", branch: main}, interval: 1s}]
sweep: 5s
http: {listen: "127.0.0.1:${port}", replicaUrl: "http://127.0.0.1:${port}"}
aws: {endpoint: "${endpoint}", simulator: true, propagationWait: 1s}
`;
}
