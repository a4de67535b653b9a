import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { TlsIdentity } from "../../http/server/tls-listener.ts";
import type { NetworkFailure } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";
import type { Result } from "../../model/values/result.ts";

interface FollowedCertificate {
  readonly read: () => Promise<Result<TlsIdentity, NetworkFailure>>;
  readonly use: (identity: TlsIdentity) => void;
  readonly telemetry: Telemetry;
}

/** One check, which never rejects. The log has each problem once. */
export function certificateFollower({ read, use, telemetry }: FollowedCertificate): () => Promise<void> {
  let lastProblem: string | null = null;
  let lastCert: string | null = null;
  return async () => {
    const problem = await problemOfCheck(async () => {
      const found = await read();
      if (found.kind === "err") return found.error;
      if (found.value.cert !== lastCert) use(found.value);
      lastCert = found.value.cert;
      return null;
    });
    if (problem !== null && problem.message !== lastProblem)
      telemetry.warn("the certificate of the API cannot be used", {
        code: problem.code,
        reason: problem.message,
        fix: problem.fix,
      });
    lastProblem = problem?.message ?? null;
  };
}

/** The server keeps its certificate whenever a check fails: an API with an old one is better than a controller that ends. */
async function problemOfCheck(check: () => Promise<NetworkFailure | null>): Promise<NetworkFailure | null> {
  try {
    return await check();
  } catch (cause) {
    return {
      code: errorCode(cause) ?? "error",
      message: cause instanceof Error ? cause.message : String(cause),
      fix: "write a certificate and its key that a server can use; the API keeps the previous ones until then",
    };
  }
}
