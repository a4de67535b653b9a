export const PLACE = { partition: "aws", accountId: "111122223333", region: "eu-west-1" };

/** As in an ARN. */
export const HERE = `${PLACE.region}:${PLACE.accountId}`;
export const NO_CONTEXT = new Map<string, readonly string[]>();
