import type { Known } from "../graphql/answer";
import { Answered } from "../part/state";
import { Heading } from "./heading";
import { Header } from "./page";

/** A page before it is known whose it is: nothing but its name, and what is in the way if something is. */
export function Opening({ answer, name }: { answer: Known<unknown>; name: string }) {
  return (
    <>
      <Header />
      <main class="entrance">
        <Heading text={name} />
        <Answered answer={answer}>{() => null}</Answered>
      </main>
    </>
  );
}
