import type { DesiredWindow } from "./change-window.ts";

/** A window with the accounts that come before its own. */
type OrderingWindow = DesiredWindow & Required<Pick<DesiredWindow, "after">>;

/** The windows that order accounts. */
export function orderingWindows(windows: readonly DesiredWindow[]): readonly OrderingWindow[] {
  return windows.filter((window): window is OrderingWindow => window.after !== undefined);
}

/** The windows that wait, directly or through others, for an account of their own: nothing of them would ever be written. */
export function circularWindows(windows: readonly DesiredWindow[]): ReadonlySet<DesiredWindow> {
  const ordering = orderingWindows(windows);
  const named = ordering.flatMap(({ scope }) => scope.namespaces ?? []);
  // null: a namespace that no window names.
  return new Set(
    [null, ...new Set(named)].flatMap((namespace) => {
      const some = ordering.filter(({ scope }) => isOfNamespace(scope.namespaces, namespace));
      return some.filter((window) => waitsForItself(window, some));
    }),
  );
}

function isOfNamespace(namespaces: readonly string[] | null, namespace: string | null): boolean {
  return namespaces === null || (namespace !== null && namespaces.includes(namespace));
}

function waitsForItself(window: OrderingWindow, all: readonly OrderingWindow[]): boolean {
  const reached = new Set<string>();
  const open = [...window.after.accounts];
  for (let account = open.pop(); account !== undefined; account = open.pop()) {
    if (appliesTo(window, account)) return true;
    if (reached.has(account)) continue;
    reached.add(account);
    for (const next of all) if (appliesTo(next, account)) open.push(...next.after.accounts);
  }
  return false;
}

function appliesTo({ scope: { accounts } }: OrderingWindow, account: string): boolean {
  return accounts === null || accounts.includes(account);
}
