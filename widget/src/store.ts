// What outlives a page: IndexedDB, since only it can hold a CryptoKey that scripts can't read. Browsers partition it by the
// site around the frame. Where storage is blocked, everything lives as long as the page.

const memory = new Map<string, unknown>();

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  return (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("aside", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }));
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction("kept", mode);
  const request = act(transaction.objectStore("kept"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** What was kept under that name, undefined where nothing was. The caller knows what it put there. */
export async function recall<T>(name: string): Promise<T | undefined> {
  try {
    return (memory.get(name) ?? (await run("readonly", (store) => store.get(name)))) as T | undefined;
  } catch {
    return undefined;
  }
}

export async function keep(name: string, value: unknown): Promise<void> {
  try {
    await run("readwrite", (store) => store.put(value, name));
  } catch {
    memory.set(name, value);
  }
}

/** Drops what was kept under that name, or under every name that starts with a prefix ending in `*`. */
export async function forget(name: string): Promise<void> {
  memory.delete(name);
  const prefix = name.endsWith("*") && name.slice(0, -1);
  try {
    await run("readwrite", (store) => store.delete(prefix ? IDBKeyRange.bound(prefix, prefix + "\uffff") : name));
  } catch {
    // Storage is blocked: memory was all there was.
  }
}
