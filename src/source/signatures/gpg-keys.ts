/** One GPG key of a keyring. */
export interface GpgKey {
  /** Of the primary key, 40 or 64 hex digits. */
  readonly fingerprint: string;
  readonly state: "usable" | "expired" | "revoked";
  /** The addresses of its user ids that are not revoked, in lower case. */
  readonly mails: readonly string[];
}

/** Reads the output of `gpg --with-colons` (doc/DETAILS of GnuPG). */
export function parseGpgKeys(text: string): readonly GpgKey[] {
  const keys: { fingerprint: string; state: GpgKey["state"]; mails: string[] }[] = [];
  let isPrimary = false;
  for (const line of text.split("\n")) {
    const [type, validity = "", , , , , , , , value = ""] = line.split(":");
    const key = keys.at(-1);
    if (type === "pub") keys.push({ fingerprint: "", state: stateOf(validity), mails: [] });
    if (type === "pub" || type === "sub") isPrimary = type === "pub";
    if (type === "fpr" && isPrimary && key !== undefined) key.fingerprint = value;
    if (type !== "uid" || key === undefined) continue;
    // All user ids of an expired key have expired with it; they still name the owner.
    const isEnded = validity.includes("r") || (validity.includes("e") && key.state === "usable");
    const mail = isEnded ? null : mailIn(value);
    if (mail !== null) key.mails.push(mail);
  }
  return keys.filter(({ fingerprint }) => fingerprint !== "");
}

function stateOf(validity: string): GpgKey["state"] {
  if (validity.includes("r")) return "revoked";
  return validity.includes("e") ? "expired" : "usable";
}

/** `Dana <dana@example.com>`, or the address alone. A colon is written `\x3a`. */
function mailIn(userId: string): string | null {
  const text = userId.replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const mail = /<([^<>]+)>$/.exec(text)?.[1] ?? (/^[^\s<>@]+@[^\s<>@]+$/.test(text) ? text : null);
  return mail?.toLowerCase() ?? null;
}
