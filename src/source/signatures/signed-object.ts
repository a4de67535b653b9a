/** A commit or an annotated tag as its bytes show it, before any signature is checked. */
export interface SignedObject {
  readonly signature: "none" | "gpg" | "ssh" | "x509";
  readonly bytes: Uint8Array;
  /** The address of the committer or tagger, in lower case. */
  readonly mail: string;
  /** Of a tag: its name, and the type and id of its object. Of a commit: none of them. */
  readonly headers: ReadonlyMap<string, string>;
}

const BEGIN = {
  gpg: /^-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----/m,
  ssh: /^-----BEGIN SSH SIGNATURE-----/m,
  x509: /^-----BEGIN SIGNED MESSAGE-----/m,
} as const;

const ANY_BEGIN = /^-----BEGIN (?:PGP (?:SIGNATURE|MESSAGE)|SSH SIGNATURE|SIGNED MESSAGE)-----/gm;

/**
 * Reads a commit. A text is why it is refused: git would show and check less of it than others do. A signature is the
 * header `gpgsig`, in a repository with SHA-256 `gpgsig-sha256`.
 */
export function readSignedCommit(bytes: Uint8Array, algorithm: "sha1" | "sha256"): SignedObject | string {
  const headers = headersOf(bytes);
  if (typeof headers === "string") return headers;
  const name = algorithm === "sha1" ? "gpgsig" : "gpgsig-sha256";
  const signatures = headers.filter(([key]) => key === name);
  if (signatures.length > 1) return "it has more than one signature";
  return signedObject(bytes, headers, { person: "committer", text: signatures[0]?.[1] ?? "" });
}

/** Reads an annotated tag, whose signature is the end of its message. */
export function readSignedTag(bytes: Uint8Array): SignedObject | string {
  const headers = headersOf(bytes);
  if (typeof headers === "string") return headers;
  const text = Buffer.from(bytes).toString("latin1");
  return signedObject(bytes, headers, { person: "tagger", text: text.slice(text.indexOf("\n\n") + 1) });
}

type Header = readonly [string, string];

/** A header continues in lines that begin with a space. */
function headersOf(bytes: Uint8Array): readonly Header[] | string {
  const text = Buffer.from(bytes).toString("latin1");
  if (text.includes("\0")) return "it contains a NUL byte";
  const end = text.indexOf("\n\n");
  const headers: [string, string][] = [];
  for (const line of (end === -1 ? text : text.slice(0, end)).split("\n")) {
    const last = headers.at(-1);
    const at = line.indexOf(" ");
    if (at === 0 && last !== undefined) last[1] += `\n${line.slice(1)}`;
    else if (at > 0) headers.push([line.slice(0, at), line.slice(at + 1)]);
  }
  return headers;
}

function signedObject(
  bytes: Uint8Array,
  headers: readonly Header[],
  { person, text }: { readonly person: "committer" | "tagger"; readonly text: string },
): SignedObject | string {
  const names = headers.map(([name]) => name);
  const repeated = ["tree", "object", "type", "tag", person].find(
    (name) => names.indexOf(name) !== names.lastIndexOf(name),
  );
  if (repeated !== undefined) return `it has more than one header "${repeated}"`;
  const mail = /<([^<>]*)>[^<>]*$/.exec(headers.find(([name]) => name === person)?.[1] ?? "")?.[1];
  if (mail === undefined) return `its ${person} cannot be read`;
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- the text of a signed object of git
  if ((text.match(ANY_BEGIN) ?? []).length > 1) return "it has more than one signature";
  const signature = (["gpg", "ssh", "x509"] as const).find((kind) => BEGIN[kind].test(text)) ?? "none";
  return {
    signature,
    bytes,
    mail: Buffer.from(mail, "latin1").toString("utf8").toLowerCase(),
    headers: new Map(headers),
  };
}
