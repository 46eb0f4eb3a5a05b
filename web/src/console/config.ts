// This Aside's configuration, which the server wrote into the page.
const { dataset } = window.document.getElementById("app")!;

/** The origin of the loader and the widget. */
export const frameOrigin = dataset["frame"] ?? "";

/** Whether anybody can create a tenant here, or only the operator. */
export const selfServe = dataset["selfServe"] === "true";

/** Whether the console has a page that runs GraphQL operations. */
export const explorer = dataset["explorer"] === "true";
