import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import type { NetworkFailure } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { err, ok, type Result } from "../../model/values/result.ts";

/** The certificate of a server, with those between it and its authority, and its private key; both in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface KeyPairFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const FIRST_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;

/** Reads the two files and checks that a server can use them now. */
export function readKeyPair(files: KeyPairFiles, nowMs: number): Result<KeyPair, NetworkFailure> {
  const cert = readText(files.certFile, "certificate");
  if (cert.kind === "err") return cert;
  const key = readText(files.keyFile, "private key");
  if (key.kind === "err") return key;
  const pair = { cert: cert.value, key: key.value };
  const problem = problemOf(pair, files, nowMs);
  return problem === null ? ok(pair) : err(problem);
}

/** The first certificate is that of the server. @throws if it is damaged */
export function certificateOf({ cert }: Pick<KeyPair, "cert">): X509Certificate {
  return new X509Certificate(FIRST_CERTIFICATE.exec(cert)?.[0] ?? cert);
}

/** Whether clients accept the certificate for this name or address. */
export function coversHost(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return /^[\w.-]{1,253}$/.test(host) && certificate.checkHost(host) !== undefined;
}

function readText(file: string, what: string): Result<string, NetworkFailure> {
  try {
    return ok(readFileSync(file, "utf8"));
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    return err({
      code: "TlsFileUnreadable",
      message: `the ${what} ${file} cannot be read (${code})`,
      fix:
        code === "ENOENT"
          ? "create the file, or correct http.tls in the operator's file"
          : "allow this process to read the file",
    });
  }
}

function problemOf(
  { cert, key }: KeyPair,
  { certFile, keyFile }: KeyPairFiles,
  nowMs: number,
): NetworkFailure | null {
  const certificate = parsed(() => certificateOf({ cert }));
  if (certificate === null)
    return {
      code: "TlsCertificateDamaged",
      message: `${certFile} has no certificate in PEM (-----BEGIN CERTIFICATE-----)`,
      fix: "write the certificate of the server into the file, then those between it and its authority",
    };
  const privateKey = parsed(() => createPrivateKey(key));
  if (privateKey === null)
    return {
      code: "TlsKeyDamaged",
      message: `${keyFile} has no private key in PEM without a password`,
      fix: "write the private key into the file, in PEM and without a password",
    };
  return (
    mismatch(certificate, privateKey, { certFile, keyFile }) ??
    expiry(certificate, certFile, nowMs) ??
    refusal({ cert, key }, certFile)
  );
}

/** What a server would refuse: a key that is too short, or a damaged certificate after the first one. */
function refusal(pair: KeyPair, certFile: string): NetworkFailure | null {
  try {
    createSecureContext(pair);
    return null;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return {
      code: "TlsCertificateRefused",
      message: `the certificate ${certFile} cannot be used for TLS: ${why}`,
      fix: "write the complete certificates into the file, each with a key of the curve P-256 or of RSA with 2,048 bits or more",
    };
  }
}

function mismatch(
  certificate: X509Certificate,
  privateKey: KeyObject,
  { certFile, keyFile }: KeyPairFiles,
): NetworkFailure | null {
  if (certificate.checkPrivateKey(privateKey)) return null;
  return {
    code: "TlsKeyMismatch",
    message: `the private key ${keyFile} is not that of the certificate ${certFile}`,
    fix: "write the key with which the certificate was requested into the file; the certificate of the server is the first one",
  };
}

function expiry(certificate: X509Certificate, certFile: string, nowMs: number): NetworkFailure | null {
  const { validFromDate, validToDate } = certificate;
  if (nowMs >= validToDate.getTime())
    return {
      code: "TlsCertificateExpired",
      message: `the certificate ${certFile} expired at ${validToDate.toISOString()}`,
      fix: "renew the certificate; the controller takes new files without a restart",
    };
  if (nowMs < validFromDate.getTime())
    return {
      code: "TlsCertificateNotYetValid",
      message: `the certificate ${certFile} is valid from ${validFromDate.toISOString()} only`,
      fix: "check the clock of this machine, or request a certificate that is valid now",
    };
  return null;
}

function parsed<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
