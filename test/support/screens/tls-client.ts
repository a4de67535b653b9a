import { request } from "node:https";
import { connect, type SecureVersion } from "node:tls";
import { readUntilEnd } from "./http-server.ts";

interface TlsRequest {
  /** The authority that the client trusts, in PEM. */
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The name that the certificate must have; default: that of the URL. */
  readonly servername?: string;
  readonly maxVersion?: SecureVersion;
}

interface TlsAnswer {
  readonly status: number;
  readonly text: string;
}

/** A GET on a connection of its own. Rejects if the certificate of the server is not trusted. */
export function tlsGet(url: string, { headers = {}, ...options }: TlsRequest): Promise<TlsAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TlsAnswer>();
  const sent = request(url, { ...options, headers, agent: false }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  sent.on("error", reject);
  sent.end();
  return promise;
}

/** Writes the bytes on a TLS connection and reads until the server ends it. */
export function tlsExchange(port: number, ca: string, bytes: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", ca }, () => socket.write(bytes));
  return readUntilEnd(socket);
}
