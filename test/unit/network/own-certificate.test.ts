import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { certificateOf, coversHost } from "../../../src/network/certificate/key-pair.ts";
import { keepOwnCertificate, type OwnCertificate } from "../../../src/network/certificate/own-certificate.ts";

const NOW_MS = Date.parse("2026-11-30T00:00:00Z");
const DAY_MS = 86_400_000;
const HOSTS = ["localhost", "127.0.0.1", "::1", "2001:db8::2:1", "192.0.2.7", "gk.example.com"];

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "own-certificate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function keep(change: { readonly hosts?: readonly string[]; readonly nowMs?: number } = {}): OwnCertificate {
  const kept = keepOwnCertificate(folder, change.hosts ?? HOSTS, change.nowMs ?? NOW_MS);
  if (kept.kind === "err") throw new Error(kept.error.message);
  return kept.value;
}

describe("the certificate that the controller creates", () => {
  test("is accepted by OpenSSL's strict rules for each host, by the authority that clients keep", () => {
    keep();

    for (const host of HOSTS) {
      const name = /^[\d.]+$|:/.test(host) ? ["-verify_ip", host] : ["-verify_hostname", host];
      const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-attime", String(NOW_MS / 1000)];
      const files = ["-CAfile", join(folder, "authority.pem"), join(folder, "server.pem")];
      expect(execFileSync("openssl", [...args, ...name, ...files], { encoding: "utf8" })).toContain(": OK");
    }
  });

  test("has a key of the curve P-256, names no other host, and can sign nothing", () => {
    const { pair } = keep();
    const certificate = certificateOf(pair);

    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(certificate.ca).toBe(false);
    expect(coversHost(certificate, "192.0.2.8")).toBe(false);
    expect(coversHost(certificate, "other.example.com")).toBe(false);
  });

  test("is read by its owner alone", () => {
    keep();

    const modes = ["authority.key", "server.key"].map((name) => statSync(join(folder, name)).mode & 0o777);

    expect(modes).toEqual([0o600, 0o600]);
  });

  test("is the same after a restart", () => {
    const first = keep();

    expect(keep({ nowMs: NOW_MS + DAY_MS })).toEqual(first);
  });
});

describe("the certificate is created again, by the same authority,", () => {
  const authority = (): string => readFileSync(join(folder, "authority.pem"), "utf8");

  test.each([
    { change: { nowMs: NOW_MS + 336 * DAY_MS }, because: "when it ends in less than 30 days" },
    { change: { nowMs: NOW_MS + 800 * DAY_MS }, because: "when it has ended" },
    { change: { hosts: ["localhost", "192.0.2.8"] }, because: "when the listener has another address" },
  ])("$because", ({ change }) => {
    const { pair } = keep();
    const before = authority();

    const renewed = keep(change);

    expect(renewed.pair.key).not.toBe(pair.key);
    expect(authority()).toBe(before);
    expect(certificateOf(renewed.pair).verify(new X509Certificate(before).publicKey)).toBe(true);
  });

  test.each(["server.pem", "server.key"])("when %s is damaged", (file) => {
    const { pair } = keep();
    const before = authority();
    writeFileSync(join(folder, file), "damaged");

    expect(keep().pair).not.toEqual(pair);
    expect(authority()).toBe(before);
  });
});

test("the authority is created again in its last year, and signs a new certificate", () => {
  const { pair } = keep();
  const nowMs = NOW_MS + 3_300 * DAY_MS;

  const renewed = keep({ nowMs });

  expect(renewed.pair.cert).not.toBe(pair.cert);
  const authority = new X509Certificate(readFileSync(renewed.caFile));
  expect(authority.validToDate.getTime()).toBe(nowMs + 3_650 * DAY_MS);
  expect(certificateOf(renewed.pair).verify(authority.publicKey)).toBe(true);
});

test("a time after 2049 is written with four digits of its year", () => {
  const nowMs = Date.parse("2049-06-01T00:00:00Z");

  const { pair } = keep({ nowMs });

  expect(certificateOf(pair).validToDate.toISOString()).toBe("2050-06-01T00:00:00.000Z");
});

test("a folder that cannot be written is a problem with its cause and its fix", () => {
  writeFileSync(join(folder, "file"), "");

  const kept = keepOwnCertificate(join(folder, "file", "tls"), HOSTS, NOW_MS);

  expect(kept).toMatchObject({
    kind: "err",
    error: { code: "TlsFolderNotWritable", fix: expect.stringContaining("http.tls.certFile") },
  });
});
