/** How often a law is tried: `FC_RUNS`, 200 where it is not set. */
export const FC_RUNS = Number(process.env["FC_RUNS"] ?? 200);
