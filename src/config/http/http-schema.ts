import { z } from "zod";
import { textWithout } from "../field-forms.ts";
import { parseListenAddress } from "../listen-address.ts";
import { isNetwork, issuerProblem, publicUrlProblem, replicaUrlProblem } from "./http-urls.ts";

const address = textWithout((text) =>
  parseListenAddress(text) === undefined ? `expected HOST:PORT, got "${text}"` : null,
);

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
  issuer: textWithout(issuerProblem),
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
  publicUrl: textWithout(publicUrlProblem).optional(),
  replicaUrl: textWithout(replicaUrlProblem).optional(),
  trustedProxies: z
    .array(
      textWithout((text) =>
        isNetwork(text) ? null : `expected an IP address, or a network such as 10.0.0.0/8, got "${text}"`,
      ),
    )
    .default([]),
  oidc: oidc.optional(),
});

export type ParsedHttp = z.infer<typeof httpSchema>;
