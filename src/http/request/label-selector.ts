import { beginningOf } from "../../text/cut.ts";
import { ApiFailure } from "./failure.ts";

type Labels = Readonly<Record<string, string>>;
type Requirement = (labels: Labels) => boolean;

const KEY = String.raw`[A-Za-z0-9](?:[\w./-]{0,314}[A-Za-z0-9])?`;
const VALUE = String.raw`(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`);
const EQUALS = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const AMONG = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(([^()]{1,4000})\\)$`);
const ONE_VALUE = new RegExp(`^${VALUE}$`);

/**
 * Kubernetes' label selector: `a=b`, `a==b`, `a!=b`, `a in (b, c)`, `a notin (b, c)`, `a`, `!a`, joined by commas.
 * As in Kubernetes, `!=` and `notin` also match objects without the label.
 * @throws ApiFailure BadRequest
 */
export function parseLabelSelector(text: string): Requirement {
  const parts = text.split(/,(?![^()]*\))/).map((part) => part.trim());
  const requirements = parts.map(
    (part) => existence(part) ?? equality(part) ?? membership(part) ?? reject(part),
  );
  return (labels) => requirements.every((holds) => holds(labels));
}

function existence(part: string): Requirement | null {
  const [, not, key] = EXISTS.exec(part) ?? [];
  if (key === undefined) return null;
  return (labels) => Object.hasOwn(labels, key) === (not === "");
}

function equality(part: string): Requirement | null {
  const [, key, operator, value] = EQUALS.exec(part) ?? [];
  if (key === undefined || value === undefined) return null;
  return (labels) => (valueOf(labels, key) === value) === (operator !== "!=");
}

function membership(part: string): Requirement | null {
  const [, key, operator, list] = AMONG.exec(part) ?? [];
  if (key === undefined || list === undefined) return null;
  const values = list.split(",").map((value) => value.trim());
  if (!values.every((value) => ONE_VALUE.test(value))) return null;
  return (labels) => values.includes(valueOf(labels, key) ?? "\0") === (operator === "in");
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function reject(part: string): never {
  const message = `labelSelector: "${beginningOf(part, 100)}" is not a requirement; expected a=b, a!=b, a in (b, c), a notin (b, c), a or !a`;
  throw new ApiFailure("BadRequest", message);
}
