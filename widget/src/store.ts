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

/** Does it in the database. Throws where storage is blocked, or holds no keys. */
async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => Pick<IDBRequest<T>, "result">): Promise<T> {
  const transaction = (await database()).transaction("kept", mode);
  const request = act(transaction.objectStore("kept"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** What was kept under that name, undefined where nothing was. The caller knows what it put there. */
export async function recall<T>(name: string): Promise<T | undefined> {
  return (memory.get(name) as T | undefined) ?? run<T>("readonly", (store) => store.get(name)).catch(() => undefined);
}

export async function keep(name: string, value: unknown): Promise<void> {
  await run<unknown>("readwrite", (store) => store.put(value, name)).catch(() => memory.set(name, value));
}

/** Drops what was kept under every name that starts so. */
export async function forget(prefix: string): Promise<void> {
  memory.forEach((_, name) => name.startsWith(prefix) && memory.delete(name));
  await run<unknown>("readwrite", (store) => store.delete(startingWith(prefix))).catch(() => {});
}

/** What was kept under every name that starts so. */
export async function recallAll<T>(prefix: string): Promise<T[]> {
  const found = [...memory].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value as T);
  return [...found, ...(await run<T[]>("readonly", (store) => store.getAll(startingWith(prefix))).catch(() => []))];
}

function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, prefix + "\uffff");
}
