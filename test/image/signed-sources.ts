import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { estate, functions, READ_ORDERS } from "../support/installation/estate.ts";
import { startGitServer } from "../../demo/git-server.ts";
import { makeRepository } from "../support/git/git-repository.ts";
import { SshServer } from "../support/git/ssh-server.ts";
import { Authority } from "../support/network/authority.ts";
import { SigningAuthority } from "../support/signatures/certificates.ts";
import { SigningKeys, type Signing } from "../support/signatures/signing-keys.ts";

export interface SignedSources {
  /** `sources` of the operator's file. */
  readonly yaml: string;
  /** The signer of each source, by its name. */
  readonly signers: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** The folder of the keys in the container. */
const KEYS = "/etc/grantkeeper/keys";

/** The files of all sources together: what AWS has to have. */
export const SIGNED_FILES = estate({
  ...functions(["orders-api"], READ_ORDERS),
  ...functions(["refunds"], READ_ORDERS, "payments"),
  ...functions(["ledger"], READ_ORDERS, "ledger"),
});

/**
 * Every way in which the image's programs read Git and verify: a platform source over https with a private authority, whose
 * commits have OpenPGP signatures, a namespace source over ssh with SSH signatures, and one with X.509 signatures.
 */
export async function signedSources(root: string, configDir: string): Promise<SignedSources> {
  const keys = await SigningKeys.open(join(root, "signers"));
  const ssh = await startSsh(root);
  const people = await SigningAuthority.open(join(root, "people"), "people");
  await commit(
    root,
    "signed.git",
    estate(functions(["orders-api"], READ_ORDERS)),
    await keys.gpg("dana@example.com"),
  );
  const payments = await commit(
    root,
    "payments.git",
    deployed("refunds", "payments"),
    await keys.ssh("robin"),
  );
  const ledger = await commit(root, "ledger.git", deployed("ledger", "ledger"), await people.issue("kim"));
  const https = await startHttps(root);

  await keys.exported("people.asc");
  await keys.write("allowed", `robin@example.com ${await keys.publicKey("robin")}\n`);
  const at = join(configDir, "keys");
  mkdirSync(at, { recursive: true });
  const files = {
    "people.asc": keys.path("people.asc"),
    allowed: keys.path("allowed"),
    "people.pem": people.caFile,
    "https.pem": https.caFile,
    "deploy-key": join(ssh.folder, "client"),
    known_hosts: join(ssh.folder, "known_hosts"),
  };
  for (const [name, from] of Object.entries(files)) {
    await cp(from, join(at, name));
    chmodSync(join(at, name), 0o444);
  }
  return {
    yaml: `
  - name: permissions
    interval: 1s
    git: {url: "${https.url}/signed.git", branch: main, caFile: ${KEYS}/https.pem, signatures: {gpgKeyrings: [${KEYS}/people.asc]}}
${overSsh(ssh.url(payments), "payments", `allowedSignersFile: ${KEYS}/allowed`)}
${overSsh(ssh.url(ledger), "ledger", `x509: {caFile: ${KEYS}/people.pem}`)}`,
    signers: { permissions: "dana@example.com", payments: "robin@example.com", ledger: "kim@example.com" },
    close: async () => {
      await keys.end();
      await https.close();
      await ssh.end();
    },
  };
}

function overSsh(url: string, namespace: string, signatures: string): string {
  const login = `{privateKeyFile: ${KEYS}/deploy-key, knownHostsFile: ${KEYS}/known_hosts}`;
  return `  - namespace: ${namespace}
    path: deploy
    interval: 1s
    git: {url: "${url}", branch: main, ssh: ${login}, signatures: {${signatures}}}`;
}

function deployed(name: string, namespace: string): Readonly<Record<string, string>> {
  const [text = ""] = Object.values(functions([name], READ_ORDERS, namespace));
  return { [`deploy/${name}.yaml`]: text };
}

async function commit(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
  signing: Signing,
): Promise<string> {
  const repository = await makeRepository(root, name);
  await repository.commit(files, { signing });
  return repository.bare;
}

async function startSsh(root: string): Promise<SshServer> {
  const folder = join(root, "sshd");
  mkdirSync(folder);
  return SshServer.start(folder);
}

/** Git's own server behind TLS. */
async function startHttps(
  root: string,
): Promise<{ readonly url: string; readonly caFile: string; readonly close: () => Promise<void> }> {
  const folder = join(root, "tls");
  mkdirSync(folder);
  const authority = new Authority(folder);
  const { key, cert } = authority.issue(["localhost"]);
  const git = await startGitServer({ root, login: null });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, answer) => {
    const { method, headers } = incoming;
    const onward = request(`${git.url}${incoming.url ?? "/"}`, { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    caFile: authority.caFile,
    close: async () => {
      await ended(server);
      await git.close();
    },
  };
}

async function ended(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
}
