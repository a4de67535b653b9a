import { ASN1Obj } from "@sigstore/core";
import { err, ok, type Result } from "../../model/values/result.ts";
import { refusal, type GitsignRefusal } from "./refusal.ts";

/** The parts of a gitsign signature, read and not verified. */
export interface GitsignCms {
  /** The certificate of the signer, in DER: the only one in the signature. */
  readonly certificate: Buffer;
  /** What the key of the certificate signs: the DER of the signed attributes as a SET (RFC 5652, 5.4). */
  readonly signedAttributes: Buffer;
  readonly signature: Buffer;
  /** Of the commit or tag, SHA-256: one of the signed attributes. */
  readonly messageDigest: Buffer;
  /** The entry of the log in Protobuf, which no signature of the CMS covers; null: it has none. */
  readonly entry: Buffer | null;
}

/** A signature of gitsign has about 4 KiB. */
const MAX_BYTES = 32_768;

/** The contents of object identifiers in DER. */
const OID = {
  /** 1.2.840.113549.1.7.2 */
  signedData: "2a864886f70d010702",
  /** 1.2.840.113549.1.7.1 */
  data: "2a864886f70d010701",
  /** 1.2.840.113549.1.9.3 */
  contentType: "2a864886f70d010903",
  /** 1.2.840.113549.1.9.4 */
  messageDigest: "2a864886f70d010904",
  /** 2.16.840.1.101.3.4.2.1 */
  sha256: "608648016503040201",
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: "2a8648ce3d040302",
  /** 1.3.6.1.4.1.57264.3.1, which gitsign defines in internal/rekor/oid. */
  logEntry: "2b0601040183bf300301",
} as const;

const SEQUENCE = 0x30;
const SET = 0x31;
/** The tag of a field [n] in CMS. */
const FIELD = 0xa0;

const UNREADABLE = refusal("InvalidSignature", "has a gitsign signature that cannot be read");

/**
 * Reads CMS SignedData as gitsign writes it: detached, one signer, one certificate, signed attributes, ECDSA with SHA-256.
 * Another form is refused: two readers of it could find different parts.
 */
export function readGitsignCms(der: Buffer): Result<GitsignCms, GitsignRefusal> {
  if (der.length > MAX_BYTES)
    return err(refusal("InvalidSignature", "has a gitsign signature of more than 32 KiB"));
  try {
    return partsOf(Buffer.from(der));
  } catch {
    // The bytes are those of the author of the commit: the parser throws for each that is no DER, with a stack that is
    // exhausted if they are nested thousands of times.
    return err(UNREADABLE);
  }
}

function partsOf(der: Buffer<ArrayBuffer>): Result<GitsignCms, GitsignRefusal> {
  const root = ASN1Obj.parseBuffer(der);
  const isComplete = encoded(SEQUENCE, root.value).equals(der);
  const [type, content, ...others] = root.subs;
  const [signed] = content?.subs ?? [];
  if (!isComplete || !isOid(type, OID.signedData) || signed === undefined || others.length > 0)
    return err(UNREADABLE);
  const [, , encapsulated, ...rest] = signed.subs;
  const [certificates, signers] = [rest.at(0), rest.at(-1)];
  const [certificate, ...otherCertificates] = hasTag(certificates, FIELD) ? certificates.subs : [];
  const [signer, ...otherSigners] = hasTag(signers, SET) ? signers.subs : [];
  if (certificate === undefined || signer === undefined) return err(UNREADABLE);
  if (rest.length > 2 || otherCertificates.length + otherSigners.length > 0)
    return err(
      refusal("InvalidSignature", "has a gitsign signature with more than one signer or certificate"),
    );
  if (encapsulated?.subs.length !== 1 || !isOid(encapsulated.subs[0], OID.data))
    return err(refusal("InvalidSignature", "has a gitsign signature with a text of its own"));
  return signerOf(signer, encoded(SEQUENCE, certificate.value));
}

function signerOf(signer: ASN1Obj, certificate: Buffer): Result<GitsignCms, GitsignRefusal> {
  const [, , digest, attributes, algorithm, signature, unsigned, ...others] = signer.subs;
  if (!isOid(digest?.subs[0], OID.sha256) || !isOid(algorithm?.subs[0], OID.ecdsaWithSha256))
    return err(refusal("InvalidSignature", "has a gitsign signature that is not ECDSA with SHA-256"));
  if (!hasTag(attributes, FIELD) || signature?.tag.isOctetString() !== true || others.length > 0)
    return err(UNREADABLE);
  const types = valuesOf(attributes, OID.contentType);
  const digests = valuesOf(attributes, OID.messageDigest);
  const [messageDigest] = digests;
  if (types.length !== 1 || !isOid(types[0], OID.data) || digests.length !== 1 || messageDigest === undefined)
    return err(refusal("InvalidSignature", "has a gitsign signature without one digest of its content"));
  const entries = hasTag(unsigned, FIELD + 1) ? valuesOf(unsigned, OID.logEntry) : [];
  if (entries.length > 1)
    return err(refusal("InvalidSignature", "has a gitsign signature with more than one log entry"));
  return ok({
    certificate,
    signedAttributes: encoded(SET, attributes.value),
    signature: signature.value,
    messageDigest: messageDigest.value,
    entry: entries[0]?.value ?? null,
  });
}

/** All values of all attributes of this type. */
function valuesOf({ subs }: ASN1Obj, oid: string): readonly ASN1Obj[] {
  return subs.flatMap(({ subs: [type, values] }) => (isOid(type, oid) ? (values?.subs ?? []) : []));
}

/** Compared as bytes: the parser's text of an identifier is not unique for huge numbers. */
function isOid(found: ASN1Obj | undefined, oid: string): boolean {
  return found?.tag.isOID() === true && found.value.toString("hex") === oid;
}

function hasTag(found: ASN1Obj | undefined, tag: number): found is ASN1Obj {
  return found?.tag.toDER() === tag;
}

/**
 * The parser's own `toDER` also writes again what it reads inside of octet strings, which can be any bytes: this keeps the
 * value as it is.
 */
function encoded(tag: number, value: Buffer): Buffer {
  const bytes: number[] = [];
  for (let rest = value.length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const length = value.length < 0x80 ? [value.length] : [0x80 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
