import { createHash } from "node:crypto";

/** The namespace of our UUIDs (RFC 9562 name-based, version 5). */
const UID_NAMESPACE = Buffer.from("5c8b1f0e4d2a4b7f9e61a3d07c42e895", "hex");

/** The same id has the same UUID in every installation. */
export function nameUuid(id: string): string {
  const bytes = createHash("sha1").update(UID_NAMESPACE).update(id, "utf8").digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
