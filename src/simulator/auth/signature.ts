import { createHash, createHmac, createSecretKey, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { SimulatedError } from "../contract.ts";
import type { RawRequest } from "../wire/http.ts";
import type { AccessKey } from "../world.ts";

/** The statements of the Authorization header. */
export interface SignatureClaim {
  readonly keyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

export interface SignedRequest {
  readonly request: RawRequest;
  readonly claim: SignatureClaim;
}

export function signatureClaim(request: RawRequest): SignatureClaim | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]+$/;
  const [, keyId, region, service, signed] = pattern.exec(request.headers["authorization"] ?? "") ?? [];
  if (keyId === undefined || region === undefined || service === undefined || signed === undefined)
    return undefined;
  return { keyId, region, service, signedHeaders: signed.split(";") };
}

const MAX_SKEW_MS = 300_000;

/**
 * @param code the service's error code for a signature that does not match
 * @param nowMs the wall clock, because callers sign with theirs, independent of the world's clock
 */
export async function verifySignature(
  signed: SignedRequest,
  key: AccessKey,
  { code, nowMs }: { readonly code: string; readonly nowMs: number },
): Promise<void> {
  const { request } = signed;
  const signedAt = request.headers["x-amz-date"] ?? "";
  const signingDate = parseAmzDate(signedAt);
  if (signingDate === undefined)
    throw new SimulatedError(code, `Date must be in ISO-8601 'basic format'. Got '${signedAt}'.`, 403);
  checkSkew(signingDate.getTime(), nowMs, code);
  const expected = await sign(signed, key, signingDate);
  if (expected === request.headers["authorization"]?.split("Signature=")[1]) return;
  throw new SimulatedError(
    code,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    403,
  );
}

function checkSkew(signedMs: number, nowMs: number, code: string): void {
  const [signed, now] = [toAmzDate(signedMs), toAmzDate(nowMs)];
  if (signedMs < nowMs - MAX_SKEW_MS) {
    const bound = toAmzDate(nowMs - MAX_SKEW_MS);
    throw new SimulatedError(
      code,
      `Signature expired: ${signed} is now earlier than ${bound} (${now} - 5 min.)`,
      403,
    );
  }
  if (signedMs <= nowMs + MAX_SKEW_MS) return;
  const bound = toAmzDate(nowMs + MAX_SKEW_MS);
  throw new SimulatedError(
    code,
    `Signature not yet current: ${signed} is still later than ${bound} (${now} + 5 min.)`,
    403,
  );
}

async function sign(
  { request, claim }: SignedRequest,
  key: AccessKey,
  signingDate: Date,
): Promise<string | undefined> {
  const signer = new SignatureV4({
    service: claim.service,
    region: claim.region,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
    sha256: Sha256,
    applyChecksum: false,
  });
  const signable = new Set(claim.signedHeaders);
  const headers = Object.fromEntries(claim.signedHeaders.map((name) => [name, request.headers[name] ?? ""]));
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: "http:",
      hostname: "",
      path: request.path,
      query: queryBag(request.query),
      headers,
      body: request.body,
    },
    { signingDate, signableHeaders: signable },
  );
  return signed.headers["authorization"]?.split("Signature=")[1];
}

function queryBag(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((key) => {
      const values = query.getAll(key);
      return [key, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}

function parseAmzDate(text: string): Date | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  if (second === undefined) return undefined;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function toAmzDate(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** The hash for the signer. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    // From bytes instead of a key, Node takes three times as long.
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", createSecretKey(toBytes(secret)));
  }
  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBytes(chunk));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new Error("the signer creates a new hash each time");
  }
}

function toBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
