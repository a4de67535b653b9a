import { X509Certificate } from "node:crypto";
import { TrustedRoot as TrustedRootFile } from "@sigstore/protobuf-specs";
import { toTrustMaterial, type TrustMaterial } from "@sigstore/verify";
import { err, ok, type Result } from "../../model/values/result.ts";

/** One authority of the file: its certificates up to the root, and when it counts. */
interface CertificateAuthority {
  readonly certificates: readonly X509Certificate[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The authorities and logs that the operator trusts. */
export interface TrustedRoot {
  readonly authorities: readonly CertificateAuthority[];
  readonly material: TrustMaterial;
}

const MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot";

/**
 * Reads trusted_root.json: the message TrustedRoot of sigstore/protobuf-specs, which `cosign trusted-root create` writes
 * for an own installation, and which Sigstore publishes for its own. A text is the problem.
 */
export function readTrustedRoot(bytes: Buffer): Result<TrustedRoot, string> {
  let material: TrustMaterial;
  let file: TrustedRootFile;
  try {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    file = TrustedRootFile.fromJSON(json);
    if (!file.mediaType.startsWith(MEDIA_TYPE)) return err("it is not a trusted_root.json of Sigstore");
    material = toTrustMaterial(file);
  } catch (error) {
    return err(
      error instanceof SyntaxError ? "it is not JSON" : "it has a key or certificate that cannot be read",
    );
  }
  if (material.tlogs.length === 0) return err("it has no transparency log (tlogs)");
  const authorities = authoritiesOf(file, material);
  if (authorities === null) return err("it has a key or certificate that cannot be read");
  if (authorities.length === 0) return err("it has no certificate authority (certificateAuthorities)");
  return ok({ authorities, material });
}

function authoritiesOf(
  { certificateAuthorities }: TrustedRootFile,
  { certificateAuthorities: ranges }: TrustMaterial,
): readonly CertificateAuthority[] | null {
  try {
    return certificateAuthorities.flatMap(({ certChain }, at) => {
      const certificates = (certChain?.certificates ?? []).map(
        ({ rawBytes }) => new X509Certificate(rawBytes),
      );
      const range = ranges[at]?.validFor;
      return certificates.length === 0 || range === undefined
        ? []
        : [{ certificates, fromMs: range.start.getTime(), untilMs: range.end.getTime() }];
    });
  } catch {
    return null;
  }
}

/** The certificates of the authorities that count at this time, in PEM. */
export function authoritiesAt({ authorities }: TrustedRoot, atMs: number): string {
  return authorities
    .filter(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs)
    .flatMap(({ certificates }) => certificates.map(String))
    .join("");
}
