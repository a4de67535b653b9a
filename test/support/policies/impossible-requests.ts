interface Asked {
  readonly action: string;
  readonly resource: string;
}

/** AWS makes no request for an object with the ARN of a bucket, so a permission of it allows nothing. */
export function isForObjectOfBucket({ action, resource }: Asked): boolean {
  return /^s3:(?:Get|Put|Delete)Object/i.test(action) && /^arn:aws[a-z-]*:s3:::[^/]*$/.test(resource);
}

/**
 * Requests that AWS never makes, by its pages of each action: Query, Scan and PartiQL's Select alone name an index, all other
 * calls of DynamoDB's data name the table or its stream; calls for a bucket name no object; SQS checks a batch by the action
 * without Batch.
 */
const NEVER_MADE: readonly { readonly action: RegExp; readonly resource: RegExp }[] = [
  { action: /^dynamodb:(?:\w*Items?|DescribeTable)$/i, resource: /:table\/[^/]+\/index\// },
  {
    action: /^dynamodb:(?:DescribeStream|GetRecords|GetShardIterator)$/i,
    resource: /:table\/[^/]+(?:\/index\/.*)?$/,
  },
  { action: /^s3:(?:ListBucket\w*|GetBucketLocation)$/i, resource: /^arn:aws[a-z-]*:s3:::[^/]*\// },
  { action: /^sqs:\w+Batch$/i, resource: /^/ },
];

export function isNeverMade(asked: Asked): boolean {
  const isKnown = NEVER_MADE.some(
    ({ action, resource }) => action.test(asked.action) && resource.test(asked.resource),
  );
  return isKnown || isForObjectOfBucket(asked);
}
