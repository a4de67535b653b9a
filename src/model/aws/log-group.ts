/** The log group that Lambda writes to by default. */
export function ownLogGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** `/aws/lambda/orders-prod` begins the log group of `orders-prod-api`, and not that of `orders-production`. */
export function beginsLogGroup(groupPrefix: string, functionName: string): boolean {
  const own = ownLogGroup(functionName);
  return own === groupPrefix || own.startsWith(`${groupPrefix}-`);
}
