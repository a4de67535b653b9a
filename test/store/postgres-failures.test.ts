import { expect, test } from "@jest/globals";
import { isBroken, postgresStoreError } from "../../src/store/postgres/failure.ts";

const withCode = (code: string): Error => Object.assign(new Error("of the driver"), { code });

test.each([
  { cause: withCode("53100"), code: "database-full", fix: /free space/ },
  { cause: withCode("53300"), code: "no-connection", fix: /max_connections/ },
  { cause: withCode("28P01"), code: "wrong-password", fix: /passwordFile/ },
  { cause: withCode("28000"), code: "refused", fix: /pg_hba\.conf/ },
  { cause: withCode("25006"), code: "read-only", fix: /primary/ },
  { cause: withCode("08P01"), code: "pooled", fix: /server itself/ },
  { cause: withCode("57P03"), code: "unreachable", fix: /network/ },
  { cause: withCode("CERT_HAS_EXPIRED"), code: "untrusted", fix: /certificate/ },
  { cause: withCode("ERR_TLS_CERT_ALTNAME_INVALID"), code: "untrusted", fix: /certificate/ },
  { cause: new Error("The server does not support SSL connections"), code: "untrusted", fix: /certificate/ },
  {
    cause: new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string"),
    code: "wrong-password",
    fix: /passwordFile/,
  },
  { cause: new Error("Query read timeout"), code: "unreachable", fix: /network/ },
])("$cause.message $cause.code is $code, with a fix", ({ cause, code, fix }) => {
  expect(postgresStoreError("read", cause)).toMatchObject({
    code,
    fix: expect.stringMatching(fix),
    isRecordFailure: true,
  });
});

test("only a connection that broke leaves in doubt whether a statement was carried out", () => {
  expect([withCode("57P01"), withCode("08006"), new Error("Query read timeout")].map(isBroken)).toEqual([
    true,
    true,
    true,
  ]);
  expect([withCode("53100"), withCode("28P01"), withCode("GK002")].map(isBroken)).toEqual([
    false,
    false,
    false,
  ]);
});

test("an error that no database sends stays as it is", () => {
  const bug = new TypeError("x is undefined");

  expect(postgresStoreError("read", bug)).toBe(bug);
});
