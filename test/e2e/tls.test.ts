import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { grantkeeper, startController, type Answer } from "../../demo/program.ts";
import { AT_MOST_MS, until } from "../../demo/wait.ts";
import { createAuthority, issueCertificate } from "../../src/network/certificate/issue.ts";
import { makeRepository } from "../support/git/git-repository.ts";
import { HAS_KUBECTL } from "../support/kubernetes/kubectl.ts";
import { tlsGet } from "../support/screens/tls-client.ts";

// Each test starts two or more programs, which takes long on a busy machine.
jest.setTimeout(3 * AT_MOST_MS);

const DAY_MS = 86_400_000;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
});
afterEach(() => rmSync(folder, { recursive: true, maxRetries: 3 }));

function write(tls: string): void {
  writeFileSync(
    join(folder, "grantkeeper.yaml"),
    `instance: test-1
stateDir: ./state
sources: [{name: main, git: {url: "${join(folder, "permissions.git")}", branch: main}, interval: 1h}]
http: {listen: "127.0.0.1:0", tls: ${tls}}
aws: {endpoint: "http://127.0.0.1:9", simulator: true}
`,
  );
}

function run(command: string): Promise<Answer> {
  return grantkeeper([command, "--config", "grantkeeper.yaml"], folder);
}

describe("files of a certificate that cannot be used", () => {
  const authority = createAuthority("test", {
    fromMs: Date.now() - 3 * DAY_MS,
    untilMs: Date.now() + DAY_MS,
  });
  const issue = (untilMs: number) =>
    issueCertificate(authority, ["localhost"], { fromMs: Date.now() - 2 * DAY_MS, untilMs });
  const current = issue(Date.now() + DAY_MS);
  const expired = issue(Date.now() - DAY_MS);

  test.each([
    { cert: current.cert, key: expired.key, message: "is not that of the certificate" },
    { cert: expired.cert, key: expired.key, message: "expired at" },
    { cert: "", key: current.key, message: "has no certificate in PEM" },
    { cert: current.cert, key: null, message: "cannot be read (ENOENT)" },
  ])("end the start with their cause and a hint, and doctor shows them: $message", async (given) => {
    write("{listen: 127.0.0.1:0, certFile: cert.pem, keyFile: key.pem}");
    writeFileSync(join(folder, "cert.pem"), given.cert);
    if (given.key !== null) writeFileSync(join(folder, "key.pem"), given.key);

    const [started, doctor] = [await run("run"), await run("doctor")];

    const oneLine = (text: string): string => text.replace(/\s+/g, " ");
    expect(started.code).toBe(1);
    expect(oneLine(started.err)).toContain(given.message);
    expect(started.err).toContain("hint:");
    expect(doctor.code).toBe(3);
    expect(oneLine(doctor.out)).toContain(given.message);
  });
});

test("without files, a start creates a certificate that clients and kubectl verify by the authority in the state directory", async () => {
  await makeRepository(folder, "permissions.git");
  write("{listen: 127.0.0.1:0}");
  const log = join(folder, "log");
  const controller = startController(join(folder, "grantkeeper.yaml"), log, {
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "x",
  });
  try {
    const url = await until(
      "it serves TLS",
      () => /https:\/\/127\.0\.0\.1:\d+/.exec(readFileSync(log, "utf8"))?.[0],
      { withinMs: AT_MOST_MS },
    );
    const ca = readFileSync(join(folder, "state", "tls", "authority.pem"), "utf8");

    const printed = await grantkeeper(
      ["kubeconfig", "--config", "grantkeeper.yaml", "--server", url],
      folder,
    );

    expect(await tlsGet(`${url}/healthz`, { ca })).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(parse(printed.out)).toMatchObject({
      clusters: [
        { cluster: { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") } },
      ],
      users: [{ user: { tokenFile: join(folder, "state", "api-token") } }],
    });
    if (!HAS_KUBECTL) return;
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, printed.out);
    const args = ["--kubeconfig", kubeconfig, "auth", "whoami"];
    const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
    expect(execFileSync("kubectl", args, { env, encoding: "utf8" })).toMatch(/Username +local\n/);
  } finally {
    await controller.stop();
  }
});
