import { describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SigningAuthority } from "../../../support/signatures/certificates.ts";
import { eachSignedSource } from "../../../support/signatures/signed-source.ts";
import { NO_KEYS } from "../../../support/signatures/signing-keys.ts";

/** As the committer of the tests' git. */
const ROBIN = "robin@example.com";

/** Answers the agent of gpgsm, which asks for the passphrase of the key. */
const PINENTRY = `#!/bin/sh
echo OK
while read -r line; do
  case "$line" in GETPIN*) echo 'D x';; esac
  echo OK
done
`;

/** CI installs gpgsm, and fails without it; OpenSSL alone would not show that other signers are understood. */
const withGpgsm = existsSync("/usr/bin/gpgsm") || process.env["CI"] === "true" ? describe : describe.skip;

withGpgsm("X.509 signatures of commits, made by gpgsm", () => {
  const source = eachSignedSource(() => NO_KEYS);

  test("are verified with the operator's authority", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gpgsm-"));
    const home = join(folder, "gnupg");
    try {
      const acme = await SigningAuthority.open(join(folder, "acme"), "Acme Signing");
      await acme.issue("robin");
      execFileSync("mkdir", ["-m", "700", home]);
      const pinentry = join(folder, "pinentry");
      await writeFile(pinentry, PINENTRY, { mode: 0o755 });
      await writeFile(join(home, "gpg-agent.conf"), `pinentry-program ${pinentry}\n`);
      const inHome = { env: { PATH: process.env["PATH"], GNUPGHOME: home }, cwd: acme.folder };
      const p12 = [
        "pkcs12",
        "-export",
        "-in",
        "robin.pem",
        "-inkey",
        "robin.key",
        "-passout",
        "pass:x",
        "-out",
        "robin.p12",
      ];
      execFileSync("openssl", p12, inHome);
      const options = [
        "--batch",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        "0",
        "--disable-crl-checks",
      ];
      execFileSync("gpgsm", [...options, "--import", "ca.pem"], { ...inHome, input: "", stdio: "pipe" });
      execFileSync("gpgsm", [...options, "--import", "robin.p12"], {
        ...inHome,
        input: "x\n",
        stdio: "pipe",
      });
      const listed = execFileSync("gpgsm", ["--with-colons", "--list-keys", ROBIN], {
        ...inHome,
        encoding: "utf8",
      });
      const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
      const root = execFileSync("openssl", ["x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha1"], {
        ...inHome,
        encoding: "utf8",
      });
      await writeFile(
        join(home, "trustlist.txt"),
        `${root.trim().split("=")[1]?.replaceAll(":", "") ?? ""} S relax\n`,
      );
      await writeFile(join(home, "gpgsm.conf"), "disable-crl-checks\n");
      const signing = {
        GNUPGHOME: home,
        GIT_CONFIG_COUNT: "2",
        GIT_CONFIG_KEY_0: "gpg.format",
        GIT_CONFIG_VALUE_0: "x509",
        GIT_CONFIG_KEY_1: "user.signingkey",
        GIT_CONFIG_VALUE_1: fingerprint,
      };
      const x509 = { caFile: acme.caFile, revocationFile: null };
      const to = await source().commit(signing);

      const found = await source().verify(to, { with: { x509 } });

      expect(found).toMatchObject({ kind: "verified", message: `1 commit is signed by ${ROBIN}` });
    } finally {
      execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      await rm(folder, { recursive: true, force: true });
    }
  });
});
