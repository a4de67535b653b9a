import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
  type KeyObject,
} from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  context,
  explicit,
  integer,
  isDerTrue,
  derObjectId,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from "./der.ts";
import type { KeyPair } from "./key-pair.ts";

interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

const ECDSA_WITH_SHA256 = sequence(derObjectId("1.2.840.10045.4.3.2"));
const SERVER_AUTH = derObjectId("1.3.6.1.5.5.7.3.1");

/** An authority that may sign the certificates of servers, and no other authority. */
export function createAuthority(name: string, validity: Validity): KeyPair {
  const { publicKey, privateKey } = newKeys();
  const id = keyId(publicKey);
  const extensions = [
    extension("2.5.29.19", sequence(isDerTrue(), integer(Buffer.of(0))), "critical"),
    // keyCertSign
    extension("2.5.29.15", bitString(Buffer.of(0b0000_0100), 2), "critical"),
    extension("2.5.29.14", octetString(id)),
  ];
  const issuer = nameOf(name);
  const facts = { subject: issuer, issuer, publicKey, validity, extensions };
  return { cert: certificate(facts, privateKey), key: pemOf(privateKey) };
}

/** The certificate of a server, with a new key. @param hosts names and addresses, at least one */
export function issueCertificate(authority: KeyPair, hosts: readonly string[], validity: Validity): KeyPair {
  const { publicKey, privateKey } = newKeys();
  const authorityKey = createPrivateKey(authority.key);
  const { publicKey: authorityPublicKey, subject } = new X509Certificate(authority.cert);
  const extensions = [
    extension("2.5.29.19", sequence(), "critical"),
    // digitalSignature
    extension("2.5.29.15", bitString(Buffer.of(0b1000_0000), 7), "critical"),
    extension("2.5.29.37", sequence(SERVER_AUTH)),
    extension("2.5.29.17", sequence(...hosts.map(generalName))),
    extension("2.5.29.14", octetString(keyId(publicKey))),
    extension("2.5.29.35", sequence(context(0, keyId(authorityPublicKey)))),
  ];
  const facts = {
    subject: nameOf(hosts[0] ?? "grantkeeper"),
    issuer: nameOf(subject.replace(/^CN=/, "")),
    publicKey,
    validity,
    extensions,
  };
  return { cert: certificate(facts, authorityKey), key: pemOf(privateKey) };
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

interface CertificateFacts {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}

/** A certificate of version 3 in PEM. @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function certificate(
  { subject, issuer, publicKey, validity, extensions }: CertificateFacts,
  signer: KeyObject,
): string {
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(validity.fromMs), time(validity.untilMs)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign("sha256", toBeSigned, signer);
  const text = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature)).toString("base64");
  const lines = text.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

/** A name with a common name alone. */
function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(derObjectId("2.5.4.3"), utf8String(commonName.slice(0, 64)))));
}

function extension(id: string, value: Uint8Array, critical?: "critical"): Buffer {
  const flag = critical === undefined ? [] : [isDerTrue()];
  return sequence(derObjectId(id), ...flag, octetString(value));
}

function generalName(host: string): Buffer {
  return isIP(host) === 0 ? context(2, Buffer.from(host, "ascii")) : context(7, addressBytes(host));
}

/** Four bytes, or sixteen. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  // The URL parser writes IPv4 at the end of an address as two groups.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  const words = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

/** @see https://www.rfc-editor.org/rfc/rfc7093#section-2 */
function keyId(publicKey: KeyObject): Buffer {
  const der = publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(der).digest().subarray(0, 20);
}

function pemOf(privateKey: KeyObject): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
