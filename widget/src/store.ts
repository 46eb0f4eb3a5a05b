// Storage that outlives a page: IndexedDB, since only it can store a CryptoKey that scripts can't read. Browsers partition it by the
// site around the frame. They may refuse it, open it late or never, or close it while it is in use (iOS does so to pages in the
// background). Then everything lives as long as the page, and nothing waits for more than a moment.

/** How long to wait for an answer, and how long a database that missed it is left alone. */
const timeout = 2000;
const backoff = 10_000;

const memory = new Map<string, unknown>();

let opened: Promise<IDBDatabase> | undefined;
let connection: IDBDatabase | undefined;
/** The number of overdue answers, and when the next request makes sense then. */
let overdue = 0;
let waitUntil = 0;

function database(): Promise<IDBDatabase> {
  const mine = (opened ??= open(1).catch((error) => {
    if (error?.name !== "VersionError") throw error;
    return open(); // a later release has opened it; what it added does no harm
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
      // A later release wants to change it, or the person to delete it. Neither waits for this page.
      mine.onversionchange = () => {
        mine.close();
        lost();
      };
      resolve(mine);
    };
  });
}

/** Closes the connection. The next request opens the database again. */
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

/** Runs the act in the database, and again if the connection was lost. It may never return. */
function run<T>(mode: IDBTransactionMode, act: Act<T>): Promise<T> {
  return attempt(mode, act).catch(() => {
    disconnect();
    return attempt(mode, act);
  });
}

const lateError = () => new Error("storage is late");

/** Runs the act in the database. It throws if that is refused or takes too long; it may still happen later. */
function runWithTimeout<T>(mode: IDBTransactionMode, act: Act<T>, wait = timeout, late?: (result: T) => void): Promise<T> {
  const done = run(mode, act);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      overdue++;
      waitUntil = Date.now() + backoff;
      if (connection) disconnect();
      done.then(onLateAnswer, onLateAnswer);
      if (late) done.then(late, () => {});
      reject(lateError());
    }, wait);
    done.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Handles an overdue answer: what is only in memory can be stored now. */
function onLateAnswer(): void {
  if (!--overdue) memory.forEach((value, name) => void save(name, value));
}

/** Does the same for frequent requests: it throws at once while another answer is overdue. */
async function runUnlessOverdue<T>(act: Act<T>): Promise<T> {
  if (overdue && Date.now() < waitUntil) throw lateError();
  return runWithTimeout("readwrite", act);
}

/**
 * Returns the stored value, undefined if there is none or it can't be read in time. A value that is read later goes to `late`. The
 * caller knows the type of what it stored.
 */
export async function load<T>(name: string, late?: (value: T | undefined) => void, wait = timeout): Promise<T | undefined> {
  return (memory.get(name) as T | undefined) ?? runWithTimeout<T | undefined>("readonly", (store) => store.get(name), wait, late).catch(() => undefined);
}

/** Stores the value, in memory if the database refuses. */
export async function save(name: string, value: unknown): Promise<void> {
  await write(name, value).then(
    () => memory.delete(name),
    () => memory.set(name, value),
  );
}

/** Stores the value in the database. It throws if that is not certain. */
export async function write(name: string, value: unknown): Promise<void> {
  await runUnlessOverdue<unknown>((store) => store.put(value, name));
}

/** Returns the stored value; if there is none, it stores and returns this one. It throws if that is not certain. */
export function loadOrSave<T>(name: string, value: T): Promise<T> {
  return runUnlessOverdue((store) => {
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

/** Removes the values of all names that begin with the prefix. */
export async function remove(prefix: string): Promise<void> {
  memory.forEach((_, name) => name.startsWith(prefix) && memory.delete(name));
  await runWithTimeout<unknown>("readwrite", (store) => store.delete(startingWith(prefix))).catch(() => {});
}

/** Returns the values of all names that begin with the prefix. It takes as long as the browser takes, and throws if that refuses. */
export function loadAll<T>(prefix: string): Promise<T[]> {
  return run<T[]>("readonly", (store) => store.getAll(startingWith(prefix)));
}

function startingWith(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, prefix + "\uffff");
}
