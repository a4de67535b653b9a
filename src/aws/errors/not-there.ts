/** The codes with which AWS reports that the object does not exist. */
const NOT_THERE = new Set(["NoSuchEntity", "ResourceNotFound"]);

export function isNotThereCode(code: string): boolean {
  return NOT_THERE.has(code);
}
