import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { TlsConfig } from "../../config/http/http-config.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { HttpServer } from "../../http/server/bare-app.ts";
import type { TlsIdentity, TlsListen } from "../../http/server/tls-listener.ts";
import type { NetworkFailure } from "../../model/network/network-error.ts";
import type { Probe } from "../../model/answers/probe.ts";
import { ok, type Result } from "../../model/values/result.ts";
import { certificateFollower } from "./certificate-follower.ts";
import { clock } from "../ports.ts";
import { stateFiles } from "../state-files.ts";

type Configured = Pick<Config, "stateDir"> & { readonly tls: TlsConfig };

/** The listener with its certificate; null: the configuration has none. @throws CliError if its files cannot be used */
export async function openTls({ http: { tls }, stateDir }: Config): Promise<TlsListen | null> {
  if (tls === null) return null;
  const read = await readIdentity({ tls, stateDir });
  if (read.kind === "ok") return { host: tls.host, port: tls.port, identity: read.value };
  const { message, fix, code } = read.error;
  throw new CliError(message, fix, { place: "http.tls", code });
}

/** For `doctor`, which creates nothing; empty: the configuration has no listener with TLS. */
export async function examineTls({ http: { tls } }: Config): Promise<readonly Probe[]> {
  if (tls === null) return [];
  const probe = { identity: "operator", region: null, what: "http.tls" } as const;
  if (tls.files === null)
    return [{ ...probe, outcome: "passed", detail: "grantkeeper run creates and renews the certificate" }];
  const { readKeyPair, certificateOf } = await import("../../network/certificate/key-pair.ts");
  const read = readKeyPair(tls.files, clock.nowMs());
  if (read.kind === "err")
    return [{ ...probe, outcome: "failed", detail: `${read.error.message}; ${read.error.fix}` }];
  const ends = certificateOf(read.value).validToDate;
  const isSoon = ends.getTime() - clock.nowMs() < SOON_MS;
  const detail = `the certificate ${tls.files.certFile} ends at ${ends.toISOString()}`;
  return [
    { ...probe, outcome: isSoon ? "warning" : "passed", detail: isSoon ? `${detail}: renew it` : detail },
  ];
}

const SOON_MS = 14 * 86_400_000;

/**
 * What clients trust, in PEM: the authority of the controller's own certificate, or the last certificate of the
 * configured file if it names no other authority; null: an authority that the systems of clients have.
 */
export async function readApiAuthority({ http: { tls }, stateDir }: Config): Promise<string | null> {
  if (tls === null) return null;
  const file = tls.files?.certFile ?? join(stateFiles(stateDir).tls, "authority.pem");
  const { readAuthorities } = await import("../../network/authorities.ts");
  const read = readAuthorities(file);
  if (read.kind === "ok") {
    const last = read.value.at(-1);
    return last?.issuer === null ? `${last.pem}\n` : null;
  }
  const fix = tls.files === null ? "start the controller once: it creates the certificate" : read.error.fix;
  throw new CliError(read.error.message, fix, { place: file, code: read.error.code });
}

async function readIdentity({ tls, stateDir }: Configured): Promise<Result<TlsIdentity, NetworkFailure>> {
  const { readKeyPair } = await import("../../network/certificate/key-pair.ts");
  if (tls.files !== null) {
    const read = readKeyPair(tls.files, clock.nowMs());
    return read.kind === "err" ? read : ok(await identityOf(read.value));
  }
  const { keepOwnCertificate } = await import("../../network/certificate/own-certificate.ts");
  const kept = keepOwnCertificate(stateFiles(stateDir).tls, hostsOf(tls.host), clock.nowMs());
  return kept.kind === "err" ? kept : ok(await identityOf(kept.value.pair));
}

async function identityOf(pair: { readonly cert: string; readonly key: string }): Promise<TlsIdentity> {
  const { certificateOf, coversHost } = await import("../../network/certificate/key-pair.ts");
  const certificate = certificateOf(pair);
  return { ...pair, covers: (host) => coversHost(certificate, host) };
}

/** The names and addresses under which clients reach a listener. */
function hostsOf(host: string): readonly string[] {
  const everywhere = host === "0.0.0.0" || host === "::";
  const addresses = Object.values(networkInterfaces())
    .flatMap((of) => of ?? [])
    // An address of a link has a zone, which no certificate has.
    .filter(({ address }) => !address.toLowerCase().startsWith("fe80:"))
    .map(({ address }) => address);
  const own = everywhere ? addresses.toSorted() : [host];
  return [...new Set(["localhost", "127.0.0.1", "::1", ...own])];
}

const CHECK_MS = 60_000;

/**
 * Gives the server a changed certificate, within a minute and without a restart, and renews one of its own. With files that
 * cannot be used, the server keeps what it has. @returns what ends it
 */
export function followCertificate(
  { http: { tls }, stateDir }: Config,
  server: HttpServer,
  telemetry: Telemetry,
): () => Promise<void> {
  const listener = server.tls;
  if (tls === null || listener === null) return () => Promise.resolve();
  telemetry.info("the API is served with TLS", { url: listener.url });
  const ended = new AbortController();
  const follow = certificateFollower({
    read: () => readIdentity({ tls, stateDir }),
    use: (identity) => listener.use(identity),
    telemetry,
  });
  const running = (async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(CHECK_MS, ended.signal).catch(() => undefined);
      if (ended.signal.aborted) return;
      await follow();
    }
  })();
  return async () => {
    ended.abort();
    await running;
  };
}
