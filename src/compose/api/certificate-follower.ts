import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { TlsIdentity } from "../../http/server/tls-listener.ts";
import type { NetworkFailure } from "../../model/network/network-error.ts";
import type { Result } from "../../model/values/result.ts";

interface Followed {
  readonly read: () => Promise<Result<TlsIdentity, NetworkFailure>>;
  readonly use: (identity: TlsIdentity) => void;
  readonly telemetry: Telemetry;
}

/** One check. The log has each problem once. */
export function certificateFollower({ read, use, telemetry }: Followed): () => Promise<void> {
  let lastProblem: string | null = null;
  let lastCert: string | null = null;
  return async () => {
    const found = await read();
    const problem = found.kind === "err" ? found.error.message : null;
    if (found.kind === "err" && problem !== lastProblem)
      telemetry.warn("the certificate of the API cannot be used", {
        code: found.error.code,
        reason: found.error.message,
        fix: found.error.fix,
      });
    lastProblem = problem;
    if (found.kind === "err" || found.value.cert === lastCert) return;
    use(found.value);
    lastCert = found.value.cert;
  };
}
