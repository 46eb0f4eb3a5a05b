package main

// A chapter is a part of the documentation, for one kind of reader.
type chapter struct {
	Title string  `json:"title"`
	Pages []entry `json:"pages"`
}

// An entry is a page in the navigation.
type entry struct {
	Name  string `json:"name"` // of docs/<name>.md, which is served at /docs/<name>
	Title string `json:"title"`
}

// frontPage is the page at /docs.
const frontPage = "README"

// chapters returns the navigation in its order, without the titles of pages. Each file in docs must be in it.
func chapters() []chapter {
	return []chapter{
		{"Companies", []entry{{Name: "embedding"}, {Name: "console"}, {Name: "element"}, {Name: "assertions"}, {Name: "webhooks"}, {Name: "troubleshooting"}, {Name: "graphql"}}},
		{"People", []entry{{Name: "notes"}, {Name: "recovery"}, {Name: "encryption"}}},
		{"Operators", []entry{{Name: "deploying"}, {Name: "configuration"}, {Name: "operating"}, {Name: "postgresql"}, {Name: "scaling"}, {Name: "performance"}}},
		{"Translators", []entry{{Name: "glossary"}}},
	}
}
