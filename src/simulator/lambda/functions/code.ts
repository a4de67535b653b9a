import { createHash } from "node:crypto";
import type { Input } from "../../contract.ts";
import { invalidParameter } from "../errors.ts";
import { optionalText } from "../input.ts";

export interface Code {
  readonly CodeSha256: string;
  readonly CodeSize: number;
}

/** The signature at the end of a zip's directory: `PK\x05\x06`. At most a comment of 65,535 bytes follows it. */
const END_OF_DIRECTORY = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const LONGEST_TAIL = 22 + 65_535;
/** The offset of the number of entries in this record. */
const ENTRIES_AT = 10;

/**
 * The hash and size of the uploaded code. For code in S3 or in an image only the name is known: the hash is the hash of
 * the name, and the size is 0, as AWS shows it for images.
 * @throws SimulatedError if the bytes are not a zip or an empty zip
 */
export function codeOf(code: Input): Code {
  const zipped = optionalText(code, "ZipFile");
  if (zipped !== undefined) return codeOfZip(Buffer.from(zipped, "base64"));
  const names = ["S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri"].map((name) => optionalText(code, name));
  if (names.every((name) => name === undefined))
    throw invalidParameter("Please provide a source for function code.");
  return { CodeSha256: hashOf(Buffer.from(JSON.stringify(names))), CodeSize: 0 };
}

function codeOfZip(bytes: Buffer): Code {
  const tail = bytes.subarray(Math.max(0, bytes.length - LONGEST_TAIL));
  const at = tail.lastIndexOf(END_OF_DIRECTORY);
  if (at < 0 || tail.length < at + 22)
    throw invalidParameter(
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    );
  if (tail.readUInt16LE(at + ENTRIES_AT) === 0)
    throw invalidParameter("Uploaded file must be a non-empty zip");
  return { CodeSha256: hashOf(bytes), CodeSize: bytes.length };
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}
