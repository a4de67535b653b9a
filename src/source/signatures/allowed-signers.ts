import { createHash } from "node:crypto";

/** One line of an allowed-signers file that can be used. */
export interface AllowedSigner {
  readonly line: number;
  /** The addresses of the owner, as written. */
  readonly principals: readonly string[];
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** ISO 8601 date, from which the key no longer counts; null: never. */
  readonly validBefore: string | null;
}

export interface AllowedSigners {
  readonly signers: readonly AllowedSigner[];
  /** `line 3: …`. For ssh-keygen one malformed line hides all that follow. */
  readonly problems: readonly string[];
}

const KEY_TYPE =
  /^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** Reads an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS). */
export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const problems: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = wordsOf(raw);
    if (words.length === 0 || words[0]?.startsWith("#") === true) continue;
    const signer = signerOf(words, index + 1);
    if (typeof signer === "string") problems.push(`line ${index + 1}: ${signer}`);
    else signers.push(signer);
  }
  return { signers, problems };
}

/** Separated by spaces; a quoted part may contain some. */
function wordsOf(line: string): readonly string[] {
  return line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}

function signerOf(words: readonly string[], line: number): AllowedSigner | string {
  const at = words.findIndex((word, index) => index > 0 && KEY_TYPE.test(word));
  const [type, key] = at === -1 ? [] : words.slice(at);
  if (type === undefined || key === undefined)
    return "expected ADDRESS KEYTYPE KEY, such as dana@example.com ssh-ed25519 AAAA…";
  const bytes = Buffer.from(key, "base64");
  if (!isKeyOf(type, bytes)) return `the key is not a complete ${type} key`;
  const options = optionsOf(words.slice(1, at).join(","));
  const problem = optionProblem(options);
  if (problem !== null) return problem;
  return {
    line,
    principals: unquoted(words[0] ?? "").split(","),
    fingerprint: `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`,
    validBefore: dateOf(options.get("valid-before")),
  };
}

/** A key begins with its type, preceded by the length. */
function isKeyOf(type: string, bytes: Buffer): boolean {
  return bytes.length > type.length + 8 && bytes.toString("latin1", 4, 4 + type.length) === type;
}

function optionsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  return new Map(
    parts.map((part) => {
      const [name = "", value = ""] = part.split(/=(.*)/s);
      return [name.toLowerCase(), unquoted(value)] as const;
    }),
  );
}

const OPTIONS = ["namespaces", "valid-after", "valid-before"];

function optionProblem(options: ReadonlyMap<string, string>): string | null {
  if (options.has("cert-authority")) return "cert-authority is not supported: list each key";
  const other = [...options.keys()].find((name) => !OPTIONS.includes(name));
  if (other !== undefined) return `unknown option "${other}" (expected ${OPTIONS.join(", ")})`;
  const namespaces = options.get("namespaces");
  return namespaces !== undefined && !namespaces.split(",").includes("git")
    ? 'the key may not sign commits: its namespaces do not include "git"'
    : null;
}

/** `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, with or without `Z`. */
function dateOf(text: string | undefined): string | null {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})/.exec(text ?? "") ?? [];
  return day === undefined ? null : `${year}-${month}-${day}`;
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}
