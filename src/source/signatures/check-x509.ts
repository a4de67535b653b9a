import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localEnvironment } from "../git/environment.ts";
import { type GitAttempt } from "../git/failure.ts";
import { collect } from "../git/process.ts";
import { runIn, type Repository } from "../git/repository.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";
import type { CmsSignature } from "./cms-signature.ts";
import { bad, type BadFinding } from "./finding.ts";
import { keysUnusable } from "./keyring.ts";
import { refusalIn } from "./openssl-refusals.ts";

/** What the signature of one object proves: the certificate of its signer. */
type X509Finding = { readonly kind: "good"; readonly certificate: X509Certificate } | BadFinding;

interface X509Check extends CmsSignature {
  /** A private folder with the file of authorities. */
  readonly folder: string;
  readonly authorities: "authorities.pem" | "sigstore.pem";
  /** What the certificate must be for: signing mail, or signing code. */
  readonly purpose: "smimesign" | "codesign";
  readonly hasRevocationList: boolean;
  /** The time at which the certificates must be valid. */
  readonly atMs: number;
}

const MAX_PAYLOAD_BYTES = 524_288;
/** The arc of the extensions that Fulcio writes into its certificates: 1.3.6.1.4.1.57264.1. */
const FULCIO = Buffer.from("2b0601040183bf3001", "hex");

/** The identifiers of MD5 (1.2.840.113549.2.5) and SHA-1 (1.3.14.3.2.26). Those of signatures and certificates are others. */
const BROKEN_DIGESTS = ["2a864886f70d0205", "2b0e03021a"].map((hex) => Buffer.from(hex, "hex"));

/** OpenSSL has a minimum for the digests of certificates only: another content with such a digest can be made. */
export function hasBrokenDigest({ der }: CmsSignature): boolean {
  return BROKEN_DIGESTS.some((digest) => der.includes(digest));
}

/** The certificate is one of Sigstore, valid for ten minutes: only the transparency log proves when it was used. */
export function isGitsign({ der }: CmsSignature): boolean {
  return der.includes(FULCIO);
}

/**
 * Verified by OpenSSL: one signature over these bytes, by a certificate for this purpose that is valid at this time, up to an
 * authority of the file. No authority of the machine counts, and nothing is fetched.
 * @throws SourceError `keys-unusable` if no signature can be verified
 */
export async function checkX509(check: X509Check, attempt: GitAttempt): Promise<X509Finding> {
  const { folder, der, payload } = check;
  const signer = join(folder, "signer.pem");
  await writeFile(join(folder, "signature"), der);
  await writeFile(join(folder, "payload"), payload);
  await writeFile(signer, "");
  const openssl: Repository = { ...attempt, folder, env: { ...localEnvironment(null), TMPDIR: folder } };
  const { sink, text } = collect(MAX_PAYLOAD_BYTES, "latin1");
  const outcome = await runIn(openssl, { program: "openssl", args: argumentsOf(check), sink });
  attempt.deadline.caller.throwIfAborted();
  if (outcome.kind === "not-started" || (outcome.kind === "exited" && outcome.code === 127))
    throw keysUnusable("openssl cannot be started", "install OpenSSL, or list GPG or SSH keys only");
  if (outcome.kind !== "exited") return bad("InvalidSignature", "has a signature that cannot be checked");
  const refusal = await refusalOf(check, openssl, outcome);
  if (refusal !== null) return refusal;
  // A signature may contain another text than the one that is shown: only this text counts.
  if (text() !== payload.toString("latin1"))
    return bad("InvalidSignature", "has a signature that does not match its content");
  const found = signerOf(await readFile(signer, "utf8"));
  if (found.kind === "bad" || !check.hasRevocationList) return found;
  return (await revocationOf(check, openssl)) ?? found;
}

const VERIFY =
  "cms -verify -binary -inform DER -in signature -content payload -signer signer.pem -certsout certificates.pem";

function argumentsOf(check: X509Check): readonly string[] {
  const lists = check.hasRevocationList ? ["-crl_check_all"] : [];
  return [...VERIFY.split(" "), ...chainTo(check), ...forPurpose(check), ...lists];
}

/** Certificates are valid at this time, up to these authorities alone. */
function chainTo({ authorities, atMs }: Pick<X509Check, "authorities" | "atMs">): readonly string[] {
  return `-CAfile ${authorities} -no-CApath -no-CAstore -attime ${Math.floor(atMs / 1_000)}`.split(" ");
}

function forPurpose({ purpose }: X509Check): readonly string[] {
  return ["-purpose", purpose, "-auth_level", "2"];
}

/**
 * The certificate of the signer by the operator's lists alone; null: it is valid. A signature may contain a list itself,
 * and OpenSSL prefers that one: a revoked signer would add the last list from before the revocation.
 */
async function revocationOf(check: X509Check, openssl: Repository): Promise<BadFinding | null> {
  const { sink } = collect(MAX_PAYLOAD_BYTES, "latin1");
  const lists = ["-crl_check_all", "-untrusted", "certificates.pem"];
  const args = ["verify", ...chainTo(check), ...forPurpose(check), ...lists, "signer.pem"];
  const outcome = await runIn(openssl, { program: "openssl", args, sink });
  openssl.deadline.caller.throwIfAborted();
  if (outcome.kind !== "exited") return bad("InvalidSignature", "has a signature that cannot be checked");
  return refusalOf(check, openssl, outcome);
}

const LIST_REFUSALS =
  /CRL has expired|unable to get certificate CRL|CRL is not yet valid|CRL signature failure/i;

/**
 * A list is missing or not valid. If it is that of an authority in the operator's file, no certificate can be checked. If
 * not, it is that of a sub-authority whose certificate is in the signature: only this signature cannot be checked, and its
 * author must not be able to stop the source.
 */
async function listRefusal(
  { folder, authorities: file, atMs }: X509Check,
  openssl: Repository,
  errors: string,
): Promise<BadFinding> {
  const authorities = certificatesIn(await readFile(join(folder, file), "utf8"));
  const names = authorities.map((_, at) => `authority-${at}.pem`);
  for (const [at, pem] of authorities.entries()) await writeFile(join(folder, names[at] ?? ""), `${pem}\n`);
  const { sink } = collect(MAX_PAYLOAD_BYTES, "latin1");
  const args = ["verify", ...chainTo({ authorities: file, atMs }), "-crl_check_all", ...names];
  const outcome = await runIn(openssl, { program: "openssl", args, sink });
  openssl.deadline.caller.throwIfAborted();
  if (outcome.kind !== "exited" || LIST_REFUSALS.test(outcome.errors))
    throw keysUnusable(
      `the revocation list is missing for an authority, has expired or is damaged (${cleanSourceLine(errors, 200)})`,
      "write the newest list of each authority into signatures.x509.revocationFile",
    );
  return bad(
    "UnknownSigner",
    "is signed with a certificate of a sub-authority that has no valid list in signatures.x509.revocationFile",
  );
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function signerOf(pem: string): X509Finding {
  const certificates = certificatesIn(pem);
  const [only] = certificates;
  if (only === undefined || certificates.length > 1)
    return bad("InvalidSignature", "has more than one X.509 signature");
  return { kind: "good", certificate: new X509Certificate(only) };
}

/** null: OpenSSL refused nothing. */
async function refusalOf(
  check: X509Check,
  openssl: Repository,
  { code, errors }: { readonly code: number; readonly errors: string },
): Promise<BadFinding | null> {
  if (LIST_REFUSALS.test(errors)) return listRefusal(check, openssl, errors);
  if (code === 0) return null;
  return refusalIn(errors);
}
