// Every GraphQL document that the widget sends, each a constant.

const note = "fragment N on Note{id title body tags pinned version updatedAt trashedAt}";

const page = "notes(first:20,after:$after,filter:$filter,orderBy:PINNED_FIRST){edges{node{...N}}pageInfo{hasNextPage endCursor}}";

export const HOME = `query Home($after:String,$filter:NoteFilter){viewer{id displayName vouched identity{name email subject}}${page}}${note}`;

export const NOTES = `query Notes($after:String,$filter:NoteFilter){${page}}${note}`;

export const NOTE = `query Note($id:ID!){note(id:$id){...N}}${note}`;

export const CREATE = `mutation Create($input:CreateNoteInput!){payload:createNote(input:$input){note{...N}}}${note}`;

export const UPDATE = `mutation Update($input:UpdateNoteInput!){payload:updateNote(input:$input){note{...N}}}${note}`;

export const TRASH = `mutation Trash($id:ID!){payload:trashNote(id:$id){note{...N}}}${note}`;

export const RESTORE = `mutation Restore($id:ID!){payload:restoreNote(id:$id){note{...N}}}${note}`;

export const DELETE = "mutation Delete($id:ID!){payload:deleteNote(id:$id){id}}";
