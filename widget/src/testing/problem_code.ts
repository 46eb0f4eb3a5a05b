import { problemOf } from "../core/problem";

/** Returns the code of the Problem that the act throws, "" if it throws none. */
export async function problemCode(act: () => unknown): Promise<string> {
  try {
    await act();
    return "";
  } catch (thrown) {
    return problemOf(thrown).code;
  }
}
