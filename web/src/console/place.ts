// Where this Aside is, as the server wrote it into the page.
const { dataset } = window.document.getElementById("app")!;

/** The origin of the loader and the widget. */
export const frameOrigin = dataset["frame"] ?? "";

/** Whether anybody may make a tenant here, or only the operator. */
export const selfServe = dataset["selfServe"] === "true";
