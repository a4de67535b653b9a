import { z } from "zod";
import { parseInstanceName } from "../model/aws/ids.ts";
import { parseNoProxy } from "../network/no-proxy.ts";
import { DEFAULT_LIMITS } from "../model/rules/limits.ts";
import { bootstrap } from "./bootstrap-schema.ts";
import { endpointSchema, region } from "./endpoints/endpoint-schema.ts";
import { alertRoute } from "./alerts/alert-schema.ts";
import { changeQueue, resourcePolicies } from "./events/change-events.ts";
import { duration, name, textWithout } from "./field-forms.ts";
import { collectorUrlProblem, isInTheClear, proxyUrlProblem } from "./urls.ts";
import { httpSchema, scopes } from "./http/http-schema.ts";
import { webhooks, source } from "./git/source-schema.ts";
import { replicasSchema, stateSchema } from "./state/state-schema.ts";

const positive = z.number().int().positive();
const noProxy = z
  .string()
  .refine(
    (text) => parseNoProxy(text) !== undefined,
    "expected a host name, .domain, an address, a network such as 10.0.0.0/8, or *, each with or without :PORT",
  );

/** A plan that waits for approval, and the names of earlier ones, are looked up in the record. */
const LEAST_RETENTION_MS = 30 * 86_400_000;
/** A backup that is made each hour is sometimes a little late. */
const LEAST_BACKUP_AGE_MS = 3_600_000;

/** Backups are made by a timer outside: their results and age are watched. */
const backupRule = z.strictObject({
  maxAge: duration
    .refine((ms) => ms >= LEAST_BACKUP_AGE_MS, "expected at least 1h; null: the age of backups is not judged")
    .nullable()
    .optional(),
});

/** What becomes of the entries of the record. */
const auditRecord = z
  .strictObject({
    stdout: z.boolean().default(false),
    retention: duration
      .refine(
        (ms) => ms >= LEAST_RETENTION_MS,
        "expected at least 30d; without retention, every entry is kept",
      )
      .optional(),
    archive: z.string().min(1).optional(),
  })
  .refine(
    ({ retention, archive }) => archive === undefined || retention !== undefined,
    "archive belongs to retention: add how long entries are kept, such as retention: 400d",
  );

/** The fields of the configuration file; docs/operating.md lists them. */
export const operatorSchema = z.strictObject({
  instance: z
    .string()
    .refine((text) => parseInstanceName(text) !== undefined, "expected [a-z0-9-], 1 to 32 characters"),
  stateDir: z.string().min(1),
  state: stateSchema.prefault({}),
  replicas: replicasSchema.prefault({}),
  mode: z.enum(["observe", "enforce"]).default("observe"),
  sources: z.array(source).min(1, "expected a list of sources: the platform source, which has a name"),
  sweep: duration.default(300_000),
  longWait: duration.default(86_400_000),
  limits: z
    .strictObject({
      deletes: z.number().int().nonnegative().default(DEFAULT_LIMITS.deletes),
      changedCount: z.number().int().nonnegative().default(DEFAULT_LIMITS.changedCount),
      changedShare: z.number().min(0).max(1).default(DEFAULT_LIMITS.changedShare),
      fileBytes: positive.default(1_048_576),
      files: positive.default(50_000),
      documentsPerFile: positive.default(1_000),
      snapshotBytes: positive.default(268_435_456),
      teamFiles: positive.default(10_000),
      teamBytes: positive.default(67_108_864),
    })
    .prefault({}),
  http: httpSchema.prefault({}),
  tokens: z
    .array(
      z.strictObject({
        name,
        sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected the SHA-256 of the token, 64 hex digits"),
        scopes,
        namespaces: z.array(z.string()).min(1),
        expires: z.iso.datetime({ offset: true, message: "expected an ISO 8601 time with zone, quoted" }),
        mails: z
          .array(z.string().regex(/^[^\s<>@]+@[^\s<>@]+$/, "expected a mail address, as commits have it"))
          .default([]),
      }),
    )
    .default([]),
  approvers: z.record(name, z.array(z.string()).min(1)).default({}),
  webhooks: webhooks.prefault({}),
  changeEvents: z.array(changeQueue).default([]),
  resourcePolicies: resourcePolicies.prefault({}),
  alerts: z.array(alertRoute).default([]),
  audit: auditRecord.prefault({}),
  backups: backupRule.prefault({}),
  telemetry: z
    .strictObject({
      otlp: z
        .strictObject({
          endpoint: textWithout(collectorUrlProblem),
          headersFile: z.string().min(1).optional(),
        })
        .refine(
          ({ endpoint, headersFile }) => headersFile === undefined || !isInTheClear(endpoint),
          "expected an https endpoint: headersFile is sent in plain text otherwise",
        )
        .optional(),
    })
    .prefault({}),
  network: z
    .strictObject({
      proxy: z
        .strictObject({
          url: textWithout(proxyUrlProblem),
          loginFile: z.string().min(1).optional(),
          noProxy: z.array(noProxy).default([]),
        })
        .nullable()
        .optional(),
      caFile: z.string().min(1).optional(),
    })
    .prefault({}),
  aws: z
    .strictObject({
      endpoints: endpointSchema.prefault({}),
      stsRegion: region.optional(),
      fips: z.boolean().default(false),
      endpoint: z
        .url({ protocol: /^https?$/, message: "expected an http or https URL" })
        .nullable()
        .default(null),
      simulator: z.boolean().default(false),
      lookupEvents: z.boolean().default(false),
      propagationWait: duration.optional(),
      deleteQuiet: duration.optional(),
      revert: z.strictObject({ other: duration }).optional(),
      waveInterval: duration.optional(),
    })
    .prefault({}),
  bootstrap: bootstrap.optional(),
});

/** The configuration file after its defaults were filled in. */
export type ParsedConfig = z.infer<typeof operatorSchema>;
