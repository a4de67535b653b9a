/** AWS makes no request for an object with the ARN of a bucket, so a permission of it allows nothing. */
export function isForObjectOfBucket({
  action,
  resource,
}: {
  readonly action: string;
  readonly resource: string;
}): boolean {
  return /^s3:(?:Get|Put|Delete)Object/i.test(action) && /^arn:aws[a-z-]*:s3:::[^/]*$/.test(resource);
}

/** Only Query, Scan and PartiQL's Select name an index; all other calls of DynamoDB's data name the table. */
export function isForItemOfIndex({
  action,
  resource,
}: {
  readonly action: string;
  readonly resource: string;
}): boolean {
  return /^dynamodb:\w*(?:Item|Items)$/i.test(action) && /:table\/[^/]+\/index\//.test(resource);
}
