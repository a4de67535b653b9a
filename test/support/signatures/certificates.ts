import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Signing } from "./signing-keys.ts";

const run = promisify(execFile);

interface CertificateOptions {
  readonly mail?: string | null;
  /** Whole days from now; negative: it has expired. */
  readonly days?: number;
  readonly usage?: "emailProtection" | "serverAuth";
  /** Further lines of the extensions. */
  readonly extensions?: string;
}

/** An authority of certificates, made by the real OpenSSL in a folder of its own. */
export class SigningAuthority {
  readonly folder: string;
  readonly caFile: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.caFile = join(folder, "ca.pem");
  }

  static async open(folder: string, name: string): Promise<SigningAuthority> {
    await mkdir(folder, { recursive: true });
    const authority = new SigningAuthority(folder);
    const usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
    const subject = ["-subj", `/CN=${name}`, "-days", "3650"];
    await openssl(folder, [
      "req",
      "-x509",
      ...NEW_KEY,
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      ...subject,
      ...usage,
    ]);
    await writeFile(join(folder, "index.txt"), "");
    await writeFile(join(folder, "crlnumber"), "01\n");
    await writeFile(join(folder, "ca.cnf"), CONFIGURATION);
    return authority;
  }

  /** Issues a certificate, and returns how its owner signs: git hands the text to a program in place of gpgsm. */
  async issue(name: string, options: CertificateOptions = {}): Promise<Signing> {
    const { mail = `${name}@example.com`, days = 30, usage = "emailProtection", extensions = "" } = options;
    const names = mail === null ? "" : `subjectAltName=email:${mail}\n`;
    await writeFile(
      join(this.folder, `${name}.ext`),
      `${names}extendedKeyUsage=${usage}\nkeyUsage=critical,digitalSignature\n${extensions}`,
    );
    await openssl(this.folder, [
      "req",
      ...NEW_KEY,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
      "-subj",
      `/CN=${name}`,
    ]);
    const dates =
      days > 0
        ? ["-days", String(days)]
        : ["-not_before", "20200101000000Z", "-not_after", "20210101000000Z"];
    const request = [
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-out",
      `${name}.pem`,
    ];
    await openssl(this.folder, ["x509", ...request, "-extfile", `${name}.ext`, ...dates]);
    return this.#signing(name);
  }

  /** An authority below this one; its signatures contain its own certificate. */
  async subAuthority(name: string): Promise<SigningAuthority> {
    const below = await SigningAuthority.open(join(this.folder, name), name);
    const { folder } = below;
    await writeFile(
      join(folder, "sub.ext"),
      "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n",
    );
    await openssl(folder, ["req", "-new", "-key", "ca.key", "-subj", `/CN=${name}`, "-out", "ca.csr"]);
    const above = ["-CA", "../ca.pem", "-CAkey", "../ca.key"];
    await openssl(folder, [
      "x509",
      "-req",
      "-in",
      "ca.csr",
      ...above,
      "-days",
      "3650",
      "-extfile",
      "sub.ext",
      "-out",
      "ca.pem",
    ]);
    return below;
  }

  /** As `issue`, and the signature contains the certificate of this authority. */
  signingWithAuthority(name: string): Promise<Signing> {
    return this.#signing(name, { options: "-certfile ca.pem" });
  }

  /** As `issue`, but the signature contains the text in this file. */
  signingAttached(name: string, file: string): Promise<Signing> {
    return this.#signing(name, { options: `-nodetach -in '${file}'` });
  }

  /** As `issue`, with another digest of the content than SHA-256. */
  signingOver(name: string, digest: "sha1" | "sha512"): Promise<Signing> {
    return this.#signing(name, { digest });
  }

  /** The revocation list, with these certificates in it. */
  async revocationList(...names: readonly string[]): Promise<string> {
    const ca = ["ca", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem"];
    for (const name of names) await openssl(this.folder, [...ca, "-revoke", `${name}.pem`]);
    await openssl(this.folder, [...ca, "-gencrl", "-out", "crl.pem"]);
    return join(this.folder, "crl.pem");
  }

  async #signing(name: string, { digest = "sha256", options = "" } = {}): Promise<Signing> {
    const program = join(
      this.folder,
      `sign-${name}-${digest}-${createHash("sha256").update(options).digest("hex").slice(0, 8)}`,
    );
    const signed = `openssl cms -sign -binary -signer '${name}.pem' -inkey '${name}.key' -outform PEM -md ${digest} ${options}`;
    await writeFile(
      program,
      `#!/bin/sh\ncd '${this.folder}' && ${signed} | sed 's/ CMS-----/ SIGNED MESSAGE-----/' && echo '[GNUPG:] SIG_CREATED ' >&2\n`,
    );
    await chmod(program, 0o755);
    return {
      GIT_CONFIG_COUNT: "3",
      GIT_CONFIG_KEY_0: "gpg.format",
      GIT_CONFIG_VALUE_0: "x509",
      GIT_CONFIG_KEY_1: "gpg.x509.program",
      GIT_CONFIG_VALUE_1: program,
      GIT_CONFIG_KEY_2: "user.signingkey",
      GIT_CONFIG_VALUE_2: name,
    };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

const CONFIGURATION = `[ca]
default_ca = own
[own]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 30
`;

async function openssl(folder: string, args: readonly string[]): Promise<void> {
  await run("openssl", [...args], { cwd: folder });
}
