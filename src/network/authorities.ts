import { X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { NetworkFailure } from "../model/network/network-error.ts";
import { errorCode } from "../model/values/error-code.ts";
import { err, ok, type Result } from "../model/values/result.ts";

/** A certificate of a file of authorities. */
export interface Authority {
  readonly pem: string;
  readonly subject: string;
  /** Null: its authority is itself. */
  readonly issuer: string | null;
  readonly expiresMs: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates of a file in PEM, in their order. */
export function readAuthorities(file: string): Result<readonly Authority[], NetworkFailure> {
  const text = readText(file);
  if (text.kind === "err") return text;
  const blocks = text.value.match(BLOCK) ?? [];
  if (blocks.length === 0)
    return unusable(file, "it has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
  const found: Authority[] = [];
  for (const [at, pem] of blocks.entries()) {
    const certificate = parsed(pem);
    if (certificate === undefined) return unusable(file, `its certificate ${at + 1} is damaged`);
    found.push({ ...namesOf(certificate), pem, expiresMs: certificate.validToDate.getTime() });
  }
  return ok(found);
}

/**
 * From now on every TLS connection of this process trusts these authorities too, next to those of Node and of
 * NODE_EXTRA_CA_CERTS.
 */
export function trustAuthorities(authorities: readonly Authority[]): void {
  setDefaultCACertificates(together(getCACertificates("default"), authorities));
}

/** A file for programs that trust one file only, such as Git: the system's authorities, Node's and these. */
export function writeAllAuthorities(file: string, authorities: readonly Authority[]): void {
  const known = [...getCACertificates("system"), ...getCACertificates("default")];
  writeFileSync(`${file}.new`, `${together(known, authorities).join("\n")}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function together(known: readonly string[], authorities: readonly Authority[]): readonly string[] {
  return [...new Set([...known, ...authorities.map(({ pem }) => pem)].map((pem) => pem.trim()))];
}

function readText(file: string): Result<string, NetworkFailure> {
  try {
    return ok(readFileSync(file, "utf8"));
  } catch (cause) {
    return unusable(file, errorCode(cause) ?? "error");
  }
}

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function namesOf({ subject, issuer }: X509Certificate): Pick<Authority, "subject" | "issuer"> {
  return { subject: oneLine(subject), issuer: issuer === subject ? null : oneLine(issuer) };
}

/** `CN=…, O=…`: Node writes a line for each part. */
function oneLine(name: string): string {
  return name.split("\n").join(", ");
}

function unusable(file: string, why: string): Result<never, NetworkFailure> {
  return err({
    code: "AuthoritiesUnreadable",
    message: `the certificates in ${file} cannot be used: ${why}`,
    fix: "write the certificates of the authority into the file, in PEM, and allow this process to read it",
  });
}
