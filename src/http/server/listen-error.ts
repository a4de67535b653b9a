type ListenCode = "port-in-use" | "not-permitted" | "no-such-address" | "failed";

interface ListenPlace {
  readonly host: string;
  readonly port: number;
  readonly setting: keyof typeof FIXES;
}

const FIXES = {
  "http.listen":
    "choose another with --listen HOST:PORT, GRANTKEEPER_LISTEN or http.listen in the configuration",
  "http.tls.listen": "choose another with http.tls.listen in the configuration",
} as const;

/** The server could not listen. */
export class HttpListenError extends Error {
  override readonly name = "HttpListenError";
  readonly code: ListenCode;
  readonly fix: string;
  readonly host: string;
  readonly port: number;

  constructor(code: ListenCode, at: ListenPlace, cause: unknown) {
    super(`cannot listen on ${at.host} port ${at.port}: ${WHY[code]}`, { cause });
    this.code = code;
    this.fix = FIXES[at.setting];
    this.host = at.host;
    this.port = at.port;
  }
}

const CODES: Readonly<Record<string, ListenCode>> = {
  EADDRINUSE: "port-in-use",
  EACCES: "not-permitted",
  EPERM: "not-permitted",
  EADDRNOTAVAIL: "no-such-address",
  EAFNOSUPPORT: "no-such-address",
  ENOTFOUND: "no-such-address",
  EAI_AGAIN: "no-such-address",
};

const WHY = {
  "port-in-use": "the port is in use",
  "not-permitted": "the port is not permitted to this user",
  "no-such-address": "this machine has no such address",
  failed: "the system refused",
} as const satisfies Record<ListenCode, string>;

export function toListenError(cause: unknown, at: ListenPlace): Error {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  return new HttpListenError(typeof code === "string" ? (CODES[code] ?? "failed") : "failed", at, cause);
}
