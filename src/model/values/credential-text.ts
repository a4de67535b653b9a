/** The replacement for a credential. */
const HIDDEN = "***";

/** Encoded forms of a shorter secret cannot be distinguished from other text. */
const MIN_ENCODED_LENGTH = 6;

/**
 * The text without these secrets, in every form in which a server may return them: plain, percent-encoded in part or
 * completely, as hex, base64 or base64url (also inside a longer encoded text), in any case.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: a secret that contains another one is replaced completely.
  const longestFirst = secrets.filter((secret) => secret !== "").toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce(
    (rest, secret) => formsOf(secret).reduce((cut, form) => cut.replace(form, HIDDEN), rest),
    text,
  );
}

function formsOf(secret: string): readonly RegExp[] {
  const plain = Array.from(secret, writtenOrPercent).join("");
  if (secret.length < MIN_ENCODED_LENGTH) return [new RegExp(plain, "giu")];
  const encoded = [0, 1, 2].map((offset) => base64Core(secret, offset)).map(base64Pattern);
  return [plain, hexOf(secret), ...encoded].map((pattern) => new RegExp(pattern, "giu"));
}

function writtenOrPercent(character: string): string {
  const percent = [...new TextEncoder().encode(character)].map((byte) => `%${hexByte(byte)}`).join("");
  return `(?:${character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&")}|${percent})`;
}

function hexOf(secret: string): string {
  return [...new TextEncoder().encode(secret)].map(hexByte).join("");
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The digits that depend only on the secret, if it begins `offset` bytes after a group of three. */
function base64Core(secret: string, offset: number): string {
  const bytes = new TextEncoder().encode(secret);
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const skipped = (6 - ((offset * 8) % 6)) % 6;
  const length = Math.floor((bits.length - skipped) / 6);
  return Array.from({ length }, (_, at) => {
    const start = skipped + 6 * at;
    return BASE64.charAt(Number.parseInt(bits.slice(start, start + 6), 2));
  }).join("");
}

/** base64 and base64url, and both percent-encoded. */
function base64Pattern(digits: string): string {
  return digits.replaceAll("+", "(?:[+-]|%2b)").replaceAll("/", "(?:[/_]|%2f)");
}

/** Names of parameters and fields whose values are credentials. */
const CREDENTIAL_NAME =
  "(?:[\\w-]*(?:token|secret|password|passwd|api[_-]?key|access[_-]?key|signature|credential)|pwd|sig|auth|jwt|key)";

/** Found in linear time for every text: a server may choose it, and the process must stay responsive. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(?<=[?&#;]${CREDENTIAL_NAME}=)[^\\s&#"'<>]+`, "gi"), HIDDEN],
  [
    /\b((?:(?:authorization|x-amz-security-token|private-token|x-api-key)\b["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token)\s+)?)+)[^\s"',]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  // Some have dots: `ghs_APPID_JWT`, and the routable tokens of GitLab.
  [
    /\b(?:ghp|gho|ghs|ghu|ghr|glpat|gldt|glcbt|glptt|gloas|github_pat|xox[abprs])[_-][A-Za-z0-9_.-]{16,}/g,
    HIDDEN,
  ],
  [/(?<![\w.-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g, HIDDEN],
];

/** The text after a scheme, up to the end of the word: one URL, or several that are joined. */
const AFTER_SCHEME = /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]+/gi;

/**
 * The text without anything shaped like a credential: user, query and fragment of every URL, credential headers and
 * parameters, and the tokens of forges and of AWS. For all printed, logged or stored text that contains text from a
 * server or a configuration.
 */
export function hideCredentials(text: string): string {
  const withoutUrls = text.replace(AFTER_SCHEME, withoutUserAndQuery);
  return SHAPES.reduce((rest, [shape, instead]) => rest.replace(shape, instead), withoutUrls);
}

function withoutUserAndQuery(urls: string): string {
  return withoutUsers(urls).replace(/[?#].*$/s, `?${HIDDEN}`);
}

function withoutUsers(urls: string): string {
  const lastAt = urls.lastIndexOf("@");
  let shown = "";
  for (let at = 0; ;) {
    const end = endOfUser(urls, at, lastAt);
    if (end > at) shown += `${HIDDEN}@`;
    const next = urls.indexOf("://", end);
    if (next === -1) return shown + urls.slice(end);
    at = next + "://".length;
    shown += urls.slice(end, at);
  }
}

/** Where the host begins: after the last @ of a possible user and password. A slash in a password does not end it. */
function endOfUser(urls: string, at: number, lastAt: number): number {
  const user = endOf(/[^/?#@]*@/y, urls, at);
  if (user !== null) return user;
  const password = endOf(/[^/?#@:]*:(?!\d+\/)/y, urls, at);
  return password !== null && lastAt >= password ? lastAt + 1 : at;
}

/** Where a match of the sticky pattern that begins here ends. */
function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** A URL (or a text in its place) for people: without user, query and fragment, also if it has no scheme. */
export function shownUrl(url: string): string {
  const withoutQuery = url.replace(/[?#].*$/s, `?${HIDDEN}`);
  return hideCredentials(
    withoutQuery.replace(/^[^/?#@]*:[^?#]*@(?=[^/])/, (found) =>
      found.includes("://") ? found : `${HIDDEN}@`,
    ),
  );
}
