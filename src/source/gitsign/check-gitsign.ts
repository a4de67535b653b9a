import { createHash, X509Certificate } from "node:crypto";
import { HashAlgorithm } from "@sigstore/protobuf-specs";
import { toSignedEntity, VerificationError, Verifier, type Signer } from "@sigstore/verify";
import type { GitsignIdentity } from "../../model/verification.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { readGitsignCms, type GitsignCms } from "./gitsign-cms.ts";
import { ENTRY_KIND, readLogEntry, type LogEntry } from "./log-entry.ts";
import { refusal, UPDATE_ROOT, type GitsignRefusal, LIST_IDENTITY } from "./refusal.ts";
import { authoritiesAt, type TrustedRoot } from "./trusted-root.ts";
import { cleanSourceLine } from "../rules/clean-text.ts";

/** What the log and the certificate prove. */
export interface GitsignProof extends GitsignIdentity {
  /** When the log received the signature. */
  readonly loggedAtMs: number;
  /** The certificates of the authorities that counted at that time, in PEM. */
  readonly authorities: string;
}

interface GitsignCheck {
  readonly der: Buffer;
  /** The bytes of the commit or tag without the signature. */
  readonly payload: Buffer;
  readonly root: TrustedRoot;
  readonly identities: readonly GitsignIdentity[];
}

/**
 * Verifies gitsign's offline form (`rekorMode: offline`) without a network: the log signed an entry for exactly this
 * signature and contains it, the certificate was valid at the time of the entry and belongs to a listed identity, and what
 * it signed is the digest of these bytes. gitsign does the same (docs/verification.md and internal/gitsign/bundle.go there).
 */
export function checkGitsign({
  der,
  payload,
  root,
  identities,
}: GitsignCheck): Result<GitsignProof, GitsignRefusal> {
  const cms = readGitsignCms(der);
  if (cms.kind === "err") return cms;
  const { entry: bytes, messageDigest } = cms.value;
  if (bytes === null) return err(ONLINE_ONLY);
  if (!sha256(payload).equals(messageDigest)) return err(OTHER_CONTENT);
  const entry = readLogEntry(bytes);
  if (entry.kind === "err") return entry;
  const early = certificateRefusal(cms.value, entry.value) ?? logRefusal(entry.value, root);
  if (early !== null) return err(early);
  const loggedAtMs = timeMs(entry.value);
  const authorities = authoritiesAt(root, loggedAtMs);
  if (authorities === "") return err(NO_AUTHORITY);
  const signer = verified(cms.value, entry.value, root);
  if (signer.kind === "err") return signer;
  const listed = listedIdentity(signer.value, new X509Certificate(cms.value.certificate), identities);
  return listed.kind === "err" ? listed : ok({ ...listed.value, loggedAtMs, authorities });
}

const ONLINE_ONLY = refusal(
  "UnsupportedFormat",
  "is signed with gitsign without its log entry, so that only the log itself could prove when the certificate was used",
);
const OTHER_CONTENT = refusal("InvalidSignature", "has a gitsign signature that does not match its content");

const NO_AUTHORITY = refusal(
  "UnknownSigner",
  "was signed when no certificate authority of trustedRootFile counted",
  UPDATE_ROOT,
);

function timeMs({ integratedTime }: LogEntry): number {
  return Number(integratedTime) * 1_000;
}

/** The extended usage of the certificates of Fulcio (RFC 5280, 4.2.1.12). */
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

function certificateRefusal({ certificate }: GitsignCms, entry: LogEntry): GitsignRefusal | null {
  let read: X509Certificate;
  try {
    read = new X509Certificate(certificate);
  } catch {
    return refusal("InvalidSignature", "has a gitsign signature with a certificate that cannot be read");
  }
  const atMs = timeMs(entry);
  if (atMs < read.validFromDate.getTime() || atMs > read.validToDate.getTime())
    return refusal(
      "ExpiredKey",
      `is signed with a certificate that was not valid when the log received the signature (${timeText(atMs)})`,
    );
  if (!(read.keyUsage ?? []).includes(CODE_SIGNING))
    return refusal("UnknownSigner", "is signed with a certificate that is not for signing code");
  return null;
}

function timeText(atMs: number): string {
  const date = new Date(atMs);
  return Number.isNaN(date.getTime()) ? "no date" : date.toISOString();
}

function logRefusal(entry: LogEntry, { material }: TrustedRoot): GitsignRefusal | null {
  const logs = material.tlogs.filter(({ logID }) => logID.equals(entry.logId.keyId));
  if (logs.length === 0)
    return refusal("UnknownSigner", "has an entry of a log that is not in trustedRootFile", UPDATE_ROOT);
  const at = new Date(timeMs(entry));
  return logs.some(({ validFor }) => validFor.start <= at && at <= validFor.end)
    ? null
    : refusal(
        "UnknownSigner",
        `has a log entry of ${timeText(timeMs(entry))}, when the key of the log did not count`,
        UPDATE_ROOT,
      );
}

