/** How often a law is tried: `FC_RUNS`, 200 where it is not set. */
export const FC_RUNS = Number(process.env["FC_RUNS"] ?? 200);

/** A law that is tried often may take long; the usual limit is for the usual number. */
export const LAW_TIMEOUT_MS = 30_000 + FC_RUNS * 20;
