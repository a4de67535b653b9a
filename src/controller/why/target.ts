import type { DesiredBinding } from "../../model/desired.ts";

/** `orders/orders-api@prod/eu-west-1`, as commands take it. */
export function bindingTarget({ namespace, name, account, region }: DesiredBinding): string {
  return `${namespace}/${name}@${account}/${region}`;
}
