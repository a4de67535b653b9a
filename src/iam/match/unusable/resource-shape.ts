/**
 * A pattern of resources that names one type only: each resource of AWS that it matches is of this type, for any text
 * in the place of its wildcards. A pattern with a policy variable has no shape.
 */
export type ResourceShape = "dynamodb-index" | "dynamodb-table" | "s3-bucket" | "s3-object" | "sqs-queue";

/** Of a region and an account, or of any. */
const ANYWHERE = "(?:[a-z0-9-]+|\\*):(?:[0-9]{12}|\\*)";

/**
 * No name of a table, index, stream or backup has a slash, so that `/index/` is in the ARN of an index alone. Only the
 * label of a stream has colons, and nothing follows it, so that `:table/NAME` ends the ARN of a table alone.
 */
const INDEX = /^table\/[A-Za-z0-9_.*?-]+\/index\/[A-Za-z0-9_.*?-]+$/;
/** Without wildcards: they would match what is in the table, and the objects in the bucket. */
const TABLE = /^table\/[A-Za-z0-9_.-]+$/;
const BUCKET = /^[A-Za-z0-9_.-]+$/;
/** The name of a bucket has no slash. An access point has a region or an account in its ARN, and this has neither. */
const OBJECT = /^[A-Za-z0-9_.*?-]+\/[\x20-\x23\x25-\x7E]+$/;
const QUEUE = /^[A-Za-z0-9_.*?-]+$/;

const PARTITION = "arn:aws[a-z-]*";

const PATTERNS: Readonly<Record<ResourceShape, RegExp>> = {
  "dynamodb-index": inPlace(`${PARTITION}:dynamodb:${ANYWHERE}:`, INDEX),
  "dynamodb-table": inPlace(`${PARTITION}:dynamodb:${ANYWHERE}:`, TABLE),
  "s3-bucket": inPlace(`${PARTITION}:s3:::`, BUCKET),
  "s3-object": inPlace(`${PARTITION}:s3:::`, OBJECT),
  "sqs-queue": inPlace(`${PARTITION}:sqs:${ANYWHERE}:`, QUEUE),
};

function inPlace(prefix: string, { source }: RegExp): RegExp {
  return new RegExp(`^${prefix}${source.slice(1)}`);
}

export function hasShape(resource: string, shape: ResourceShape): boolean {
  return PATTERNS[shape].test(resource);
}
