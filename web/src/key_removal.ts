// Removes the content key from a browser in which nobody is signed in to an account that has one. The popup's page loads it then.
import { deleteKeyDatabase } from "./session/content_key";

deleteKeyDatabase();
