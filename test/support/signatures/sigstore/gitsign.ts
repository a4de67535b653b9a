import { sign, X509Certificate } from "node:crypto";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { TestFulcio, type LeafOptions } from "./authority.ts";
import { field, integer, octets, oid, sequence, set, time } from "./der.ts";
import { newKey, sha256, spki } from "./keys.ts";
import { TestLog, type TestEntry } from "./log.ts";

/** When the commits of the tests were signed. */
export const SIGNED_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
export const DANA = { identity: "dana@example.com", issuer: "https://accounts.example.com" } as const;

/** What a signature has in place of what Dana's has. */
export interface GitsignOptions extends Partial<Omit<LeafOptions, "key">> {
  readonly fulcio?: TestFulcio;
  readonly rekor?: TestLog;
  readonly loggedAtMs?: number;
  /** The digest in the signed attributes; default: that of the payload. */
  readonly digest?: Buffer;
  /** The entry in place of the log's; null: none, as in the online form. */
  readonly entry?: (own: TestEntry) => TestEntry | Buffer | null;
  /** The parts of the CMS, as the last step before it is written. */
  readonly cms?: (parts: CmsParts) => CmsParts;
}

interface CmsParts {
  readonly content: readonly Buffer[];
  readonly certificates: readonly Buffer[];
  readonly signers: readonly Buffer[];
  readonly attributes: readonly Buffer[];
  readonly unsigned: readonly Buffer[];
}

export interface GitsignSignature {
  readonly der: Buffer;
  /** As the log returned it. */
  readonly entry: TestEntry;
}

export const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"));
const DATA = oid("1.2.840.113549.1.7.1");

/** An installation of Sigstore: a root, an authority below it, a log of signatures and one of certificates. */
export class TestSigstore {
  readonly root = TestFulcio.create("root");
  readonly fulcio = TestFulcio.create("fulcio", this.root);
  readonly rekor = new TestLog("rekor.example.com");
  readonly certificateLog = new TestLog("ct.example.com");

  /** As gitsign signs with rekorMode offline. */
  sign(payload: string | Buffer, options: GitsignOptions = {}): GitsignSignature {
    const { fulcio = this.fulcio, rekor = this.rekor, loggedAtMs = SIGNED_MS } = options;
    const key = newKey();
    const certificate = fulcio.issue({
      ...DANA,
      fromMs: SIGNED_MS - 60_000,
      log: this.certificateLog,
      ...options,
      key,
    });
    const attributes = [
      attribute("1.2.840.113549.1.9.3", DATA),
      attribute("1.2.840.113549.1.9.5", time(SIGNED_MS)),
      attribute("1.2.840.113549.1.9.4", octets(options.digest ?? sha256(Buffer.from(payload)))),
    ];
    const signed = set(...attributes);
    const signature = sign("sha256", signed, key.privateKey);
    const entry = rekor.append(entryBody(signed, signature, certificate), loggedAtMs / 1_000);
    const chosen = options.entry === undefined ? entry : options.entry(entry);
    const unsigned =
      chosen === null
        ? []
        : [attribute("1.3.6.1.4.1.57264.3.1", octets(Buffer.isBuffer(chosen) ? chosen : protobuf(chosen)))];
    const { cms = (parts) => parts } = options;
    const parts = cms({ content: [DATA], certificates: [certificate], signers: [], attributes, unsigned });
    const signer = sequence(
      integer(Buffer.from([1])),
      fulcio.issuerAndSerial(key),
      SHA256,
      field(0, ...parts.attributes.toSorted((a, b) => Buffer.compare(a, b))),
      sequence(oid("1.2.840.10045.4.3.2")),
      octets(signature),
      ...(parts.unsigned.length === 0 ? [] : [field(1, ...parts.unsigned)]),
    );
    return { der: signedData({ ...parts, signers: [signer, ...parts.signers] }), entry };
  }

  /** trusted_root.json. */
  trustedRoot(change: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logOf(this.rekor)],
      ctlogs: [logOf(this.certificateLog)],
      certificateAuthorities: [authorityOf(this.fulcio, this.root)],
      timestampAuthorities: [],
      ...change,
    });
  }
}

interface Span {
  readonly start: string;
  readonly end?: string;
}

const ALWAYS: Span = { start: "2020-01-01T00:00:00Z" };

export function logOf(log: TestLog, validFor = ALWAYS): Readonly<Record<string, unknown>> {
  return {
    baseUrl: `https://${log.host}`,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spki(log.key).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor,
    },
    logId: { keyId: log.id.toString("base64") },
  };
}

export function authorityOf(
  below: TestFulcio,
  root: TestFulcio,
  validFor = ALWAYS,
): Readonly<Record<string, unknown>> {
  const certificates = [below, root].map(({ certificate }) => ({ rawBytes: certificate.toString("base64") }));
  return { uri: "https://fulcio.example.com", certChain: { certificates }, validFor };
}

export function attribute(type: string, ...values: readonly Buffer[]): Buffer {
  return sequence(oid(type), set(...values));
}

function signedData({ content, certificates, signers }: CmsParts): Buffer {
  return sequence(
    oid("1.2.840.113549.1.7.2"),
    field(
      0,
      sequence(
        integer(Buffer.from([1])),
        set(SHA256),
        sequence(...content),
        field(0, ...certificates),
        set(...signers),
      ),
    ),
  );
}

/** The canonical body of a hashedrekord 0.0.1. */
function entryBody(signed: Buffer, signature: Buffer, certificate: Buffer): Buffer {
  const pem = Buffer.from(new X509Certificate(certificate).toString());
  return Buffer.from(
    `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"sha256","value":"${sha256(signed).toString("hex")}"}},"signature":{"content":"${signature.toString("base64")}","publicKey":{"content":"${pem.toString("base64")}"}}}}`,
  );
}

/** TransparencyLogEntry of sigstore_rekor.proto. */
export function protobuf(entry: TestEntry): Buffer {
  const writer = new BinaryWriter();
  const bytes = (number: number, value: Uint8Array) =>
    writer.tag(number, WireType.LengthDelimited).bytes(value);
  const number = (at: number, value: number) => writer.tag(at, WireType.Varint).int64(value);
  const message = (at: number, fill: () => void): void => {
    writer.tag(at, WireType.LengthDelimited).fork();
    fill();
    writer.join();
  };
  number(1, entry.index);
  message(2, () => bytes(1, entry.logId));
  message(3, () => {
    bytes(1, Buffer.from(entry.kind));
    bytes(2, Buffer.from(entry.version));
  });
  number(4, entry.integratedTime);
  message(5, () => bytes(1, entry.signedEntryTimestamp));
  message(6, () => {
    number(1, entry.index);
    bytes(2, entry.rootHash);
    number(3, entry.treeSize);
    for (const hash of entry.hashes) bytes(4, hash);
    message(5, () => bytes(1, Buffer.from(entry.checkpoint)));
  });
  return Buffer.from(writer.finish());
}
