/** Texts that are stored once, by the SHA-256 of their UTF-8 bytes. */
export interface Documents {
  /** Inside the caller's transaction. */
  readonly put: (text: string) => string;
  /** SHA-256, hex. */
  readonly hash: (text: string) => string;
  /** Undefined if there is no text with this hash. */
  readonly get: (hash: string) => string | undefined;
  /** The same as a text in JSON. */
  readonly quoted: (hash: string) => string | undefined;
}
