// The account page: what a person has at Aside, and every way to change it.
import { VIEWER } from "./account/documents";
import { useAnswer } from "./graphql/answer";
import { Heading } from "./page/heading";
import { Page } from "./page/page";
import { usePath } from "./page/path";
import { start } from "./page/start";
import { Answered } from "./part/state";

const places = [{ path: "/account", name: "Overview" }];

function Account() {
  const answer = useAnswer(VIEWER);
  const [place = ""] = usePath("/account");
  return (
    <Answered answer={answer}>
      {({ viewer }) => (
        <Page label="Your account" places={places} current={"/account" + (place && "/" + place)} who={<div class="who">{viewer.displayName}</div>}>
          <Heading text="Your account" />
        </Page>
      )}
    </Answered>
  );
}

start("Your notes on every site, your passkeys and everything else that is yours here.", <Account />);
