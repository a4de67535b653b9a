import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { examineNetwork } from "../../../src/network/examine.ts";
import { Authority } from "../../support/network/authority.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "examine-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

type Examined = Parameters<typeof examineNetwork>[0];

function examine(change: Partial<Examined>) {
  return examineNetwork({
    proxy: null,
    caFile: null,
    env: {},
    nowMs: Date.now(),
    ...change,
  });
}

const SERVER = { url: "http://proxy:3128", login: { kind: "none" } } as const;

describe("doctor's checks of the network", () => {
  test("are none without settings", () => {
    expect(examine({})).toEqual([]);
  });

  test("name each proxy, its user without the password, and the entries that mean nothing", () => {
    const env = { HTTPS_PROXY: "http://ann:secret@proxy:3128" };
    const https = { ...SERVER, login: { kind: "variable", name: "HTTPS_PROXY" } } as const;
    const http = { url: "http://other:8080", login: { kind: "none" } } as const;

    expect(examine({ proxy: { http, https, noProxy: ["10.0.0.1-9", "example.com"] }, env })).toEqual([
      { what: "proxy http://proxy:3128", outcome: "passed", detail: "for https URLs, with the login of ann" },
      { what: "proxy http://other:8080", outcome: "passed", detail: "for http URLs, without a login" },
      {
        what: "NO_PROXY",
        outcome: "warning",
        detail: 'the entry "10.0.0.1-9" has no known form and covers no server',
      },
    ]);
  });

  test("name one proxy for both schemes once, and twice if their logins differ", () => {
    const env = { HTTP_PROXY: "http://bob:secret@proxy:3128" };
    const http = { ...SERVER, login: { kind: "variable", name: "HTTP_PROXY" } } as const;

    expect(examine({ proxy: { http: SERVER, https: SERVER, noProxy: [] } })).toMatchObject([
      { detail: "for https and http URLs, without a login" },
    ]);
    expect(examine({ proxy: { http, https: SERVER, noProxy: [] }, env })).toMatchObject([
      { detail: "for https URLs, without a login" },
      { detail: "for http URLs, with the login of bob" },
    ]);
  });

  test("fail without the file of the login", () => {
    const server = { ...SERVER, login: { kind: "file", file: join(folder, "none") } } as const;

    expect(examine({ proxy: { http: server, https: server, noProxy: [] } })).toEqual([
      expect.objectContaining({
        outcome: "failed",
        detail: expect.stringContaining("ENOENT; write one line"),
      }),
    ]);
  });

  test("name the authorities of the file", () => {
    const { caFile } = new Authority(folder);
    const day = 86_400_000;

    expect(examine({ caFile, nowMs: Date.now() - 60 * day })).toEqual([
      { what: caFile, outcome: "passed", detail: "trusted authorities: CN=Test authority ca" },
    ]);
    expect(examine({ caFile })).toMatchObject([
      { outcome: "warning", detail: expect.stringContaining("CN=Test authority ca expires on") },
    ]);
    expect(examine({ caFile, nowMs: Date.now() + 3 * day })).toMatchObject([{ outcome: "failed" }]);
  });

  test("warn of a certificate whose issuer is not in the file", () => {
    const { cert } = new Authority(folder).issue(["example.com"]);

    expect(examine({ caFile: cert, nowMs: Date.now() - 60 * 86_400_000 })).toMatchObject([
      { outcome: "warning", detail: expect.stringContaining("add the certificate of CN=Test authority ca") },
    ]);
  });

  test.each([
    { because: "a missing file", text: null, detail: /ENOENT/ },
    { because: "a file without certificates", text: "nothing\n", detail: /it has no certificate in PEM/ },
    {
      because: "a damaged certificate",
      text: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      detail: /its certificate 1 is damaged/,
    },
  ])("fail with $because", ({ text, detail }) => {
    const caFile = join(folder, "ca.pem");
    if (text !== null) writeFileSync(caFile, text);

    expect(examine({ caFile })).toMatchObject([{ outcome: "failed", detail: expect.stringMatching(detail) }]);
  });

  test("look at the file of NODE_EXTRA_CA_CERTS, which Node passes over if it is missing", () => {
    const { caFile } = new Authority(folder);

    expect(examine({ env: { NODE_EXTRA_CA_CERTS: caFile } })).toMatchObject([{ outcome: "passed" }]);
    expect(examine({ env: { NODE_EXTRA_CA_CERTS: join(folder, "none") } })).toMatchObject([
      { outcome: "failed", detail: expect.stringContaining("ENOENT") },
    ]);
  });
});
