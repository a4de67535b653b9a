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
