/** A field of a message: a text, or the bytes of another message; short ones only. */
export function field(number: number, value: string | Buffer): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  if (bytes.length > 127) throw new Error("the length would need a second byte");
  return Buffer.concat([Buffer.of(number * 8 + 2, bytes.length), bytes]);
}

/** The message of that kind as Kubernetes' clients send it. */
export function envelope(kind: string, message: Buffer): Buffer {
  const type = Buffer.concat([field(1, "authorization.k8s.io/v1"), field(2, kind)]);
  return Buffer.concat([Buffer.from("k8s\0", "latin1"), field(1, type), field(2, message)]);
}
