import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../../..");
const HAS_SSH_KEYGEN = process.env["CI"] === "true" || existsSync("/usr/bin/ssh-keygen");
/** As the page for users has them. */
const COMMANDS =
  /^## Verify a release[^]*?```sh\n([^]*?)```/m.exec(
    readFileSync(join(ROOT, "docs/deploying.md"), "utf8"),
  )?.[1] ?? "";

// Skipped by name without ssh-keygen, which is no part of the development setup.
(HAS_SSH_KEYGEN ? describe : describe.skip)("the documented verification of a release", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "release-"));
    for (const name of ["release", "other"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A new folder with a release that this key signed, and the listed signers. */
  function release(key: string, namespaces = "grantkeeper-release"): string {
    const at = mkdtempSync(join(folder, "files-"));
    writeFileSync(join(at, "grantkeeper.tgz"), "package");
    const sha256 = createHash("sha256").update("package").digest("hex");
    writeFileSync(join(at, "SHA256SUMS"), `${sha256}  grantkeeper.tgz\n`);
    const env = { ...process.env, GRANTKEEPER_RELEASE_KEY: join(folder, key) };
    execFileSync(join(ROOT, "tools/release/sign"), [at], { env, stdio: "ignore" });
    const listed = readFileSync(join(folder, "release.pub"), "utf8");
    writeFileSync(join(at, "release-signers"), `releases@example.com namespaces="${namespaces}" ${listed}`);
    return at;
  }
  const verified = (at: string): boolean => spawnSync("bash", ["-c", COMMANDS], { cwd: at }).status === 0;

  test("accepts a release that the listed key signed", () => {
    expect(verified(release("release"))).toBe(true);
  });

  test("refuses the signature of another key", () => {
    expect(verified(release("other"))).toBe(false);
  });

  test("refuses a listed key that may not sign releases", () => {
    expect(verified(release("release", "git"))).toBe(false);
  });

  test.each([
    { file: "grantkeeper.tgz", because: "a changed file" },
    { file: "SHA256SUMS", because: "changed checksums" },
  ])("refuses $because", ({ file }) => {
    const at = release("release");
    writeFileSync(join(at, file), "changed");

    expect(verified(at)).toBe(false);
  });

  test("refuses a release without a signature", () => {
    const at = release("release");
    rmSync(join(at, "SHA256SUMS.sig"));

    expect(verified(at)).toBe(false);
  });
});
