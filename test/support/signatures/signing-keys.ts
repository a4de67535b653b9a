import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SignatureSettings } from "../../../src/model/verification.ts";

const run = promisify(execFile);

/** Both programs are Debian packages; CI installs them. */
export const HAS_SIGNERS =
  process.env["CI"] === "true" || (existsSync("/usr/bin/gpg") && existsSync("/usr/bin/ssh-keygen"));

export const NO_KEYS: SignatureSettings = {
  policy: "every",
  trustedCommit: null,
  allowedSignersFile: null,
  revocationFile: null,
  gpgKeyrings: [],
  forgeKeyrings: [],
  x509: null,
  gitsign: null,
  committerMustMatch: false,
};

/** The variables with which git signs a commit as someone: `commit-tree -S` and `tag -s` read them. */
export type Signing = Readonly<Record<string, string>>;

function configuration(settings: Readonly<Record<string, string>>): Signing {
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(Object.keys(settings).length), ...Object.fromEntries(pairs) };
}

/** Keys made by the real gpg and ssh-keygen in a temporary folder. */
export class SigningKeys {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param gpgConfig for example a date at which gpg believes to be */
  static async open(folder: string, gpgConfig = ""): Promise<SigningKeys> {
    await mkdir(join(folder, "gnupg"), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "gnupg/gpg.conf"), `${gpgConfig}\n`);
    return new SigningKeys(folder);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async write(name: string, text: string): Promise<string> {
    await writeFile(this.path(name), text);
    return this.path(name);
  }

  /** Returns how its owner signs. */
  async ssh(name: string): Promise<Signing> {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", this.path(name)]);
    return configuration({ "gpg.format": "ssh", "user.signingkey": this.path(name) });
  }

  /** `TYPE KEY` of an SSH key. */
  async publicKey(name: string): Promise<string> {
    return (await readFile(this.path(`${name}.pub`), "utf8")).split(" ").slice(0, 2).join(" ");
  }

  /** Returns how its owner signs. */
  async gpg(mail: string, expires = "0"): Promise<Signing> {
    const make = ["--passphrase", "", "--quick-gen-key", `${mail} <${mail}>`, "ed25519", "sign", expires];
    await this.#gpg(make);
    return this.gpgSigning(mail);
  }

  gpgSigning(key: string): Signing {
    const settings = { "gpg.format": "openpgp", "user.signingkey": key };
    return { ...configuration(settings), GNUPGHOME: this.path("gnupg") };
  }

  /** The public keys, as an operator exports them. */
  async exported(name: string, ...keys: readonly string[]): Promise<string> {
    return this.write(name, await this.#gpg(["--export", "--armor", ...keys]));
  }

  async fingerprints(key: string): Promise<readonly string[]> {
    const text = await this.#gpg(["--with-colons", "--fingerprint", "--list-keys", key]);
    return [...text.matchAll(/^fpr:.*:([0-9A-F]+):$/gm)].map(([, found = ""]) => found);
  }

  /** Adds a subkey that signs, and returns its fingerprint. */
  async subkey(primary: string): Promise<string> {
    await this.#gpg(["--passphrase", "", "--quick-add-key", primary, "ed25519", "sign"]);
    return (await this.fingerprints(primary))[1] ?? "";
  }

  /** With the certificate that gpg made with the key. */
  async revoke(fingerprint: string): Promise<void> {
    const certificate = await readFile(this.path(`gnupg/openpgp-revocs.d/${fingerprint}.rev`), "utf8");
    await this.#gpg(["--import"], certificate.replace(":-----BEGIN", "-----BEGIN"));
  }

  async #gpg(args: readonly string[], input = ""): Promise<string> {
    const env = { PATH: process.env["PATH"], GNUPGHOME: this.path("gnupg"), LC_ALL: "C" };
    const child = run("gpg", ["--batch", "--yes", "--pinentry-mode", "loopback", ...args], { env });
    // A command without input may end before its input is closed.
    child.child.stdin?.on("error", () => undefined);
    child.child.stdin?.end(input);
    return (await child).stdout;
  }

  /** Ends the agent that gpg started for signing. */
  async end(): Promise<void> {
    await run("gpgconf", ["--homedir", this.path("gnupg"), "--kill", "all"]);
  }
}
