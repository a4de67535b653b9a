import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { TestCertificate } from "./certificates.ts";

/** A mail server that keeps what it receives. Its one password is `s3cret`. */
export class MailServer {
  readonly mails: string[] = [];
  readonly logins: string[] = [];
  #server: SMTPServer | null = null;

  /** @returns the port */
  async listen(certificate: TestCertificate, options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      authOptional: true,
      logger: false,
      key: certificate.key,
      cert: certificate.cert,
      onAuth: ({ username = "", password = "" }, _session, done) => {
        this.logins.push(`${username}:${password}`);
        done(password === "s3cret" ? null : new Error("no"), { user: username });
      },
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          this.mails.push(Buffer.concat(chunks).toString("utf8"));
          done();
        });
      },
      ...options,
    });
    server.on("error", () => undefined);
    this.#server = server;
    await new Promise<void>((listening) => {
      server.listen(0, "127.0.0.1", () => listening());
    });
    return (server.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    await new Promise<void>((closed) => {
      server.close(closed);
    });
  }
}
