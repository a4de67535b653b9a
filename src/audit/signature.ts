import { sign, verify, type KeyObject } from "node:crypto";

/** Ed25519 over the UTF-8 bytes of a text, base64. */
export function signatureOf(text: string, privateKey: KeyObject): string {
  return sign(null, Buffer.from(text), privateKey).toString("base64");
}

/** Whether it is the signature of exactly this text. */
export function isSignatureOf(text: string, signature: string, key: KeyObject): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Buffer decodes base64 leniently, but another spelling of the same bytes is still a changed text.
  return bytes.toString("base64") === signature && verify(null, Buffer.from(text), key, bytes);
}
