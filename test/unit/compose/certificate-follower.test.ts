import { expect, test } from "@jest/globals";
import { certificateFollower } from "../../../src/compose/api/certificate-follower.ts";
import type { TlsIdentity } from "../../../src/http/server/tls-listener.ts";
import { err, ok, type Result } from "../../../src/model/values/result.ts";
import type { NetworkFailure } from "../../../src/model/network/network-error.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";

const OLD = identity("old");
const NEW = identity("new");
const MISMATCH = {
  code: "TlsKeyMismatch",
  message: "the key is not that of the certificate",
  fix: "write it",
};

function identity(cert: string): TlsIdentity {
  return { cert, key: "key", covers: () => false };
}

test("a changed certificate is used once; files that do not fit together change nothing and are logged once", async () => {
  const reads: Result<TlsIdentity, NetworkFailure>[] = [
    ok(OLD),
    err(MISMATCH),
    err(MISMATCH),
    ok(NEW),
    ok(NEW),
    err(MISMATCH),
  ];
  const used: string[] = [];
  const telemetry = new MemoryTelemetry();
  const follow = certificateFollower({
    read: async () => reads.shift() ?? ok(NEW),
    use: ({ cert }) => void used.push(cert),
    telemetry,
  });

  while (reads.length > 0) await follow();

  expect(used).toEqual(["old", "new"]);
  expect(telemetry.lines.map(({ fields }) => fields)).toEqual([
    { code: "TlsKeyMismatch", reason: MISMATCH.message, fix: "write it" },
    { code: "TlsKeyMismatch", reason: MISMATCH.message, fix: "write it" },
  ]);
});

test("a certificate that the server cannot use is logged once, and changes nothing", async () => {
  const used: string[] = [];
  const telemetry = new MemoryTelemetry();
  let current = OLD;
  const follow = certificateFollower({
    read: async () => ok(current),
    use: ({ cert }) => {
      if (cert === "bad") throw Object.assign(new Error("wrong tag"), { code: "ERR_OSSL_ASN1_WRONG_TAG" });
      used.push(cert);
    },
    telemetry,
  });

  await follow();
  current = identity("bad");
  await follow();
  await follow();
  current = NEW;
  await follow();

  expect(used).toEqual(["old", "new"]);
  expect(telemetry.lines.map(({ fields }) => fields)).toMatchObject([
    { code: "ERR_OSSL_ASN1_WRONG_TAG", reason: "wrong tag" },
  ]);
});

test("a read that fails unexpectedly is logged once, and the next one counts", async () => {
  const used: string[] = [];
  const telemetry = new MemoryTelemetry();
  const failing = ["fails", "fails"];
  const follow = certificateFollower({
    read: async () => {
      if (failing.pop() !== undefined) throw new Error("no memory");
      return ok(NEW);
    },
    use: ({ cert }) => void used.push(cert),
    telemetry,
  });

  await follow();
  await follow();
  await follow();

  expect(used).toEqual(["new"]);
  expect(telemetry.lines.map(({ fields }) => fields)).toMatchObject([{ reason: "no memory" }]);
});
