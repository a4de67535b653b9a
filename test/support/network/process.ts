import type { ClientOptions } from "../../../src/aws/requests/clients.ts";
import { SILENT } from "../git/git-source.ts";

/** What clients need of the process. */
export const PROCESS: Pick<ClientOptions, "env" | "clock" | "telemetry"> = {
  env: {},
  clock: { nowMs: () => Date.now() },
  telemetry: SILENT,
};
