import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SMTPServerOptions } from "smtp-server";
import { mailSubject } from "../../../../src/record/sinks/mail-subject.ts";
import type { MailSettings } from "../../../../src/model/network/mail-settings.ts";
import { MailSink } from "../../../../src/record/sinks/mail.ts";
import type { Delivery } from "../../../../src/record/sinks/sink.ts";
import type { AlertMessage } from "../../../../src/record/message.ts";
import { makeCertificate, type TestCertificate } from "../../../support/alerts/certificates.ts";
import { MailServer } from "../../../support/alerts/mail-server.ts";
import { messageAbout, outgoingOf } from "../../../support/alerts/outgoing.ts";
import { closed, opened } from "../settlements.ts";

let folder: string;
let certificate: TestCertificate;
let server: MailServer;

beforeAll(async () => {
  certificate = await makeCertificate(await mkdtemp(join(tmpdir(), "mail-ca-")));
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mail-"));
  await writeFile(join(folder, "password"), "s3cret\n");
  server = new MailServer();
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

type Fails = (code: number) => Error;
const failWith: Fails = (responseCode) => Object.assign(new Error("no"), { responseCode });

async function listen(options: SMTPServerOptions = {}): Promise<number> {
  return server.listen(certificate, options);
}

interface Sent {
  readonly message?: AlertMessage;
  readonly thread?: string | null;
  readonly settings?: Partial<MailSettings>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const SECURITY = messageAbout(opened());

function send(
  port: number,
  { message = SECURITY, thread = null, settings = {}, timeoutMs = 2_000, signal }: Sent = {},
) {
  const all: MailSettings = {
    host: "localhost",
    port,
    security: "starttls",
    caFile: certificate.caFile,
    login: null,
    from: "Grantkeeper <gk@example.com>",
    to: ["ops@example.com", "Night Shift <night@example.com>"],
    ...settings,
  };
  return new MailSink(all, timeoutMs).deliver(
    outgoingOf(message, thread),
    signal ?? AbortSignal.timeout(10_000),
  );
}

function threadOf(delivery: Delivery): string {
  if (delivery.kind !== "delivered" || delivery.thread === null) throw new Error(JSON.stringify(delivery));
  return delivery.thread;
}

function header(mail: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "im").exec(mail.split("\r\n\r\n", 1)[0] ?? "")?.[1];
}

describe("a mail", () => {
  test("is plain text for every recipient, over TLS", async () => {
    const port = await listen();

    expect(await send(port)).toMatchObject({
      kind: "delivered",
      answer: expect.stringMatching(/^250/),
      problem: null,
    });

    const [mail = ""] = server.mails;
    expect(header(mail, "To")).toBe("ops@example.com, Night Shift <night@example.com>");
    expect(header(mail, "From")).toBe("Grantkeeper <gk@example.com>");
    expect(header(mail, "Auto-Submitted")).toBe("auto-generated");
    expect(header(mail, "Content-Type")).toMatch(/^text\/plain/);
    expect(header(mail, "Message-ID")).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
  });

  test("has the same Message-ID at each attempt", async () => {
    const port = await listen();

    await send(port);
    await send(port);

    expect(header(server.mails[1] ?? "", "Message-ID")).toBe(header(server.mails[0] ?? "", "Message-ID"));
  });

  test("about an incident is in one thread: it refers to the first mail and has its subject", async () => {
    const port = await listen();
    const first = threadOf(await send(port));

    const second = threadOf(await send(port, { message: messageAbout(closed()), thread: first }));

    const id = header(server.mails[0] ?? "", "Message-ID");
    expect(second).toBe(first);
    expect(header(server.mails[1] ?? "", "In-Reply-To")).toBe(id);
    expect(header(server.mails[1] ?? "", "References")).toBe(id);
    expect((JSON.parse(first) as { subject: string }).subject).toBe(mailSubject(SECURITY));
  });

  test.each([
    { name: "x\r\nBcc: mallory@example.com", because: "a line break begins no header" },
    { name: "x\u2028Bcc: mallory@example.com\u0000\u202E", because: "other breaks and directions neither" },
    { name: "é".repeat(500), because: "a long subject is cut" },
  ])("has no header from a name: $because", async ({ name }) => {
    const port = await listen();

    await send(port, {
      message: { ...SECURITY, headline: `🔴 ${name}`, text: `🔴 ${name}\nfile:///etc/passwd` },
    });

    const [head = ""] = (server.mails[0] ?? "").split("\r\n\r\n", 1);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(mailSubject({ headline: `🔴 ${name}` })).toMatch(/^[^\p{Cc}\p{Cf}]{1,200}$/u);
  });

  test.each(["starttls", "tls"] as const)("is sent with a login over %s", async (security) => {
    const port = await listen({ secure: security === "tls" });
    const login = { user: "gk", passwordFile: join(folder, "password") };

    expect(await send(port, { settings: { security, login } })).toMatchObject({ kind: "delivered" });
    expect(server.logins).toEqual(["gk:s3cret"]);
  });
});

describe("a failure", () => {
  test.each<{
    options: SMTPServerOptions;
    settings?: Partial<MailSettings>;
    cause: RegExp;
    fix: RegExp;
    because: string;
  }>([
    {
      options: {},
      settings: { caFile: null },
      cause: /certificate|TLS/,
      fix: /caFile/,
      because: "a certificate that is not trusted",
    },
    {
      options: { hideSTARTTLS: true, disabledCommands: ["STARTTLS"] },
      cause: /TLS/,
      fix: /STARTTLS/,
      because: "a server without STARTTLS gets neither the message nor the password",
    },
    {
      options: { onRcptTo: (_address, _session, done) => done(failWith(550)) },
      cause: /every recipient \(550\)/,
      fix: /from and to/,
      because: "no recipient is known",
    },
    {
      options: { onMailFrom: (_address, _session, done) => done(failWith(451)) },
      cause: /sender .*\(451\)/,
      fix: /from and to/,
      because: "the server is busy",
    },
  ])("is tried again: $because", async ({ options, settings = {}, cause, fix }) => {
    const port = await listen(options);

    expect(await send(port, { settings })).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(cause), fix: expect.stringMatching(fix) },
    });
    expect(server.mails).toEqual([]);
  });

  test.each([
    { code: 554, kind: "refused", because: "the server never takes this message" },
    { code: 452, kind: "retry", because: "the server has no space now" },
  ])("after the text was sent, with $code, is $kind: $because", async ({ code, kind }) => {
    const port = await listen({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on("end", () => done(failWith(code)));
      },
    });

    expect(await send(port)).toMatchObject({
      kind,
      problem: { cause: `the server refused the message (${code})` },
    });
  });

  test("of one recipient is a problem, not a failure", async () => {
    const port = await listen({
      onRcptTo: ({ address }, _session, done) => done(address.startsWith("night") ? failWith(550) : null),
    });

    expect(await send(port)).toMatchObject({
      kind: "delivered",
      problem: { cause: "the server rejected 1 recipient and accepted the others" },
    });
  });

  test("of the login names the file, never the password", async () => {
    const port = await listen();
    await writeFile(join(folder, "password"), "wr0ng");
    const login = { user: "gk", passwordFile: join(folder, "password") };

    const delivery = await send(port, { settings: { login } });

    expect(delivery).toMatchObject({
      kind: "retry",
      problem: { cause: "the server refused the login (535)", fix: "correct user and passwordFile" },
    });
    expect(JSON.stringify(delivery)).not.toContain("wr0ng");
  });

  test.each([
    { answer: "HTTP/1.1 400 Bad Request\r\n\r\n<html>", because: "is of another protocol" },
    { answer: "\0\0\0\r\n", because: "is no text" },
    { answer: "220 ready\r\n\xff garbage \0\r\n", because: "becomes garbage after the greeting" },
    { answer: "220 ready".repeat(100_000), because: "is one line without an end" },
  ])("of a server whose answer $because is tried again, and no message is sent", async ({ answer }) => {
    const stranger = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end(Buffer.from(answer, "latin1"));
    });
    await new Promise<void>((listening) => stranger.listen(0, "127.0.0.1", listening));
    const { port } = stranger.address() as AddressInfo;

    const delivery = await send(port, { settings: { security: "none" }, timeoutMs: 2_000 });
    stranger.close();

    expect(delivery).toMatchObject({ kind: "retry", problem: { fix: expect.stringMatching(/./) } });
  });

  test("of a server that is down or slow ends in time", async () => {
    const port = await listen({ onConnect: () => undefined });

    expect(await send(port, { timeoutMs: 50 })).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(/in time/) },
    });
    expect(await send(1)).toMatchObject({
      kind: "retry",
      problem: { cause: "could not be reached: nothing listens there (ECONNREFUSED)" },
    });
    expect(await send(port, { signal: AbortSignal.abort() })).toMatchObject({ kind: "retry" });
  });

  test("without its files connects to no one", async () => {
    const none = join(folder, "none");

    for (const settings of [{ caFile: none }, { login: { user: "gk", passwordFile: none } }])
      expect(await send(1, { settings })).toMatchObject({
        kind: "retry",
        problem: { cause: expect.stringMatching(/cannot be read from .*none/) },
      });
  });
});
