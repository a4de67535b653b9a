import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function newKey(): KeyPair {
  return generateKeyPairSync("ec", { namedCurve: "prime256v1" });
}

/** The public key in DER. */
export function spki({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

export function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}
