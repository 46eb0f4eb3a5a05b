// What a Problem is called on the screen. The catalog has a sentence under the code itself.
import { config, t, type Messages } from "./config";
import type { Problem } from "./core/problem";

/** Returns a sentence for a code. It contains nothing that a person wrote. */
export function explainCode(code: string): string {
  return t(code in config.messages ? (code as keyof Messages) : "INTERNAL");
}

/** Returns a sentence for the person who sees it. Only BAD_USER_INPUT is answered with words about what they wrote. */
export function explainProblem({ code, message }: Problem): string {
  return (code === "BAD_USER_INPUT" && message) || explainCode(code);
}
