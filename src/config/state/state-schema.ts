import { z } from "zod";
import { errorOf, textWithout } from "../field-forms.ts";
import { parseDatabaseUrl } from "./database-url.ts";

/** Where the record is. */
export const stateSchema = z.strictObject({
  database: z
    .strictObject({
      url: textWithout((text) => errorOf(parseDatabaseUrl(text))),
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

/** What several processes with one database share. */
export const replicasSchema = z.strictObject({ shareAccounts: z.boolean().default(false) });

export type ParsedState = z.infer<typeof stateSchema>;
