import { z } from "zod";
import { parseListenAddress } from "../listen-address.ts";
import { isNetwork, issuerProblem, publicUrlProblem } from "./http-urls.ts";

const address = z.string().refine((text) => parseListenAddress(text) !== undefined, {
  error: ({ input }) => `expected HOST:PORT, got "${String(input)}"`,
});

export const scopes = z.array(z.enum(["read", "reconcile", "suspend", "approve"])).min(1);

const tls = z
  .strictObject({
    listen: address.default("127.0.0.1:8443"),
    certFile: z.string().min(1).optional(),
    keyFile: z.string().min(1).optional(),
  })
  .refine(
    ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
    "expected both certFile and keyFile, or none of them",
  );

const oidc = z.strictObject({
  issuer: z.string().refine((text) => issuerProblem(text) === null, {
    error: ({ input }) => issuerProblem(String(input)) ?? "",
  }),
  clientId: z.string().min(1),
  clientSecretFile: z.string().min(1),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "expected the name of a scope of the provider"))
    .refine((names) => names.includes("openid"), 'expected "openid" among them')
    .default(["openid", "profile", "email"]),
  groupsClaim: z.string().min(1).default("groups"),
  grants: z
    .array(z.strictObject({ group: z.string().min(1), scopes, namespaces: z.array(z.string()).min(1) }))
    .min(1),
});

/** `http` */
export const httpSchema = z.strictObject({
  listen: address.default("127.0.0.1:8085"),
  tls: tls.optional(),
  publicUrl: z
    .string()
    .refine((text) => publicUrlProblem(text) === null, {
      error: ({ input }) => publicUrlProblem(String(input)) ?? "",
    })
    .optional(),
  trustedProxies: z
    .array(
      z.string().refine(isNetwork, {
        error: ({ input }) =>
          `expected an IP address, or a network such as 10.0.0.0/8, got "${String(input)}"`,
      }),
    )
    .default([]),
  oidc: oidc.optional(),
});

export type ParsedHttp = z.infer<typeof httpSchema>;
