// The types of documents.graphql as the build makes it a module (widget/build/documents.go), which fails where an operation that is
// used is missing there.
/** The document’s id: the beginning of the hash of its text. */
declare const id: string;
export default id;

export declare const Home: string;
export declare const Notes: string;
export declare const All: string;
export declare const Note: string;
export declare const Create: string;
export declare const Update: string;
export declare const Trash: string;
export declare const Restore: string;
export declare const Delete: string;
export declare const Changed: string;