/** The library checks the chain and the log; it is given only the log that the entry names. */
function verified(cms: GitsignCms, entry: LogEntry, root: TrustedRoot): Result<Signer, GitsignRefusal> {
  const { material } = root;
  const tlogs = material.tlogs.filter(({ logID }) => logID.equals(entry.logId.keyId));
  // Without a certificate log in the file, a certificate that names one is refused by the library.
  const ctlogThreshold = material.ctlogs.length > 0 ? 1 : 0;
  try {
    const verifier = new Verifier({ ...material, tlogs }, { ctlogThreshold });
    return ok(verifier.verify(entityOf(cms, entry)));
  } catch (error) {
    return err(libraryRefusal(error));
  }
}

function entityOf(cms: GitsignCms, entry: LogEntry): ReturnType<typeof toSignedEntity> {
  const { certificate, signature, signedAttributes } = cms;
  return toSignedEntity(
    {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      content: {
        $case: "messageSignature",
        messageSignature: {
          messageDigest: { algorithm: HashAlgorithm.SHA2_256, digest: sha256(signedAttributes) },
          signature,
        },
      },
      verificationMaterial: {
        content: { $case: "certificate", certificate: { rawBytes: certificate } },
        tlogEntries: [{ ...entry, canonicalizedBody: entryBody(cms) }],
        timestampVerificationData: undefined,
      },
    },
    signedAttributes,
  );
}

/** The entry as Rekor stores it: canonical JSON, so the names are in order. */
function entryBody({ certificate, signature, signedAttributes }: GitsignCms): Buffer {
  const pem = String(new X509Certificate(certificate));
  const { kind, version } = ENTRY_KIND;
  const body = {
    apiVersion: version,
    kind,
    spec: {
      data: { hash: { algorithm: "sha256", value: sha256(signedAttributes).toString("hex") } },
      signature: {
        content: signature.toString("base64"),
        publicKey: { content: Buffer.from(pem).toString("base64") },
      },
    },
  };
  return Buffer.from(JSON.stringify(body));
}

const LIBRARY_REFUSALS: Readonly<Record<string, GitsignRefusal>> = {
  CERTIFICATE_ERROR: refusal(
    "UnknownSigner",
    "is signed with a certificate of another authority than those of trustedRootFile at that time",
    UPDATE_ROOT,
  ),
  TLOG_INCLUSION_PROMISE_ERROR: refusal(
    "InvalidSignature",
    "has a log entry that the log did not sign for this signature",
  ),
  TLOG_INCLUSION_PROOF_ERROR: refusal(
    "InvalidSignature",
    "has a log entry with a proof that does not show it in the log",
  ),
  SIGNATURE_ERROR: OTHER_CONTENT,
};

const NOT_IN_CERTIFICATE_LOG = refusal(
  "UnknownSigner",
  "is signed with a certificate that no certificate log of trustedRootFile (ctlogs) has signed",
  UPDATE_ROOT,
);

/** What else the library or a parser below it throws, it throws for bytes of the author. */
function libraryRefusal(error: unknown): GitsignRefusal {
  const known = error instanceof VerificationError ? error : null;
  // The library has one code for both: only a broken chain has a cause.
  if (known?.code === "CERTIFICATE_ERROR" && known.cause === undefined) return NOT_IN_CERTIFICATE_LOG;
  return (
    LIBRARY_REFUSALS[known?.code ?? ""] ??
    refusal("InvalidSignature", "has a gitsign signature that cannot be verified")
  );
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** The extensions with the issuer, the newer one first (docs/oid-info.md of Fulcio). */
const ISSUER_EXTENSIONS = ["1.3.6.1.4.1.57264.1.8", "1.3.6.1.4.1.57264.1.1"];

/**
 * The identity in the certificate, if the operator listed it with this issuer. It is compared here and exactly: the policy of
 * the library takes an identity for a regular expression.
 */
function listedIdentity(
  { identity: found }: Signer,
  certificate: X509Certificate,
  identities: readonly GitsignIdentity[],
): Result<GitsignIdentity, GitsignRefusal> {
  const identity = found?.subjectAlternativeName ?? "";
  const issuer = found?.extensions?.issuer ?? "";
  const names = [`email:${identity}`, `URI:${identity}`];
  if (identity === "" || !names.includes(certificate.subjectAltName ?? "") || !isIssuerOf(issuer, found))
    return err(
      refusal("UnknownSigner", "is signed with a certificate that does not name one mail address or URI"),
    );
  const issuers = identities.filter((one) => one.identity === identity).map((one) => one.issuer);
  if (issuers.includes(issuer)) return ok({ identity, issuer });
  const shown = `${cleanSourceLine(identity, 120)} (issuer ${cleanSourceLine(issuer, 120)})`;
  const why =
    issuers.length > 0
      ? "whom signatures.gitsign.identities lists with another issuer"
      : "whom signatures.gitsign.identities does not list";
  return err(refusal("UnknownSigner", `is signed by ${shown}, ${why}`, LIST_IDENTITY));
}

/** The library reads seven bits of each byte: other bytes could become the listed issuer. */
function isIssuerOf(issuer: string, identity: Signer["identity"]): boolean {
  const extensions = ISSUER_EXTENSIONS.map((id) =>
    identity?.oids?.find(({ oid }) => oid?.id.join(".") === id),
  );
  const value = extensions.find((extension) => extension !== undefined)?.value;
  return issuer !== "" && value?.subarray(-issuer.length).toString("latin1") === issuer;
}
