// Values of JSON from other programs: a field of another type counts as missing.

export type Fields = Record<string, unknown>;

/** Returns undefined for what is no JSON. */
export function parseJSON(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
export const objects = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
export const text = (value: unknown) => (typeof value === "string" ? value : "");
export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
export const time = (value: unknown) => Date.parse(text(value)) || 0;
