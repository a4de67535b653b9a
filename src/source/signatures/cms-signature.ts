/** An X.509 signature with what it signs. */
export interface CmsSignature {
  /** CMS SignedData, in DER. */
  readonly der: Buffer;
  /** The bytes of the commit or tag without the signature. */
  readonly payload: Buffer;
}

const BEGIN = "-----BEGIN SIGNED MESSAGE-----";
const BLOCK = /^-----BEGIN SIGNED MESSAGE-----\n([A-Za-z0-9+/=\n]+)\n-----END SIGNED MESSAGE-----\n?$/;

/**
 * Of a commit: git signs the bytes without the header of the signature. null: it cannot be read, or a second header has a
 * signature too, which git leaves out of what it checks.
 */
export function commitSignature(bytes: Uint8Array, algorithm: "sha1" | "sha256"): CmsSignature | null {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\n\n");
  const [own, other] = algorithm === "sha1" ? ["gpgsig", "gpgsig-sha256"] : ["gpgsig-sha256", "gpgsig"];
  const kept: string[] = [];
  const signature: string[] = [];
  let isSignature = false;
  for (const line of text.slice(0, end).split("\n")) {
    if (line.startsWith(`${other} `)) return null;
    isSignature = line.startsWith(`${own} `) || (isSignature && line.startsWith(" "));
    if (!isSignature) kept.push(line);
    else signature.push(line.startsWith(" ") ? line.slice(1) : line.slice(own.length + 1));
  }
  return signed(signature.join("\n"), `${kept.join("\n")}${text.slice(end)}`);
}

/** The signature of an annotated tag, which is the end of its message. */
export function tagSignature(bytes: Uint8Array): CmsSignature | null {
  const text = Buffer.from(bytes).toString("latin1");
  const at = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1;
  return signed(text.slice(at), text.slice(0, at));
}

function signed(block: string, payload: string): CmsSignature | null {
  const base64 = BLOCK.exec(block)?.[1];
  if (base64 === undefined) return null;
  return { der: Buffer.from(base64, "base64"), payload: Buffer.from(payload, "latin1") };
}
