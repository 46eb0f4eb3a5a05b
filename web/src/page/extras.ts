/** Loads the extras. It rejects if that fails, and can be called again. */
export const loadExtras = () => import("../extras");
