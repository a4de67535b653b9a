import { z } from "zod";

export const commitId = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, "expected a full commit id");

/** Compared exactly, so a pattern would never match. */
const exact = z
  .string()
  .min(1)
  .regex(/^[^\s*]+$/, "expected one exact name, without * and white space");
const identities = z
  .array(
    z.strictObject({ identity: exact, issuer: exact.regex(/^https?:\/\//, "expected the URL of an issuer") }),
  )
  .min(1, "expected at least one identity");

/** Which commits count, and with whose keys they are signed. */
export const signatures = z
  .strictObject({
    policy: z.enum(["every", "firstParent", "tip", "tag"]).default("every"),
    trustedCommit: commitId.optional(),
    allowedSignersFile: z.string().min(1).optional(),
    revocationFile: z.string().min(1).optional(),
    gpgKeyrings: z.array(z.string().min(1)).default([]),
    forgeKeyrings: z.array(z.string().min(1)).default([]),
    x509: z
      .strictObject({ caFile: z.string().min(1), revocationFile: z.string().min(1).optional() })
      .optional(),
    gitsign: z.strictObject({ trustedRootFile: z.string().min(1), identities }).optional(),
    committerMustMatch: z.boolean().default(false),
  })
  .refine(
    (s) =>
      s.allowedSignersFile !== undefined ||
      s.x509 !== undefined ||
      s.gitsign !== undefined ||
      s.gpgKeyrings.length + s.forgeKeyrings.length > 0,
    "expected the keys that count: allowedSignersFile, gpgKeyrings, forgeKeyrings, x509 or gitsign",
  )
  .refine(
    (s) => s.revocationFile === undefined || s.allowedSignersFile !== undefined,
    "revocationFile is for SSH keys and belongs to allowedSignersFile; export a revoked GPG key into its keyring again",
  )
  .refine(
    (s) => s.trustedCommit === undefined || s.policy === "every" || s.policy === "firstParent",
    "trustedCommit belongs to policy every or firstParent: with tip and tag, one signature answers for the history",
  );
