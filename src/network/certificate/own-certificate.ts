import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NetworkFailure } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { createAuthority, issueCertificate } from "./issue.ts";
import { certificateOf, coversHost, readKeyPair, type KeyPair, type KeyPairFiles } from "./key-pair.ts";

const DAY_MS = 86_400_000;
/** Clients keep the certificate of the authority: it changes only once in nine years. */
const AUTHORITY_DAYS = 3_650;
const AUTHORITY_RENEWAL_DAYS = 366;
const SERVER_DAYS = 365;
const SERVER_RENEWAL_DAYS = 30;
/** Clocks of clients may be behind. */
const EARLIER_MS = 3_600_000;

export interface OwnCertificate {
  /** The certificate of the authority is the second one. */
  readonly pair: KeyPair;
  /** The file of the authority that clients trust. */
  readonly caFile: string;
}

/** The authority that clients trust: they keep it while the certificate of the server is renewed. */
function authorityFile(folder: string): string {
  return join(folder, "authority.pem");
}

/**
 * The certificate of a server, by an authority of its own. Both are kept in the folder, and are created again when they are
 * missing, damaged or near their end, or, for the certificate of the server, when it lacks one of the hosts.
 */
export function keepOwnCertificate(
  folder: string,
  hosts: readonly string[],
  nowMs: number,
): Result<OwnCertificate, NetworkFailure> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const authority = keptAuthority(folder, nowMs);
    const kept = readKeyPair(serverFiles(folder), nowMs);
    const caFile = authorityFile(folder);
    if (kept.kind === "ok" && isGood(kept.value, { authority, hosts, nowMs }))
      return ok({ pair: kept.value, caFile });
    const validity = { fromMs: nowMs - EARLIER_MS, untilMs: nowMs + SERVER_DAYS * DAY_MS };
    const issued = issueCertificate(authority, hosts, validity);
    const pair = { cert: `${issued.cert}${authority.cert}`, key: issued.key };
    write(serverFiles(folder), pair);
    return ok({ pair, caFile });
  } catch (cause) {
    const code = errorCode(cause);
    // Errors of Node itself are bugs.
    if (code === undefined || code.startsWith("ERR_")) throw cause;
    return err({
      code: "TlsFolderNotWritable",
      message: `the certificate of the API cannot be kept in ${folder} (${code})`,
      fix: "allow this process to write to the folder, or name files in http.tls.certFile and http.tls.keyFile",
    });
  }
}

function keptAuthority(folder: string, nowMs: number): KeyPair {
  const files = { certFile: authorityFile(folder), keyFile: join(folder, "authority.key") };
  const kept = readKeyPair(files, nowMs);
  if (kept.kind === "ok" && leftDays(kept.value, nowMs) > AUTHORITY_RENEWAL_DAYS) return kept.value;
  const validity = { fromMs: nowMs - EARLIER_MS, untilMs: nowMs + AUTHORITY_DAYS * DAY_MS };
  const authority = createAuthority(`Grantkeeper ${new Date(nowMs).toISOString().slice(0, 10)}`, validity);
  write(files, authority);
  return authority;
}

function serverFiles(folder: string): KeyPairFiles {
  return { certFile: join(folder, "server.pem"), keyFile: join(folder, "server.key") };
}

interface CertificateNeed {
  readonly authority: KeyPair;
  readonly hosts: readonly string[];
  readonly nowMs: number;
}

function isGood(pair: KeyPair, { authority, hosts, nowMs }: CertificateNeed): boolean {
  const certificate = certificateOf(pair);
  return (
    leftDays(pair, nowMs) > SERVER_RENEWAL_DAYS &&
    certificate.checkIssued(certificateOf(authority)) &&
    certificate.verify(certificateOf(authority).publicKey) &&
    hosts.every((host) => coversHost(certificate, host))
  );
}

function leftDays(pair: KeyPair, nowMs: number): number {
  return (certificateOf(pair).validToDate.getTime() - nowMs) / DAY_MS;
}

/** The key first: a certificate without its key is created again. */
function write({ certFile, keyFile }: KeyPairFiles, { cert, key }: KeyPair): void {
  for (const [file, text] of [
    [keyFile, key],
    [certFile, cert],
  ] as const) {
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  }
}
