import type { Known } from "../graphql/answer";
import { Answered } from "../part/state";
import { Heading } from "./heading";
import { Header } from "./page";

/** A page before the person is known: its name, and an error if there is one. */
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
