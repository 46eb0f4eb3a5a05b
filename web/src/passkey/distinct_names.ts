import { formatDate, formatTime, line } from "../text/catalog";

/** What tells passkeys apart. */
interface Described {
  id: string;
  name: string;
  device: string | null;
  createdAt: string;
}

/**
 * Returns a name for each passkey, by id. No two are equal: a name that several passkeys have is followed by the device and the day, or
 * else also the time, at which the passkey was added, and in the end by a number.
 */
export function distinctNames(passkeys: Described[]): Map<string, string> {
  const forms: ((passkey: Described, index: number) => string)[] = [
    ({ name }) => name,
    ({ name, device, createdAt }) => join(name, device, formatDate(createdAt)),
    ({ name, device, createdAt }) => join(name, device, formatTime(createdAt)),
    ({ name, device, createdAt }, index) => join(name, device, formatTime(createdAt), String(index + 1)),
  ];
  const names = new Map<string, string>();
  let rest = passkeys.map((passkey, index) => ({ passkey, index }));
  for (const form of forms) {
    const count = new Map<string, number>();
    const taken = new Set(names.values());
    const named = rest.map((one) => ({ ...one, name: form(one.passkey, one.index) }));
    for (const { name } of named) count.set(name, (count.get(name) ?? 0) + 1);
    rest = named.filter(({ passkey, name }) => {
      if (count.get(name)! > 1 || taken.has(name)) return true;
      names.set(passkey.id, name);
      return false;
    });
  }
  for (const { passkey } of rest) names.set(passkey.id, join(passkey.name, passkey.id)); // somebody has given another passkey such a name
  return names;
}

const join = (name: string, device: string | null, ...more: string[]) => line(name, ...(device && device !== name ? [device] : []), ...more);
