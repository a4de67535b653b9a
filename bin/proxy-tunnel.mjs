/**
 * ssh's ProxyCommand: connects to a server through an HTTP proxy and passes bytes on, in both directions.
 *
 * node --jitless bin/proxy-tunnel.mjs SETTINGS-FILE HOST PORT
 *
 * The settings are `{url, authorization, caFile}`: `http://proxy.example.com:3128` without a login, the value of
 * Proxy-Authorization or null, and the authorities of a proxy with TLS, or null for those of Node. The errors have the
 * words of curl, so that one table classifies the failures of Git over https and over ssh. It is JavaScript because Node
 * strips types with WebAssembly, which needs a compiler at run time.
 */
import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

const TIMEOUT_MS = 10_000;
/** An answer of a proxy is far shorter. */
const MAX_ANSWER_BYTES = 16_384;

const [file = "", host = "", port = ""] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(file, "utf8"));
const proxy = new URL(settings.url);
/** @type {Buffer[]} */
const received = [];
const socket = connectToProxy();
socket.setTimeout(TIMEOUT_MS, () => fail("it does not answer"));
socket.on("error", (error) => fail(error.message));
socket.on("end", ended);
socket.on("data", answered);

function connectToProxy() {
  const isTls = proxy.protocol === "https:";
  const name = proxy.hostname.replace(/^\[|\]$/g, "");
  const address = { host: name, port: Number(proxy.port || (isTls ? 443 : 80)) };
  if (!isTls) return connectTcp(address, request);
  const trusted = settings.caFile === null ? {} : { ca: readFileSync(settings.caFile, "utf8") };
  return connectTls({ ...address, ...trusted, servername: name }, request);
}

function request() {
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const login = settings.authorization === null ? [] : [`Proxy-Authorization: ${settings.authorization}`];
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...login];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
}

/** The bytes after the head of the answer are already ssh's. @param {Buffer} chunk */
function answered(chunk) {
  received.push(chunk);
  const bytes = Buffer.concat(received);
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1 && bytes.length <= MAX_ANSWER_BYTES) return;
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(bytes.toString("latin1", 0, 64))?.[1];
  if (end === -1 || status === undefined) return fail("its answer is not HTTP");
  if (!status.startsWith("2")) return fail(`HTTP code ${status} from proxy after CONNECT`);
  socket.off("data", answered).off("end", ended).setTimeout(0);
  process.stdout.write(bytes.subarray(end + 4));
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
}

function ended() {
  fail("it closes the connection");
}

/** @param {string} why */
function fail(why) {
  process.stderr.write(`proxy CONNECT to ${host}:${port} through ${settings.url} failed: ${why}\n`);
  process.exit(1);
}
