// What outlives a page: IndexedDB, since only it can hold a CryptoKey that scripts can't read. Browsers partition it by the
// site around the frame. They may refuse it, open it late or never, or close it while it is in use (iOS does so to pages in
// the background): then everything lives as long as the page, and nobody waits for more than a moment.

/** How long an answer is waited for, and how long a database that missed that is left alone. */
const patience = 2000;
const rest = 10_000;

const memory = new Map<string, unknown>();

let opened: Promise<IDBDatabase> | undefined;
let connection: IDBDatabase | undefined;
/** How many answers are overdue, and when the next question makes sense then. */
let overdue = 0;
let restUntil = 0;

function database(): Promise<IDBDatabase> {
  const mine = (opened ??= open(1).catch((error) => {
    if (error?.name !== "VersionError") throw error;
    return open(); // a later release was here; what it added does no harm
  }));
  mine.catch(() => opened === mine && disconnect());
  return mine;
}

function open(version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("aside", version);
    request.onupgradeneeded = () => request.result.createObjectStore("kept");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const mine = (connection = request.result);
      const lost = () => connection === mine && disconnect();
      mine.onclose = lost;
      // A later release wants to change it, or the person to delete it: neither waits for this page.
      mine.onversionchange = () => {
        mine.close();
        lost();
      };
      resolve(mine);
    };
  });
}

/** Has the next question open the database again. */
function disconnect(): void {
  connection?.close();
  opened = connection = undefined;
}

type Act<T> = (store: IDBObjectStore) => Pick<IDBRequest<T>, "result">;

async function attempt<T>(mode: IDBTransactionMode, act: Act<T>): Promise<T> {
  const transaction = (await database()).transaction("kept", mode);
  const request = act(transaction.objectStore("kept"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Does it in the database, once more where the connection was lost. It may take for ever. */
function run<T>(mode: IDBTransactionMode, act: Act<T>): Promise<T> {
  return attempt(mode, act).catch(() => {
    disconnect();
    return attempt(mode, act);
  });
}

const tooLate = () => new Error("storage is late");

/** Does it in the database. Throws where that is refused or doesn't come back soon; it may still be done later, in its turn. */
function runSoon<T>(mode: IDBTransactionMode, act: Act<T>, wait = patience, late?: (result: T) => void): Promise<T> {
  const done = run(mode, act);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      overdue++;
      restUntil = Date.now() + rest;
      if (connection) disconnect();
      done.then(back, back);
      if (late) done.then(late, () => {});
      reject(tooLate());
    }, wait);
    done.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** An answer came that was overdue: what memory alone has can be kept after all. */
function back(): void {
  if (!--overdue) memory.forEach((value, name) => void keep(name, value));
}

/** The same for what is asked for over and over: not while something else is overdue. */
async function runNow<T>(act: Act<T>): Promise<T> {
  if (overdue && Date.now() < restUntil) throw tooLate();
  return runSoon("readwrite", act);
}

/**
 * What was kept under that name, undefined where nothing was or that can't be found out in time; what is found later goes to
 * `late`. The caller knows what it put there.
 */
export async function recall<T>(name: string, late?: (value: T | undefined) => void, wait = patience): Promise<T | undefined> {
  return (memory.get(name) as T | undefined) ?? runSoon<T | undefined>("readonly", (store) => store.get(name), wait, late).catch(() => undefined);
}

/** Keeps it as long as it can be kept. */
export async function keep(name: string, value: unknown): Promise<void> {
  await write(name, value).then(
    () => memory.delete(name),
    () => memory.set(name, value),
  );
}

/** Keeps it beyond this page. Throws where that isn't sure. */
export async function write(name: string, value: unknown): Promise<void> {
  await runNow<unknown>((store) => store.put(value, name));
}

/** What was kept beyond a page under that name; that value, from now on, where nothing was. Throws where that isn't sure. */
export function keepFirst<T>(name: string, value: T): Promise<T> {
  return runNow((store) => {
    const request: IDBRequest<T | undefined> = store.get(name);
    let result = value;
    request.onsuccess = () => (request.result === undefined ? store.put(value, name) : (result = request.result));
    return {
      get result() {
        return result;
      },
    };
  });
}

/** Drops what was kept under every name that starts so. */
export async function forget(prefix: string): Promise<void> {
  memory.forEach((_, name) => name.startsWith(prefix) && memory.delete(name));
  await runSoon<unknown>("readwrite", (store) => store.delete(startingWith(prefix))).catch(() => {});
}

/** What was kept beyond a page under every name that starts so. Takes as long as the browser takes, and throws where it refuses. */
export function recallAll<T>(prefix: string): Promise<T[]> {
  return run<T[]>("readonly", (store) => store.getAll(startingWith(prefix)));
}

function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, prefix + "\uffff");
}
