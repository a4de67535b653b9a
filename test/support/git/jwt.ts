import { verify, type KeyObject } from "node:crypto";

export function readJwt(
  jwt: string,
  key: KeyObject,
): { readonly header: unknown; readonly claims: unknown; readonly isSigned: boolean } {
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${claims}`),
    key,
    Buffer.from(signature, "base64url"),
  );
  return { header: read(header), claims: read(claims), isSigned };
}
