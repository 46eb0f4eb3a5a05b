import { UnreachableError } from "../http/post";

/** Loads the extras. It throws UnreachableError if that fails. */
export const loadExtras = () =>
  import("../extras").catch((cause: unknown) => {
    throw new UnreachableError("no extras", { cause });
  });
