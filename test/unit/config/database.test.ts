import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parseDatabaseUrl } from "../../../src/config/state/database-url.ts";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const withDatabase = (fields: string, more = "") => ({
  text: `${SMALLEST}state: {database: {${fields}}}\n${more}`,
});
const REMOTE = 'url: "postgresql://gk@db.example.com/grantkeeper"';
const SOCKET = 'url: "postgresql://gk@/grantkeeper?host=/run/postgresql"';

describe("the database of the record", () => {
  test("is none unless the file has one", () => {
    expect(configFile.loaded({ text: SMALLEST }).database).toBeNull();
  });

  test("is reached with TLS, and its secrets are files next to the configuration", () => {
    const text = withDatabase(`${REMOTE}, passwordFile: secret, tls: {caFile: ca.pem}`);

    expect(configFile.loaded(text).database).toEqual({
      url: "postgresql://gk@db.example.com/grantkeeper",
      host: "db.example.com",
      port: 5432,
      user: "gk",
      database: "grantkeeper",
      passwordFile: join(configFile.folder, "secret"),
      tls: { kind: "verify-full", caFile: join(configFile.folder, "ca.pem") },
    });
  });

  test("is needed to share accounts, which is off unless the file asks for it", () => {
    const share = "replicas: {shareAccounts: true}\n";

    expect(configFile.loaded(withDatabase(SOCKET)).replicas.shareAccounts).toBe(false);
    expect(configFile.loaded(withDatabase(SOCKET, share)).replicas.shareAccounts).toBe(true);
    const withEvents = configFile.loaded(withDatabase(SOCKET, `${share}aws: {lookupEvents: true}\n`));
    expect(withEvents.aws.lookupEvents).toBe(true);
    expect(configFile.problems({ text: `${SMALLEST}${share}` })).toMatchObject([
      { message: "replicas.shareAccounts needs state.database: a record in stateDir has one process" },
    ]);
  });

  test.each([
    { fields: REMOTE, kind: "verify-full", because: "another machine needs TLS" },
    { fields: SOCKET, kind: "plaintext", because: "a Unix socket does not leave this machine" },
    {
      fields: 'url: "postgresql://gk@127.0.0.2/x"',
      kind: "plaintext",
      because: "a loopback address does not",
    },
    { fields: 'url: "postgresql://gk@localhost/x"', kind: "plaintext", because: "neither does localhost" },
    { fields: 'url: "postgresql://gk@[::1]/x"', kind: "plaintext", because: "neither does ::1" },
    { fields: `${SOCKET}, tls: {caFile: a}`, kind: "verify-full", because: "an authority asks for TLS" },
    { fields: `${SOCKET}, tls: {mode: verify-full}`, kind: "verify-full", because: "so does the mode" },
    { fields: `${REMOTE}, tls: {mode: plaintext}`, kind: "plaintext", because: "the operator chose it" },
  ])("is reached with $kind, because $because", ({ fields, kind }) => {
    expect(configFile.loaded(withDatabase(fields)).database?.tls.kind).toBe(kind);
  });

  test("is not where backups are watched, and old entries are removed from it", () => {
    const more = "audit: {retention: 400d}\nbackups: {maxAge: 1d}\n";

    expect(configFile.problems(withDatabase(REMOTE, more)).map(({ message }) => message)).toEqual([
      "backups.maxAge is not available with state.database: watch the backups of the database",
    ]);
  });

  test.each([
    {
      fields: 'url: "postgresql://gk:secret@db/x"',
      message:
        "the URL contains a password: write it to a file, and name that file in state.database.passwordFile",
    },
    {
      fields: 'url: "postgresql://gk@db/x?sslmode=require"',
      message: 'the URL has the parameter "sslmode": set state.database.tls instead',
    },
    {
      fields: 'url: "postgresql://gk@db/x?options=a"',
      message: 'the URL has the parameter "options": only host, with the folder of a Unix socket, is allowed',
    },
    {
      fields: `${REMOTE}, tls: {mode: plaintext, caFile: a}`,
      message: "caFile belongs to verify-full: remove it, or remove mode: plaintext",
    },
  ])("reports: $message", ({ fields, message }) => {
    expect(configFile.problems(withDatabase(fields)).map((problem) => problem.message)).toEqual([message]);
  });

  test.each([
    { url: "mysql://gk@db/x", because: "it is another database" },
    { url: "postgresql://db/x", because: "the user is missing" },
    { url: "postgresql://@db/x", because: "the user is empty" },
    { url: "postgresql://gk@db", because: "the database is missing" },
    { url: "postgresql://gk@/x", because: "the host is missing" },
    { url: "postgresql://gk@db:0/x", because: "there is no port 0" },
    { url: "postgresql://gk@db:70000/x", because: "no port is that large" },
    { url: "postgresql://gk@a,b/x", because: "only one server is the primary" },
    { url: "postgresql://gk@db/x?host=/run", because: "it has two hosts" },
    { url: "postgresql://gk@/x?host=db", because: "a host is not a folder" },
    { url: "postgresql://g%zz@db/x", because: "the user has a broken escape" },
  ])("refuses $url, because $because", ({ url }) => {
    expect(parseDatabaseUrl(url)).toEqual({
      kind: "err",
      error: "expected a URL such as postgresql://USER@HOST:5432/DATABASE",
    });
  });

  test("has a user with escaped characters, and a socket may have a port", () => {
    expect(parseDatabaseUrl("postgres://g%40k@:6432/a%2Fb?host=/run")).toEqual({
      kind: "ok",
      value: { host: "/run", port: 6432, user: "g@k", database: "a/b" },
    });
  });
});
