/** The trust of every execution role, exactly: only Lambda may assume it. */
export const TRUST_DOCUMENT =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
