import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Brand } from "./brand.ts";
import type { Json } from "./json.ts";

/** `sha256:<64 hex>`. */
export type Digest = Brand<string, "Digest">;

/** SHA-256 over the RFC 8785 bytes of plain data. */
export function digestOf(value: Json): Digest {
  return digestOfText(canonicalText(value));
}

/** The same for RFC 8785 text. */
export function digestOfText(text: string): Digest {
  return `sha256:${sha256Hex(text)}` as Digest;
}

export function parseDigest(text: string): Digest | undefined {
  return /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

/** The digest of a set: over its members, sorted. */
export function digestOfSet(members: readonly Digest[]): Digest {
  return digestOf([...members].sort());
}

export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}

/** RFC 8785 text. */
export function canonicalText(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error("value has no canonical JSON");
  return text;
}
