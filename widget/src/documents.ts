// Every GraphQL operation that the widget sends, each a constant on a line of its own. They are one document with their
// fragments, which the server knows (dist/documents.json); it runs no other for a widget's session. In the bundle the
// document's hash stands for it, and an operation's name for its text.
export declare const DOCUMENT: string;

export const N = "fragment N on Note{id title body tags pinned version updatedAt trashedAt}";

const page = "notes(first:20,after:$after,filter:$filter,orderBy:PINNED_FIRST){edges{node{...N}}pageInfo{hasNextPage endCursor}}";

export const HOME = `query Home($after:String,$filter:NoteFilter){viewer{id displayName vouched identity{name email subject}}${page}}`;

export const NOTES = `query Notes($after:String,$filter:NoteFilter){${page}}`;

export const NOTE = `query Note($id:ID!){note(id:$id){...N}}`;

export const CREATE = `mutation Create($input:CreateNoteInput!){payload:createNote(input:$input){note{...N}}}`;

export const UPDATE = `mutation Update($input:UpdateNoteInput!){payload:updateNote(input:$input){note{...N}}}`;

export const TRASH = `mutation Trash($id:ID!){payload:trashNote(id:$id){note{...N}}}`;

export const RESTORE = `mutation Restore($id:ID!){payload:restoreNote(id:$id){note{...N}}}`;

export const DELETE = "mutation Delete($id:ID!){payload:deleteNote(id:$id){id}}";

// Asked with Accept: text/event-stream; graph/doc.go has the format of the answer.
export const CHANGED = "subscription Changed{noteChanged{type id note{...N}}}";
