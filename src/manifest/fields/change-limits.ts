import { z } from "zod";

/** Change limits of an account or a team; the stricter of all counts. */
export const changeLimits = z.strictObject({
  deletes: z.int().min(0).optional(),
  changedCount: z.int().min(0).optional(),
  changedShare: z.number().min(0).max(1).optional(),
});
