import { z } from "zod";
import { parseDatabaseUrl } from "./database-url.ts";

/** Where the record is. */
export const stateSchema = z.strictObject({
  database: z
    .strictObject({
      url: z.string().superRefine((text, context) => {
        const parsed = parseDatabaseUrl(text);
        if (parsed.kind === "err") context.addIssue({ code: "custom", message: parsed.error });
      }),
      passwordFile: z.string().min(1).optional(),
      tls: z
        .strictObject({
          mode: z.enum(["verify-full", "plaintext"]).optional(),
          caFile: z.string().min(1).optional(),
        })
        .refine(
          ({ mode, caFile }) => mode !== "plaintext" || caFile === undefined,
          "caFile belongs to verify-full: remove it, or remove mode: plaintext",
        )
        .prefault({}),
    })
    .optional(),
});

export type ParsedState = z.infer<typeof stateSchema>;
