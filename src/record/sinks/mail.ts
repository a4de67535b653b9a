import { createTransport, type SendMailOptions } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import type { MailSettings } from "../../model/network/mail-settings.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { mailSubject } from "./mail-subject.ts";
import { readSecret, readText } from "./secret.ts";
import { delivered, retry, type Delivery, type Outgoing, type Sink, refused } from "./sink.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { networkProblem } from "./network-problem.ts";

const TIMEOUT_MS = 20_000;

/** The first message of an incident. */
interface MailThread {
  readonly messageId: string;
  readonly subject: string;
}

/**
 * One thread for each incident: its later messages refer to the first, and have its subject, because some mail programs
 * compare it too. The Message-ID is the same at each attempt, so
 * that a mailbox can detect a message that arrives twice.
 */
export class MailSink implements Sink {
  readonly acceptsDigests = true;
  readonly updatesInPlace = false;
  readonly refresh = null;
  readonly #settings: MailSettings;
  readonly #timeoutMs: number;

  constructor(settings: MailSettings, timeoutMs: number = TIMEOUT_MS) {
    this.#settings = settings;
    this.#timeoutMs = timeoutMs;
  }

  async deliver({ message, delivery, thread }: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const options = await this.#connection();
    if (options.kind === "err") return retry(options.error);
    const { from, to } = this.#settings;
    const before = thread === null ? null : (JSON.parse(thread) as MailThread);
    const subject = mailSubject(message);
    const messageId = `<${delivery}@${domainOf(from)}>`;
    const mail: SendMailOptions = {
      from,
      to: [...to],
      messageId,
      subject: before === null ? subject : `Re: ${before.subject}`,
      text: `${message.text.toWellFormed()}\n`,
      ...(before === null ? {} : { inReplyTo: before.messageId, references: [before.messageId] }),
      // Automatic answers, such as those of someone on holiday, would only answer a machine.
      headers: { "Auto-Submitted": "auto-generated" },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    const first: MailThread = before ?? { messageId, subject };
    return send(options.value, mail, { thread: JSON.stringify(first), signal });
  }

  async #connection(): Promise<Result<SMTPTransport.Options, SinkProblem>> {
    const { host, port, security, caFile, login } = this.#settings;
    const ca = caFile === null ? ok(null) : await readText("file of certificates", caFile);
    if (ca.kind === "err") return ca;
    const pass = login === null ? ok(null) : await readSecret("password", login.passwordFile);
    if (pass.kind === "err") return err(pass.error);
    return ok({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      tls: ca.value === null ? {} : { ca: ca.value },
      ...(login === null || pass.value === null ? {} : { auth: { user: login.user, pass: pass.value } }),
      connectionTimeout: this.#timeoutMs,
      greetingTimeout: this.#timeoutMs,
      socketTimeout: this.#timeoutMs,
      dnsTimeout: this.#timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }
}

async function send(
  options: SMTPTransport.Options,
  mail: SendMailOptions,
  { thread, signal }: { readonly thread: string; readonly signal: AbortSignal },
): Promise<Delivery> {
  const transport = createTransport(options);
  const stop = Promise.withResolvers<never>();
  const onStop = (): void => stop.reject(new DOMException("stopped", "AbortError"));
  signal.addEventListener("abort", onStop, { once: true });
  if (signal.aborted) onStop();
  try {
    const { response, rejected } = await Promise.race([transport.sendMail(mail), stop.promise]);
    const done = delivered(response, thread);
    return rejected.length === 0 ? done : { ...done, problem: rejectedProblem(rejected.length) };
  } catch (cause) {
    return mailDelivery(cause);
  } finally {
    signal.removeEventListener("abort", onStop);
    transport.close();
  }
}

function rejectedProblem(count: number): SinkProblem {
  return {
    cause: `the server rejected ${count === 1 ? "1 recipient" : `${count} recipients`} and accepted the others`,
    fix: "correct the addresses in to",
  };
}

function domainOf(address: string): string {
  return /@([^\s<>@]+)>?$/.exec(address)?.[1] ?? "grantkeeper.invalid";
}

/** The steps of SMTP that failed, by the code of nodemailer. The server's text is left out: it may repeat addresses. */
export const MAIL_FAILURES: Readonly<Record<string, SinkProblem>> = {
  EAUTH: { cause: "the server refused the login", fix: "correct user and passwordFile" },
  ENOAUTH: { cause: "the server offers no login", fix: "use another port, or security: starttls or tls" },
  ETLS: {
    cause: "the connection could not change to TLS",
    fix: "use security: tls, or a server that supports STARTTLS; for its certificate set caFile",
  },
  EENVELOPE: { cause: "the server refused the sender or every recipient", fix: "correct from and to" },
  EMESSAGE: { cause: "the server refused the message", fix: "look at the log of the mail server" },
  EPROTOCOL: { cause: "answered something that is not SMTP", fix: "correct host and port" },
};

/** A message that the server refuses for ever (5xx after its text was sent) is not sent again. */
function mailDelivery(cause: unknown): Delivery {
  const code = errorCode(cause) ?? "";
  const status = memberOf(cause, "responseCode");
  const isPermanent = memberOf(cause, "permanent") === true;
  const step = MAIL_FAILURES[code];
  const answered = typeof status === "number" ? ` (${status})` : "";
  if (step === undefined) return retry(networkProblem(originOf(cause)));
  const problem = { cause: `${step.cause}${answered}`, fix: step.fix };
  return code === "EMESSAGE" && isPermanent ? refused(problem) : retry(problem);
}

/** Nodemailer replaces the code of a failed connection by its own. */
function originOf(cause: unknown): unknown {
  const code = memberOf(cause, "originalCode");
  return typeof code === "string" ? { code } : cause;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
