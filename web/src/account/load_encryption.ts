import { UnreachableError } from "../http/post";

/** Loads the code of end-to-end encryption. It throws UnreachableError if that fails. */
export const loadEncryption = () =>
  import("./encryption").catch((cause: unknown) => {
    throw new UnreachableError("no encryption", { cause });
  });
