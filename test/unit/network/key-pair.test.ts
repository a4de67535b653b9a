import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createAuthority, issueCertificate } from "../../../src/network/certificate/issue.ts";
import { readKeyPair, type KeyPairFiles } from "../../../src/network/certificate/key-pair.ts";

const NOW_MS = Date.parse("2026-11-30T00:00:00Z");
const DAY_MS = 86_400_000;
const VALID = { fromMs: NOW_MS - DAY_MS, untilMs: NOW_MS + DAY_MS };
const AUTHORITY = createAuthority("test", VALID);
const PAIR = issueCertificate(AUTHORITY, ["localhost"], VALID);
const OTHER = issueCertificate(AUTHORITY, ["localhost"], VALID);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-pair-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function files(content: { readonly cert?: string; readonly key?: string } = {}): KeyPairFiles {
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certFile, content.cert ?? PAIR.cert);
  writeFileSync(keyFile, content.key ?? PAIR.key);
  return { certFile, keyFile };
}

describe("the files of a certificate", () => {
  test("are used as they are, with the certificates after the first one", () => {
    const cert = `${PAIR.cert}${AUTHORITY.cert}`;

    expect(readKeyPair(files({ cert }), NOW_MS)).toEqual({ kind: "ok", value: { cert, key: PAIR.key } });
  });

  test.each([
    { cert: "", code: "TlsCertificateDamaged", because: "the file is empty" },
    { cert: PAIR.key, code: "TlsCertificateDamaged", because: "the file has the key" },
    {
      cert: `${PAIR.cert}${AUTHORITY.cert.slice(0, 300)}`,
      code: "TlsCertificateRefused",
      because: "the second certificate is half written",
    },
    {
      cert: `${PAIR.cert}${AUTHORITY.cert.replace(/\n.{64}\n/, "\n")}`,
      code: "TlsCertificateRefused",
      because: "the second certificate lacks a line",
    },
    { key: PAIR.cert, code: "TlsKeyDamaged", because: "the file has the certificate" },
    { key: OTHER.key, code: "TlsKeyMismatch", because: "the key is that of another certificate" },
    {
      cert: `${AUTHORITY.cert}${PAIR.cert}`,
      code: "TlsKeyMismatch",
      because: "the certificate of the authority is the first one",
    },
    { atMs: NOW_MS + DAY_MS, code: "TlsCertificateExpired", because: "its last second has passed" },
    { atMs: NOW_MS - 2 * DAY_MS, code: "TlsCertificateNotYetValid", because: "it begins later" },
  ])("are refused as $code: $because", ({ code, atMs = NOW_MS, ...content }) => {
    const named = files(content);

    const read = readKeyPair(named, atMs);

    expect(read).toMatchObject({ kind: "err", error: { code, fix: expect.stringMatching(/^[a-z]/) } });
    expect(JSON.stringify(read)).not.toContain("PRIVATE KEY");
  });

  test("are refused if a server would refuse them, such as for a short key", () => {
    const named = { certFile: join(folder, "short.pem"), keyFile: join(folder, "short.key") };
    const request = ["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
    execFileSync("openssl", [...request, "-keyout", named.keyFile, "-out", named.certFile], {
      stdio: "ignore",
    });

    expect(readKeyPair(named, Date.now() + 60_000)).toMatchObject({
      kind: "err",
      error: { code: "TlsCertificateRefused", message: expect.stringContaining("cannot be used for TLS") },
    });
  });

  test.each(["certFile", "keyFile"] as const)("name %s that does not exist", (field) => {
    const named = { ...files(), [field]: join(folder, "none.pem") };

    expect(readKeyPair(named, NOW_MS)).toMatchObject({
      kind: "err",
      error: {
        code: "TlsFileUnreadable",
        message: expect.stringContaining("none.pem cannot be read (ENOENT)"),
        fix: expect.stringContaining("create the file"),
      },
    });
  });

  test("name a folder in place of a file", () => {
    mkdirSync(join(folder, "dir"));

    expect(readKeyPair({ ...files(), keyFile: join(folder, "dir") }, NOW_MS)).toMatchObject({
      kind: "err",
      error: { code: "TlsFileUnreadable", message: expect.stringContaining("(EISDIR)") },
    });
  });
});
